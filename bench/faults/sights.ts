import type { Sight } from './promise.ts'

/** A fact that no load of the machine changes. */
export function seeThat(what: string, isSo: boolean, seen: string, bound = ''): Sight {
  return { what, bound, seen, verdict: isSo ? 'holds' : 'broken' }
}

/** Of everything that went wrong how much, and the first of it. */
export function seeNone(what: string, troubles: readonly string[], of: number): Sight {
  const first = troubles.length > 0 ? `, first: ${troubles[0]!.slice(0, 200)}` : ''
  const isJudged = of > 0
  return {
    what,
    bound: '0',
    seen: `${troubles.length} of ${of}${first}`,
    verdict: !isJudged ? 'not judged' : troubles.length === 0 ? 'holds' : 'broken',
    why: isJudged ? undefined : 'there was nothing to look at',
  }
}

/** A number with a bound, whatever the machine does: a count, a share, bytes. */
export function seeAtMost(what: string, value: number, most: number, unit: string, digits = 0): Sight {
  return seeTimeAtMost(what, value, most, undefined, unit, digits)
}

/**
 * A time with a bound. Others on the machine only make it longer, so one within its bound holds in any case; one beyond
 * it is judged only if nobody disturbed (`disturbance` says who did).
 */
export function seeTimeAtMost(
  what: string,
  value: number,
  most: number,
  disturbance: string | undefined,
  unit = 'ms',
  digits = 0,
): Sight {
  const bound = `≤ ${most} ${unit}`.trimEnd()
  const seen = `${value.toFixed(digits)} ${unit}`.trimEnd()
  if (Number.isNaN(value)) return { what, bound, seen: 'nothing', verdict: 'not judged', why: 'nothing was measured' }
  if (value <= most) return { what, bound, seen, verdict: 'holds' }
  if (disturbance !== undefined) return { what, bound, seen, verdict: 'not judged', why: disturbance }
  return { what, bound, seen, verdict: 'broken' }
}

/** A figure that nothing is promised of. */
export function tell(what: string, seen: string): Sight {
  return { what, bound: '', seen, verdict: 'told' }
}
