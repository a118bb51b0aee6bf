import { fileURLToPath } from 'node:url'
import type { Page } from '../../harness/scenario.ts'
import { describePage } from './data.ts'

export const homeConfig = fileURLToPath(new URL('gateway.yaml', import.meta.url))

/** The request that the table is about, and what it must get. */
export const homePage: Page = {
  path: '/mobile/home?city=hangzhou',
  headers: { 'x-user-id': 'u-1001' },
  answer: describePage(),
}
