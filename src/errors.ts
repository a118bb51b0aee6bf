/**
 * What goes wrong while a request runs. A `GatewayError` is thrown; a `Diagnostic` (diagnostics/) is a value found at
 * load. The two never mix. Codes and statuses: LANGUAGE "Errors".
 */

/** The codes Tessera itself gives; a `throw` step and a service's `errors:` add their own, and `http-<status>` is open. */
export type KnownErrorCode =
  | 'timeout'
  | 'unavailable'
  | 'invalid-response'
  | 'circuit-open'
  | 'overloaded'
  | 'out-of-sockets'
  | 'credentials-unavailable'
  | 'cancelled'
  | 'missing-input'
  | 'invalid-input'
  | 'expression-failed'
  | 'too-much-work'
  | 'extension-failed'
  | 'none-succeeded'
  | 'not-done'
  | 'graphql-error'

interface KnownError {
  readonly status: number
  readonly title: string
  /** What is said beside the title is of backends, or of the configuration: nothing for clients. */
  readonly isOfInside?: boolean
}

/** The one table: error code → HTTP status of the answer when nothing handles it, and its human title. */
export const knownErrors: Record<KnownErrorCode | 'internal', KnownError> = {
  timeout: { status: 504, title: 'A backend did not answer in time', isOfInside: true },
  unavailable: { status: 502, title: 'A backend could not be reached', isOfInside: true },
  'invalid-response': { status: 502, title: 'A backend sent an invalid response', isOfInside: true },
  'missing-input': { status: 502, title: 'A call is missing a required value', isOfInside: true },
  'circuit-open': { status: 503, title: 'The circuit breaker of a backend is open', isOfInside: true },
  overloaded: { status: 503, title: 'Too many requests at once' },
  'out-of-sockets': { status: 503, title: 'The gateway has run out of sockets', isOfInside: true },
  'credentials-unavailable': { status: 503, title: 'The gateway has no credentials for a backend', isOfInside: true },
  cancelled: { status: 499, title: 'The request was cancelled' },
  'invalid-input': { status: 400, title: 'The request is not valid' },
  'expression-failed': { status: 500, title: 'An expression of the route failed', isOfInside: true },
  'too-much-work': { status: 500, title: 'The request takes too much work' },
  'extension-failed': { status: 500, title: 'An extension of the gateway failed', isOfInside: true },
  'none-succeeded': { status: 502, title: 'No way to the answer succeeded', isOfInside: true },
  'not-done': { status: 504, title: 'What was waited for did not come about', isOfInside: true },
  'graphql-error': { status: 502, title: 'A backend answered a query with errors', isOfInside: true },
  internal: { status: 500, title: 'Internal error', isOfInside: true },
}

const backendFailure = { status: 502, title: 'A backend answered with an error' }

export interface GatewayErrorDetails {
  /** Id of the step it happened in. */
  step?: string | undefined
  /** HTTP status to answer with, when the code's own is not meant (a `throw` step's). */
  status?: number | undefined
  title?: string | undefined
  detail?: string | undefined
  /** What the backend answered, for `catch` (`error.status`, `error.body`); never sent to a client. */
  response?: BackendAnswer | undefined
  /** Every fault of an invalid input, for the problem document's `errors` member. */
  faults?: readonly InputFault[] | undefined
  /** Seconds for `Retry-After`. */
  retryAfter?: number | undefined
  /** What an operator is told and a client is not: for the log and the span. */
  reason?: string | undefined
  /** Title and detail are the route's own words for its client, whatever the code. */
  isWritten?: boolean
  /** It failed for nothing but something absent: `$default` passes over that. */
  isAbsence?: boolean
  cause?: unknown
}

/** What a failed call was answered. */
export interface BackendAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined
  /** Its value where it is JSON, else its text; undefined where it is neither. */
  readonly body: unknown
  /** How long the backend asks to wait before the next request (`Retry-After`). */
  readonly retryAfterMs?: number | undefined
  /** It is for the one who asked, and for nobody else. */
  readonly isPersonal?: boolean | undefined
}

