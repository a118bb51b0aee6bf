import { GatewayError } from '../errors.ts'
import type { CallRequest } from './call.ts'
import type { OngoingCall } from './layer.ts'

/**
 * Tells a backend how many milliseconds the gateway still waits for its answer, so that it need not work for nobody,
 * unless `budgetHeader:` names another. Envoy's name for it: it is the most widely read one for plain HTTP (gRPC's is
 * `grpc-timeout`).
 */
export const budgetHeader = 'x-envoy-expected-rq-timeout-ms'

/** What every call carries besides: none of them can tell the budget. */
export const ownHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'baggage',
  'content-encoding',
  'content-type',
  'cookie',
  'traceparent',
  'tracestate',
  'x-request-id',
])

/** Hop-by-hop (RFC 9110 section 7.6.1) or the transport's own: no data may set them. */
export const forbiddenHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** RFC 9110 section 5.6.2 `token`, lower case. */
const validName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
/** Whether a lower-case text can name a header. */
export function isHeaderName(text: string): boolean {
  return validName.test(text)
}

/** RFC 9110 section 5.5 `field-value`: no CR, LF, NUL or other control but tab, and nothing above one byte. */
const invalidValue = /[^\t\x20-\x7e\x80-\xff]/

/** What goes along with the calls of a site. */
export interface Accompaniment {
  /** Undefined: the backend is not told. */
  readonly budgetHeader: string | undefined
  /** Where answers may be given to others: what the backend is told it has, whoever asks, and nothing of one client. */
  readonly sharedMs?: number | undefined
}

/**
 * The headers of one attempt, name, value, name, value: what the site rendered, then what every call carries unless
 * the site rendered it itself. What shapes an answer that others may be given has to stand in its key, which is made of
 * what was rendered; so `baggage`, `tracestate` and a budget that one client cut are left out there.
 * @throws GatewayError `invalid-input` for a header that must not or cannot be sent.
 */
export function outgoingHeaders(
  request: CallRequest,
  call: OngoingCall,
  traceparent: string,
  leftMs: number,
  { budgetHeader, sharedMs }: Accompaniment,
): string[] {
  const { headers, body } = request
  const { requestId } = call.context.propagation
  const { tracestate, baggage } = sharedMs === undefined ? call.context.propagation : nothing
  const out: string[] = []
  for (const name in headers) {
    const value = headers[name]!
    if (forbiddenHeaders.has(name) || !validName.test(name) || invalidValue.test(value)) {
      throw new GatewayError('invalid-input', {
        detail: `header ${JSON.stringify(name)} cannot be sent with this value`,
      })
    }
    out.push(name, value)
  }
  if (headers['accept'] === undefined) out.push('accept', 'application/json')
  if (headers['accept-encoding'] === undefined) out.push('accept-encoding', 'identity')
  if (body !== undefined && headers['content-type'] === undefined) out.push('content-type', 'application/json')
  if (headers['x-request-id'] === undefined) out.push('x-request-id', requestId)
  if (headers['traceparent'] === undefined) {
    out.push('traceparent', traceparent)
    if (tracestate !== undefined) out.push('tracestate', tracestate)
  }
  if (baggage !== undefined && headers['baggage'] === undefined) out.push('baggage', baggage)
  if (budgetHeader !== undefined && headers[budgetHeader] === undefined) {
    out.push(budgetHeader, String(Math.max(1, Math.floor(sharedMs ?? leftMs))))
  }
  return out
}

const nothing = { tracestate: undefined, baggage: undefined }
