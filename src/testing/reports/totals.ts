import type { RouteCoverage } from '../coverage.ts'
import type { TestRun } from '../run.ts'

/** A run in figures. */
export interface Totals {
  readonly tests: number
  readonly failed: number
  readonly ms: number
  readonly virtualMs: number
}

export function countTests({ suites }: TestRun): Totals {
  const all = suites.flatMap(({ results }) => results)
  return {
    tests: all.length,
    failed: all.filter(({ problems }) => problems.length > 0).length,
    ms: all.reduce((sum, { ms }) => sum + ms, 0),
    virtualMs: all.reduce((sum, { virtualMs }) => sum + virtualMs, 0),
  }
}

/** Of several routes together; 100 only when nothing is missed. */
export function sumCoverage(routes: readonly Pick<RouteCoverage, 'total' | 'reached'>[]): {
  total: number
  reached: number
  percent: number
} {
  const total = routes.reduce((sum, route) => sum + route.total, 0)
  const reached = routes.reduce((sum, route) => sum + route.reached, 0)
  return { total, reached, percent: total === 0 ? 100 : Math.floor((reached / total) * 100) }
}
