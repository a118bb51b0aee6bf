import { GatewayError, type Verdict } from '../errors.ts'

export type { Verdict } from '../errors.ts'

/** Failures of ours or of the client. */
const neutral = new Set([
  'cancelled',
  'overloaded',
  'out-of-sockets',
  'credentials-unavailable',
  'missing-input',
  'invalid-input',
  'request-timeout',
  'expression-failed',
  'too-much-work',
  'extension-failed',
  'internal',
])

/** Asked too often, too slowly, or in a circle: by whom, the status does not say, and it may be one client. */
const toldToOne = new Set([408, 429, 508])

/** Whether a status that is no success answers what was asked, as 404 does: asked again, the answer would be the same. */
export function isAnswer(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && status < 500 && !toldToOne.has(status)
}

/**
 * Whose fault a failure was that came from the backend's side: its own are timeout, unavailable, invalid-response and
 * statuses from 500 on. 408, 429 and 508 tell nothing; other statuses from 300 on are answers like any other, so the backend
 * is well.
 */
export function judge({ code, response }: Pick<GatewayError, 'code' | 'response'>): Verdict {
  if (neutral.has(code) || toldToOne.has(response?.status ?? 0)) return 'nothing'
  return isAnswer(response?.status) ? 'success' : 'failure'
}

/**
 * The share of its own time after which an attempt without an answer has told enough. The gateway uses a part of a
 * request's time itself before it asks: where budget and timeout are equal, as they are unless somebody says otherwise,
 * no attempt would ever have all of its time, and a backend that hangs would never be found out. See docs/adr/0039.
 */
const enoughOfItsTime = 0.9

/** How long an attempt that we ended was allowed and had. */
export interface CutAttempt {
  /** Since the backend was asked; undefined when it was not. What was waited before that is ours. */
  readonly hadMs: number | undefined
  /** What it has when nobody is in a hurry: the timeout of the attempt, or the route's budget where that is shorter. */
  readonly ownMs: number
}

/**
 * What an attempt tells that ended because time was up, its own, the request's or that of the last who waited for it:
 * that the backend did not answer in time, if it had the time. What ended for any other reason tells nothing.
 */
export function judgeCut({ code }: Pick<GatewayError, 'code'>, { hadMs, ownMs }: CutAttempt): Verdict {
  if (code !== 'timeout' || hadMs === undefined) return 'nothing'
  return hadMs >= enoughOfItsTime * ownMs ? 'failure' : 'nothing'
}

/** What a failed call told, if a backend was asked. */
export function verdictOf(thrown: unknown): Verdict {
  return thrown instanceof GatewayError ? thrown.verdict : 'nothing'
}

/** Whether a failed call says how long the backend takes: one that ran into its timeout took that long at least. */
export function isTimedOut(thrown: unknown): boolean {
  return verdictOf(thrown) === 'failure' && (thrown as GatewayError).code === 'timeout'
}
