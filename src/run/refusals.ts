import { GatewayError } from '../errors.ts'

/** What is answered before any route runs: code → HTTP status and title. */
const refusals = {
  'bad-request': { status: 400, title: 'The request is not valid HTTP' },
  'sign-in-lost': { status: 400, title: 'This browser did not begin this sign-in, or too long ago' },
  unauthenticated: { status: 401, title: 'It is not known who asks' },
  'sign-in-refused': { status: 403, title: 'Who signed in could not be confirmed' },
  forbidden: { status: 403, title: 'Who asks may not do this' },
  'insufficient-scope': { status: 403, title: 'Who asks was not granted what this takes' },
  'cross-origin': { status: 403, title: 'The request comes from a page of another site' },
  'not-found': { status: 404, title: 'There is nothing at this path' },
  'method-not-allowed': { status: 405, title: 'This path does not have this method' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'body-too-large': { status: 413, title: 'The request body is too large' },
  'url-too-long': { status: 414, title: 'The URL is too long' },
  'unsupported-encoding': { status: 415, title: 'The request body is encoded in a way that is not accepted' },
  'unsupported-media-type': { status: 415, title: 'The request body is of a type that is not accepted' },
  'expectation-failed': { status: 417, title: 'What the request expects is not offered' },
  'rate-limited': { status: 429, title: 'Too many requests in too short a time' },
  'headers-too-large': { status: 431, title: 'The request headers are too large' },
  'loop-detected': { status: 508, title: 'The request has been here before' },
  'auth-unavailable': { status: 503, title: 'It cannot be found out now who asks' },
  'not-implemented': { status: 501, title: 'This method is not served' },
  'version-not-supported': { status: 505, title: 'This version of HTTP is not served' },
} as const

/** After these nobody can tell where the next request would begin, or the client is not one to wait for. */
const untrusting: ReadonlySet<string> = new Set<RefusalCode>([
  'bad-request',
  'not-implemented',
  'request-timeout',
  'version-not-supported',
])

export type RefusalCode = keyof typeof refusals

/** A request that is refused. A route may throw an error of the same code, which is not this. */
class Refusal extends GatewayError {}

export function isRefusal(error: GatewayError): boolean {
  return error instanceof Refusal
}

/** Whether the connection ends with the answer. */
export function endsConnection(error: GatewayError): boolean {
  return error instanceof Refusal && untrusting.has(error.code)
}

/** The error that a request is refused with; `detail` is shown to the client, `reason` to the operator alone. */
export function refuse(code: RefusalCode, detail?: string, retryAfter?: number, reason?: string): GatewayError {
  const { status, title } = refusals[code]
  return new Refusal(code, { status, title, detail, retryAfter, reason })
}

/** The refusal of a body that is over the limit. */
export function tooLarge(maxBytes: number): GatewayError {
  return refuse('body-too-large', `the limit is ${maxBytes} bytes`)
}
