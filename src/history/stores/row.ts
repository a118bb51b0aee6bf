import { printCalls, printColors } from '../filter.ts'
import type { Written } from './store.ts'

/** What recordings are found by, in stores that speak SQL. */
export const columns = [
  ['id', 'TEXT PRIMARY KEY'],
  ['at', 'BIGINT'],
  ['ms', 'DOUBLE PRECISION'],
  ['route', 'TEXT'],
  ['method', 'TEXT'],
  ['path', 'TEXT'],
  ['status', 'INTEGER'],
  ['outcome', 'TEXT'],
  ['slow', 'INTEGER'],
  ['why', 'TEXT'],
  ['error', 'TEXT'],
  ['trace', 'TEXT'],
  ['request', 'TEXT'],
  ['version', 'TEXT'],
  ['calls', 'TEXT'],
  ['failed', 'TEXT'],
  ['colors', 'TEXT'],
] as const

/** The values of the columns, in their order. */
export function rowOf({ summary }: Pick<Written, 'summary'>): (string | number | null)[] {
  const { id, at, ms, route, method, path, status, outcome, isSlow, why, error, traceId, requestId, version } = summary
  return [
    ...[id, at, ms, route ?? null, method, path, status, outcome, isSlow ? 1 : 0, why, error ?? null],
    ...[traceId, requestId, version, printCalls(summary), printCalls(summary, true), printColors(summary)],
  ]
}

/** What ids made at this time begin with. */
export function idAt(epoch: number): string {
  return Math.max(0, Math.floor(epoch)).toString(16).padStart(12, '0')
}
