import type { RequestParts } from '../plan/request-parts.ts'
import type { Trigger } from '../routes/on.ts'
import { cronSchedule, everyInterval } from '../triggers/schedule.ts'
import { printMoment } from '../triggers/triggered-runs.ts'
import type { ExchangeDefinition } from './shape.ts'

/** What begins one run, and how long it is until then. */
export interface Occasion {
  readonly afterMs: number
  readonly parts: Pick<RequestParts, 'trigger' | 'message'>
}

/**
 * What begins runs of a route by itself: each moment that is due while time passes, the next one where none is to pass; the
 * message of the test; the end of another route.
 */
export function occasionsOf(
  on: Trigger,
  { advance, message }: Pick<ExchangeDefinition, 'advance' | 'message'>,
  nowMs: number,
): readonly Occasion[] {
  const time = printMoment(nowMs)
  if (on.kind === 'stream') {
    const { id = `${nowMs}-0`, key, data = null, headers = {} } = message ?? {}
    return [{ afterMs: 0, parts: { message: { id, key, time, data, headers, holdsTexts: false } } }]
  }
  if (on.kind === 'after') return [{ afterMs: 0, parts: { trigger: { time } } }]
  const schedule = on.kind === 'every' ? everyInterval(on.everyMs) : cronSchedule(on.cron, on.zone)
  const found: Occasion[] = []
  let last: number | undefined
  for (let due = schedule.next(nowMs); due !== undefined; due = schedule.next(due)) {
    if (advance === undefined ? found.length > 0 : due > nowMs + advance) break
    const trigger = { time: printMoment(due), last: last === undefined ? undefined : printMoment(last) }
    found.push({ afterMs: due - (last ?? nowMs), parts: { trigger } })
    last = due
  }
  return found
}
