import { type Position, within } from '../binding/shape.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Batch } from '../durable/log/entry.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { reportUncalled } from './mocks.ts'
import { isCalled, type RouteCall } from './route-calls.ts'
import type { ExchangeDefinition } from './shape.ts'

/** Where the gateway of a test ends: behind what is recorded of a call, or before, when the backend has answered. */
export interface Crash {
  /** As the test has it. */
  readonly text: string
  readonly when: 'after' | 'during'
  /** Whether this is recorded of the call. */
  readonly isIt: (place: string) => boolean
}

/** Binds a `crash:`. */
export function bindCrashes(
  given: ExchangeDefinition['crash'],
  position: Position,
  calls: readonly RouteCall[],
  diagnostics: DiagnosticCollector,
): Crash[] {
  return [given ?? []].flat().map((text, index) => {
    const [when, name] = text.split(' ') as [Crash['when'], string]
    const at = Array.isArray(given) ? within(position, index) : position
    reportUncalled(name, at, calls, diagnostics)
    const places = calls.filter((call) => isCalled(call, name)).flatMap(({ site }) => site.recorded ?? [])
    const isIt = (recorded: string) =>
      places.some(({ place, isCompensation }) => {
        const rest = recorded.startsWith(place) ? recorded.slice(place.length) : 'another'
        return (isCompensation ? /^(:\d+)*:compensate(#\d+)?$/ : /^(:\d+)*$/).test(rest)
      })
    return { text, when, isIt }
  })
}

/** Reports what only runs that are recorded have. */
export function reportUnrecorded(
  route: AggregatedRoute,
  keys: readonly string[],
  position: Position,
  diagnostics: DiagnosticCollector,
): void {
  if (route.durable) return
  for (const key of keys) {
    const at = position.source.locateKey([...position.path, key])
    diagnostics.add('invalid-value', `\`${key}\` is for durable routes: the runs of this one are not recorded`, at)
  }
}

/** What is recorded of a run, over its crashes. */
export class CrashingRecord {
  readonly batches: Batch[] = []
  /** Those that are still to come, the next one first. */
  readonly left: Crash[]

  constructor(crashes: readonly Crash[]) {
    this.left = [...crashes]
  }

  /** Keeps what is to be recorded; false where the run crashes. */
  readonly keep = (batch: Batch): boolean => {
    const [crash] = this.left
    const isNow = crash && batch.some((entry) => entry.kind === 'happened' && crash.isIt(entry.place))
    if (!isNow || crash.when === 'after') this.batches.push(batch)
    if (isNow) this.left.shift()
    return !isNow
  }
}
