import { describePage } from '../scenarios/home/data.ts'
import type { Page } from './server.ts'

/** The request of every measurement, and what it must get. */
export const page: Page = {
  path: '/mobile/home?city=hangzhou',
  headers: { 'x-user-id': 'u-1001' },
  answer: describePage(),
}
