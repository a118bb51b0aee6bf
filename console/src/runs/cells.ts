import { describeCall, type Ending, endingOf, worstOf } from '../../../src/call-ending.ts'
import type { CallSummary, Outcome, Summary } from '../../../src/history/recording.ts'
import type { Health } from '../health.ts'

/** How a step of a run did: a forEach makes many calls. */
export interface Cell {
  readonly ending: Ending
  readonly note: string
  readonly startedMs: number
}

export const outcomeHealth: Readonly<Record<Outcome, Health>> = {
  ok: 'well',
  degraded: 'degraded',
  refused: 'degraded',
  error: 'failing',
  cancelled: 'idle',
}

export function cellsOf({ calls, outcome }: Pick<Summary, 'calls' | 'outcome'>): ReadonlyMap<string, Cell> {
  const isTolerated = outcome === 'ok' || outcome === 'degraded'
  const cells = new Map<string, Cell>()
  for (const [step, own] of Map.groupBy(calls, (call) => call.step)) {
    const ending = worstOf(own.map((call) => endingOf(call, isTolerated)))
    cells.set(step, { ending, note: noteOf(own, isTolerated), startedMs: Math.min(...own.map((c) => c.startedMs)) })
  }
  return cells
}

function noteOf(calls: readonly CallSummary[], isTolerated: boolean): string {
  const notes = new Set(calls.map((call) => describeCall(call, endingOf(call, isTolerated))).filter(Boolean))
  return [...(calls.length > 1 ? [`×${calls.length}`] : []), ...notes].join(', ')
}

/** What a row of a list says of a run: what was not as it should be. */
export function troubleOf(run: Summary): string {
  const parts = [...cellsOf(run)].filter(([, { ending }]) => ending !== 'ok' && ending !== 'kept')
  const steps = parts.map(([step, { note }]) => `${step} ${note}`)
  return [...(run.error === undefined ? [] : [run.error]), ...steps].join('; ')
}

/** Steps that called something in any of the runs: as the route draws them, the others by when they first began. */
export function rowsOf(runs: readonly Summary[], drawn: readonly string[]): string[] {
  const began = new Map<string, number>()
  for (const run of runs)
    for (const [step, { startedMs }] of cellsOf(run))
      began.set(step, Math.min(startedMs, began.get(step) ?? Number.POSITIVE_INFINITY))
  const others = [...began.keys()].filter((step) => !drawn.includes(step))
  return [...new Set(drawn.filter((step) => began.has(step))), ...others.sort((a, b) => began.get(a)! - began.get(b)!)]
}

/** The route that a filter is about; undefined for none or several. */
export function routeIn(filter: string): string | undefined {
  const found = [...filter.matchAll(/(?:^|\s)route:(?:"([^"]*)"|(\S+))/g)]
  return found.length === 1 ? (found[0]![1] ?? found[0]![2]) : undefined
}

/** The same filter about another route; undefined: about all of them. */
export function withRoute(filter: string, route: string | undefined): string {
  const rest = filter.replaceAll(/(^|\s)route:(?:"[^"]*"|\S+)/g, '').trim()
  return [...(route === undefined ? [] : [`route:${route}`]), rest].filter(Boolean).join(' ')
}
