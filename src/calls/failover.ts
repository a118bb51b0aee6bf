import type { Endpoint } from '../endpoints/endpoint.ts'
import { type GatewayError, toGatewayError } from '../errors.ts'
import type { SendTo } from './attempt.ts'
import type { OngoingCall } from './layer.ts'
import { wasNeverSent } from './never-sent.ts'
import type { StackParts } from './parts.ts'
import type { CallSite } from './policy.ts'

/** Other endpoints that one attempt may go on to. */
const mostOthers = 2
/** What another endpoint may well answer, and an idempotent request may be sent for again. */
const worthAnother = new Set([429, 502, 503, 504])

export type FailoverParts = Pick<StackParts, 'endpoints' | 'retryBudget'> & {
  /** Whether it is for this layer to tell the budget that a call begins: none around it does. */
  readonly deposits: boolean
}

/**
 * `failover: fast-retry`: what failed is tried at once on another endpoint, inside the timeout of the attempt. Only
 * where that is safe: the request was never sent, or its method may be repeated and the endpoint broke off, answered
 * 429, 502, 503 or 504. Each one more is paid from the service's retry budget.
 * @param pick an endpoint that is not the one asked last, if there is another
 */
export function failOver(
  site: CallSite,
  { endpoints, retryBudget, deposits }: FailoverParts,
  pick: (call: OngoingCall) => Endpoint | undefined,
  send: SendTo,
): SendTo {
  return async (request, call, first) => {
    if (deposits) retryBudget.deposit()
    let endpoint = first
    for (let others = 0; ; others++) {
      try {
        return await send(request, call, endpoint)
      } catch (thrown) {
        const error = toGatewayError(thrown)
        if (call.scope.reason) throw error
        const failed = { others, isRepeatable: site.idempotent === true, asked: endpoint, pick: () => pick(call) }
        const other = takeOver({ endpoints, retryBudget }, error, failed)
        if (!other) throw error
        const { span } = call.context
        if (span.sampled) span.event('tessera.failover', { 'error.type': error.code, 'server.address': other.address })
        call.endpoint = other
        endpoint = other
      }
    }
  }
}

/** What is looked at of a failure. */
export type Failure = Pick<GatewayError, 'code' | 'response' | 'cause'>

/** What failed at one endpoint. */
export interface Failed {
  /** Endpoints that it was tried on besides the first. */
  readonly others: number
  /** Whether it may be sent again although a backend has seen it. */
  readonly isRepeatable: boolean
  readonly asked: Endpoint
  /** An endpoint that is not the one asked last, if there is another. */
  readonly pick: () => Endpoint | undefined
}

/** The endpoint that goes on with what failed at another, if one may and there is one: the retry budget has paid for it. */
export function takeOver(
  { endpoints, retryBudget }: Pick<FailoverParts, 'endpoints' | 'retryBudget'>,
  error: Failure,
  { others, isRepeatable, asked, pick }: Failed,
): Endpoint | undefined {
  if (others >= mostOthers || !mayGoOn(error, isRepeatable)) return undefined
  const other = pick()
  if (!other || other === asked || !retryBudget.withdraw()) return undefined
  endpoints.failedOver()
  return other
}

function mayGoOn(error: Failure, isRepeatable: boolean): boolean {
  if (wasNeverSent(error)) return true
  if (!isRepeatable) return false
  return error.code === 'unavailable' || worthAnother.has(error.response?.status ?? 0)
}