/** One fault of a client's input: where it sits (`query.city`, `body $.items`) and what is wrong with it. */
export interface InputFault {
  in: string
  detail: string
}

/** Where a call went, as the log names it. */
export interface CallPlace {
  readonly service: string
  readonly operation?: string | undefined
  /** The one asked last; undefined where none was. */
  readonly endpoint: string | undefined
}

/** What the end of an attempt tells about the backend. */
export type Verdict = 'success' | 'failure' | 'nothing'

/** A failure of one request. Thrown by steps and backends, handled by `catch`, `fallback` and `optional`, else answered. */
export class GatewayError extends Error {
  readonly code: string
  step: string | undefined
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly response: BackendAnswer | undefined
  readonly faults: readonly InputFault[] | undefined
  readonly retryAfter: number | undefined
  readonly reason: string | undefined
  readonly isAbsence: boolean
  readonly isWritten: boolean
  /** The call that failed with it. */
  place: CallPlace | undefined
  /** How often a backend was asked before a call failed. */
  attempts: number | undefined
  /** The version of the service that a call went to. */
  version: string | undefined
  /** What is told of the call that failed with it: a handler may have waited for it. */
  record: { isExpected?: boolean } | undefined
  /** What the attempt that ended with it tells about the backend; said by `endpoints/verdict.ts` alone. */
  verdict: Verdict = 'nothing'

  /** Only a fault of ours has a stack: of every other failure code and step say where, and its stack would be most of its cost. */
  constructor(code: string, details: GatewayErrorDetails = {}) {
    const { stackTraceLimit } = Error
    if (code !== 'internal') Error.stackTraceLimit = 0
    super(
      details.detail ?? details.reason ?? details.title ?? code,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    Error.stackTraceLimit = stackTraceLimit
    const known = knownErrors[code as KnownErrorCode] ?? (details.response ? backendFailure : knownErrors.internal)
    this.name = 'GatewayError'
    this.code = code
    this.step = details.step
    this.status = details.status ?? known.status
    this.title = details.title ?? known.title
    this.detail = details.detail
    this.response = details.response
    this.faults = details.faults
    this.retryAfter = details.retryAfter
    this.reason = details.reason
    this.isAbsence = details.isAbsence ?? false
    this.isWritten = details.isWritten ?? false
  }

  /** `detail`, where it is for clients. */
  get toldDetail(): string | undefined {
    const isOfInside = !this.isWritten && knownErrors[this.code as KnownErrorCode]?.isOfInside
    return isOfInside ? undefined : this.detail
  }
}

/** Whatever was thrown, as a GatewayError: a bug of ours becomes `internal`, with its cause kept for the log. */
export function toGatewayError(thrown: unknown): GatewayError {
  return thrown instanceof GatewayError ? thrown : new GatewayError('internal', { cause: thrown })
}

/** Whether nothing may handle it: a request that was too much work must not go on to do more. */
export function endsRequest({ code }: Pick<GatewayError, 'code'>): boolean {
  return code === 'too-much-work'
}

/**
 * Compiles the `errors:` / `on:` list of a catch or retry into a test. A pattern is a code, `all`, or a class of
 * statuses (`http-4xx`, `http-5xx`). A status that a service named (`errors: { 404: product-missing }`) still
 * matches `http-404` and `http-4xx`.
 */
export function compileErrorMatcher(patterns: readonly string[]): (error: GatewayError) => boolean {
  const wanted = new Set(patterns)
  if (wanted.has('all')) return (error) => !endsRequest(error)
  return (error) => {
    if (endsRequest(error)) return false
    if (wanted.has(error.code)) return true
    const status = error.response?.status
    return status !== undefined && (wanted.has(`http-${status}`) || wanted.has(`http-${Math.floor(status / 100)}xx`))
  }
}
