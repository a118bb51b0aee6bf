import type { CallResponse } from '../../calls/call.ts'
import { restoreBody } from '../../calls/decode.ts'
import { wasNeverSent } from '../../calls/never-sent.ts'
import type { CallSite } from '../../calls/policy.ts'
import { GatewayError } from '../../errors.ts'

/** How a call ended, for whoever may have to undo it. */
export type Ending = 'done' | 'refused' | 'unknown'

/** What is recorded of the end of a call. */
export type Said =
  | { readonly ending: 'done'; readonly response: SaidResponse }
  | { readonly ending: 'refused' | 'unknown'; readonly error: SaidError }

type SaidResponse = Pick<CallResponse, 'status' | 'headers' | 'source' | 'attempts' | 'version' | 'cacheStatus'> & {
  /** Base64. */
  readonly body?: string | undefined
}

type SaidError = Pick<
  GatewayError,
  'code' | 'step' | 'status' | 'title' | 'detail' | 'reason' | 'attempts' | 'version' | 'place' | 'response'
>

export function sayResponse({ status, headers, source, attempts, version, cacheStatus, body }: CallResponse): Said {
  const bytes = body && Buffer.from(body.bytes).toString('base64')
  return { ending: 'done', response: { status, headers, source, attempts, version, cacheStatus, body: bytes } }
}

export function sayError(error: GatewayError, site: CallSite): Said {
  const { code, step, status, title, detail, reason, attempts, version, place, response } = error
  return {
    ending: isRefusal(error, site) ? 'refused' : 'unknown',
    error: { code, step, status, title, detail, reason, attempts, version, place, response },
  }
}

/** Of a call that went out before a crash and must not go out again. */
export function sayUnknown({ step }: CallSite): Said {
  const error = new GatewayError('outcome-unknown', { step, status: 502, title: outcomeUnknown })
  return { ending: 'unknown', error }
}

const outcomeUnknown = 'It is not known whether a backend did what it was asked for'

/** What came of a call, as it was recorded. Throws what it failed with. */
export function restore(said: Said, site: CallSite): CallResponse {
  if (said.ending === 'done') {
    const { body, ...response } = said.response
    const bytes = body === undefined ? undefined : Buffer.from(body, 'base64')
    return { ...response, body: restoreBody(site, bytes, response.headers) }
  }
  const { attempts, version, place, ...details } = said.error
  const error = new GatewayError(details.code, details)
  return raise(Object.assign(error, { attempts, version, place }))
}

export function raise(thrown: unknown): never {
  throw thrown
}

/** Codes of failures before anything was sent. */
const unsent = new Set([
  'circuit-open',
  'overloaded',
  'out-of-sockets',
  'credentials-unavailable',
  'missing-input',
  'invalid-input',
])

/** Whether it is certain that the backend did not do what it was asked for. */
function isRefusal(error: GatewayError, { errorNames }: CallSite): boolean {
  const status = error.response?.status
  if (status !== undefined) return (status >= 400 && status < 500) || errorNames.has(status)
  return unsent.has(error.code) || wasNeverSent(error)
}
