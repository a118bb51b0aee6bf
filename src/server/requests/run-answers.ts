import type { RunState } from '../../durable/state.ts'
import type { AggregatedRoute } from '../../plan/snapshot.ts'
import { addHeaders, type Headers } from '../../run/headers.ts'
import type { Answer } from '../../run/outcome.ts'

/** Below it each run is told of by its id. */
export const runsPath = '/-/runs/'

/** Where whoever began a run is told of it. */
export function placeOfRun(id: string): string {
  return runsPath + encodeURIComponent(id)
}

/** Of who asks for something that has not ended. */
export function whileItGoesOn(state: RunState): Headers {
  return { 'cache-control': 'no-store', 'retry-after': isMoving(state) ? '1' : '10' }
}

/** The answer to a client that is kept no longer: its run goes on. */
export function goesOn(
  { headers: ofRoute }: Pick<AggregatedRoute, 'headers'>,
  id: string,
  state: RunState = 'running',
): Answer {
  const headers = { ...whileItGoesOn(state), location: placeOfRun(id) }
  if (ofRoute) addHeaders(headers, ofRoute.onSuccess)
  return ownAnswer(headers, { id, state }, 202)
}

export function ownAnswer(headers: Headers, body: unknown, status = 200): Answer {
  return { kind: 'answer', status, headers, body: Buffer.from(JSON.stringify(body)), records: [], degraded: [] }
}

/** Whether it may end any moment, and not only when somebody or some time comes. */
function isMoving(state: RunState): boolean {
  return state === 'running' || state === 'compensating' || state === 'pending'
}
