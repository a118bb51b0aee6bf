import type { Scope } from '../../cancellation.ts'
import type { Clock } from '../../clock.ts'
import { GatewayError, toGatewayError } from '../../errors.ts'
import { mirrorHeader } from '../../header-fields.ts'
import { isCredential } from '../../redaction.ts'
import type { CallRequest, CallSite } from '../call.ts'
import { describeAttempts } from '../describe.ts'
import type { Endpoint, ServiceEndpoints } from '../endpoints.ts'
import { outgoingHeaders } from '../headers.ts'
import { OngoingCall, type Policy, passThrough } from '../layer.ts'
import type { SiteMetrics } from '../metrics.ts'
import type { Copies } from './copies.ts'
import type { MirrorPolicy } from './policy.ts'

/** Where a site's copies go, and how many are under way. */
export interface Mirror {
  readonly policy: MirrorPolicy
  readonly endpoints: ServiceEndpoints
  readonly copies: Copies
}

export interface MirrorParts {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
  readonly metrics: SiteMetrics
  /** Undefined where nothing is mirrored. */
  readonly mirror: Mirror | undefined
}

/**
 * Sends a copy of the request elsewhere once the call itself is under way, and forgets about it: the copy delays
 * nothing, fails nothing, is not made anew, is no part of the request's budget and does not end with it.
 */
export function mirror(site: CallSite, parts: MirrorParts): Policy {
  const { mirror, random } = parts
  if (!mirror) return passThrough
  const { share } = mirror.policy
  const send = copySender(site, mirror, parts)
  return (next) => (request, call) => {
    const answer = next(request, call)
    if (random() < share) send(request, call)
    return answer
  }
}

function copySender(site: CallSite, { policy, endpoints, copies }: Mirror, { clock, metrics }: MirrorParts) {
  const { timeoutMs, credentials } = policy
  const describe = describeAttempts(site)
  const accompaniment = { budgetHeader: policy.target.budgetHeader }
  const isCopied = (name: string) => credentials || !(isCredential(name) || site.secretHeaders?.includes(name))

  function begin(request: CallRequest, { context }: OngoingCall, scope: Scope, endpoint: Endpoint): void {
    const span = context.span.child(site.template, 'client')
    const end = (error: GatewayError | undefined) => {
      timer.cancel()
      copies.end(scope)
      metrics.mirror(error ? 'failed' : 'answered')
      if (error) span.fail(error.code)
      span.end()
    }
    const timer = clock.schedule(timeoutMs, () => scope.cancel(new GatewayError('timeout')))
    try {
      const { document, propagation } = context
      const deadline = clock.now() + timeoutMs
      const copy = new OngoingCall({
        document,
        deadline,
        scope,
        span,
        propagation: { ...propagation, baggage: undefined },
      })
      const marked = { ...request, headers: markedHeaders(request, isCopied) }
      const headers = outgoingHeaders(marked, copy, span.traceparent, timeoutMs, accompaniment)
      if (span.sampled) span.set({ ...describe(request, copy, endpoint), 'tessera.mirror': true })
      const { method, path, body } = request
      const { maxResponseBytes } = site
      const copied = { method, path: endpoint.prefix + path, headers, body, timeLeftMs: timeoutMs, maxResponseBytes }
      endpoint.channel.send(copied, scope).then(
        ({ status }) => {
          if (span.sampled) span.set({ 'http.response.status_code': status })
          end(undefined)
        },
        (thrown: unknown) => end(toGatewayError(thrown)),
      )
    } catch (thrown) {
      end(toGatewayError(thrown))
    }
  }

  return (request: CallRequest, call: OngoingCall): void => {
    const endpoint = endpoints.pick()
    const scope = endpoint && copies.begin()
    if (scope) begin(request, call, scope, endpoint)
    else metrics.mirror(endpoint ? 'dropped' : 'failed')
  }
}

function markedHeaders({ headers }: CallRequest, isCopied: (name: string) => boolean): CallRequest['headers'] {
  const marked: Record<string, string> = {}
  for (const name in headers) {
    if (isCopied(name)) marked[name] = headers[name]!
  }
  marked[mirrorHeader] = '?1'
  return marked
}
