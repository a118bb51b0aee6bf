import { GatewayError } from '../errors.ts'
import { isHeaderValue, loopHeader } from '../header-fields.ts'
import type { CallRequest } from './call.ts'
import type { OngoingCall } from './layer.ts'

/**
 * Tells a backend how many milliseconds the gateway still waits for its answer, so that it need not work for nobody,
 * unless `budgetHeader:` names another. Envoy's name for it: it is the most widely read one for plain HTTP (gRPC's is
 * `grpc-timeout`).
 */
export const budgetHeader = 'x-envoy-expected-rq-timeout-ms'

/** What goes along with the calls of a site. */
export interface Accompaniment {
  /** Undefined: the backend is not told. */
  readonly budgetHeader: string | undefined
  /** What can be read of an answer. */
  readonly accept: string
  /** Where answers may be given to others: what the backend is told it has, whoever asks, and nothing of one client. */
  readonly sharedMs?: number | undefined
}

/**
 * The headers of one attempt, name, value, name, value: what the site rendered, then what every call carries unless
 * the site rendered it itself. What shapes an answer that others may be given has to stand in its key, which is made of
 * what was rendered; so `baggage`, `tracestate` and a budget that one client cut are left out there.
 * @throws GatewayError `invalid-input` for a value that cannot be sent; names were looked at when they were bound.
 */
export function outgoingHeaders(
  request: CallRequest,
  call: OngoingCall,
  traceparent: string,
  leftMs: number,
  { budgetHeader, accept, sharedMs }: Accompaniment,
): string[] {
  const { headers, body } = request
  const { requestId, traceHeaders, loop } = call.context.propagation
  const { tracestate, baggage } = sharedMs === undefined ? call.context.propagation : nothing
  const out: string[] = []
  for (const name in headers) {
    const value = headers[name]!
    if (!isHeaderValue(value)) {
      throw new GatewayError('invalid-input', {
        detail: `header ${JSON.stringify(name)} cannot be sent with this value`,
      })
    }
    out.push(name, value)
  }
  if (headers['accept'] === undefined) out.push('accept', accept)
  if (headers['accept-encoding'] === undefined) out.push('accept-encoding', 'identity')
  if (body !== undefined && headers['content-type'] === undefined) out.push('content-type', 'application/json')
  if (headers['x-request-id'] === undefined) out.push('x-request-id', requestId)
  if (loop !== undefined) out.push(loopHeader, loop)
  if (headers['traceparent'] === undefined) {
    if (traceHeaders) pushUnsaid(out, traceHeaders(traceparent), headers)
    else out.push('traceparent', traceparent)
    if (tracestate !== undefined) out.push('tracestate', tracestate)
  }
  if (baggage !== undefined && headers['baggage'] === undefined) out.push('baggage', baggage)
  if (budgetHeader !== undefined && headers[budgetHeader] === undefined) {
    out.push(budgetHeader, String(Math.max(1, Math.floor(sharedMs ?? leftMs))))
  }
  return out
}

/** @param more names and values in turn */
function pushUnsaid(out: string[], more: readonly string[], said: CallRequest['headers']): void {
  for (let at = 0; at < more.length; at += 2) if (said[more[at]!] === undefined) out.push(more[at]!, more[at + 1]!)
}

const nothing = { tracestate: undefined, baggage: undefined }
