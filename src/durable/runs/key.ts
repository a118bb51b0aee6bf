import { createHash } from 'node:crypto'
import type { NewRun } from './record.ts'

/** The digest of a key of one route and of one who asks; no two of them have the same. */
export function digestOfKey({ key, route, by }: Pick<NewRun, 'key' | 'route' | 'by'>): string | undefined {
  return key === undefined ? undefined : digest(JSON.stringify([route, by ?? null, key]))
}

/** The digest of what a client wrote, by which operators find it. */
export function digestOfName(key: string | undefined): string | undefined {
  return key === undefined ? undefined : digest(JSON.stringify([key]))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
