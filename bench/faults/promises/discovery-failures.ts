import type { Sight } from '../promise.ts'
import type { Kill } from '../scene/fleet.ts'
import type { Failure } from '../scene/reads-and-writes.ts'
import { seeNone, tell } from '../sights.ts'

/** The gateway has seen by then that the connections of a dead endpoint are. */
const seenWithinMs = 50
/** An attempt, a whole request, or the wait for a connection took too long. */
const outOfTime = /"(?:code|title)":"timeout"|wait for a connection|no answer within/
const brokenOff = /\((?:ECONNRESET|EPIPE|closed)\)/

/** Failed requests by their cause: what an endpoint had when it was killed may fail, if it is not to be sent twice. */
export function judgeFailures(
  failures: readonly Failure[],
  kills: readonly Kill[],
  requests: number,
  disturbance: string | undefined,
): Sight[] {
  const read = failures.filter((failure) => isHeldBy(failure, kills))
  const onTheirWay = failures.filter((failure) => !read.includes(failure) && isOnItsWay(failure, kills))
  const others = failures.filter((failure) => !read.includes(failure) && !onTheirWay.includes(failure))
  const [late, wrong] = [true, false].map((isLate) =>
    others.filter(({ trouble }) => outOfTime.test(trouble) === isLate).map(describe),
  ) as [string[], string[]]
  const held = kills.reduce((sum, kill) => sum + kill.held.size, 0)
  const lateness = seeNone('requests that ran out of time', late, requests)
  return [
    seeNone('failed requests, but for POSTs that an endpoint had when it was killed', wrong, requests),
    disturbance !== undefined && late.length > 0 ? { ...lateness, verdict: 'not judged', why: disturbance } : lateness,
    tell(
      'of the calls that endpoints had when they were killed',
      `${held} were read, of which ${read.length} POSTs failed; ${onTheirWay.length} POSTs failed that were on their way`,
    ),
  ]
}

const describe = ({ id = 'GET', trouble }: Failure) => `${id}: ${trouble}`

/** A GET is tried again on another endpoint. */
function isHeldBy({ id }: Failure, kills: readonly Kill[]): boolean {
  return id !== undefined && kills.some(({ held }) => held.has(id))
}

/**
 * The kernel had it, the process had not read it when it died: nobody else can know whether it had. A connection that was
 * refused has brought nothing, and is no such thing.
 */
function isOnItsWay({ id, sentAt, endedAt, trouble }: Failure, kills: readonly Kill[]): boolean {
  if (id === undefined || !brokenOff.test(trouble)) return false
  return kills.some(({ at, deadAt }) => sentAt <= deadAt + seenWithinMs && endedAt >= at)
}
