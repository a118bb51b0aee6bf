import type { CallRequest } from '../../../calls/call.ts'
import { acceptOf } from '../../../calls/decode.ts'
import { describeAttempts } from '../../../calls/describe.ts'
import { outgoingHeaders } from '../../../calls/headers.ts'
import { OngoingCall } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import type { Scope } from '../../../cancellation.ts'
import type { Endpoint } from '../../../endpoints/service-endpoints.ts'
import { GatewayError, toGatewayError } from '../../../errors.ts'
import { mirrorHeader } from '../../../header-fields.ts'
import { isCredential } from '../../../redaction.ts'
import { bindMirror, type MirrorPolicy } from './bind.ts'
import { Copies } from './copies.ts'
import { mirrorShape } from './shape.ts'

/**
 * Sends a copy of the request elsewhere once the call itself is under way, and forgets about it: the copy delays
 * nothing, fails nothing, is not made anew, is no part of the request's budget and does not end with it.
 */
export const mirror = definePolicy({
  name: 'mirror',
  on: ['service', 'operation'],
  shape: mirrorShape,
  off: true,
  notes: '[Versions](../guides/versions.md) tells what a copy holds. Not on a step.',
  example: 'mirror: { to: "http://127.0.0.1:9", share: 10% }',
  bind: bindMirror,
  misfit({ unsafe, target }, { method, safe, needsHttp2 }) {
    if (needsHttp2 && !target.wire?.http2)
      return {
        code: 'invalid-value',
        message: 'gRPC goes over HTTP/2, which is not spoken where its copies go',
        help: 'copy to a service that says `http2: true`, or has a `proto`',
        short: 'no HTTP/2 where the copies go',
      }
    if (safe || unsafe) return undefined
    return {
      code: 'unsafe-mirror',
      message: `a copy of a ${method} changes something where it goes, too`,
      help: 'if it may, say `unsafe: true`',
      short: 'this method changes something',
    }
  },
  shared: {
    key: ({ owner, target, share, concurrent, timeoutMs, credentials }) => [
      owner,
      target.key,
      share,
      concurrent,
      timeoutMs,
      credentials,
    ],
    open: ({ concurrent }) => new Copies(concurrent),
    close: (copies) => copies.close(),
  },
  wrap(policy, parts) {
    const { random, site } = parts
    const { share, target } = policy
    // What goes to a version anyway is not copied there too.
    if (target.name === site.service.name) return undefined
    const send = copySender(policy, parts)
    return (next) => (request, call) => {
      const answer = next(request, call)
      if (random() < share) send(request, call)
      return answer
    }
  },
  events: {
    help: 'Mirrored requests by result',
    label: 'result',
    values: ['answered', 'failed', 'dropped'],
  },
  caption: describeMirror,
  drawing: (policy) => `mirror: ${describeMirror(policy)}`,
  copiesTo: (policy) => ({
    target: policy.target,
    name: receiverOf(policy),
    as: 'copies',
    credentials: policy.credentials,
  }),
})

function describeMirror(policy: MirrorPolicy): string {
  return `${Math.round(policy.share * 10_000) / 100}% to ${receiverOf(policy)}, ${policy.concurrent} at once`
}

/** A service, a version of one, or a URL. */
function receiverOf({ target, isUrl }: MirrorPolicy): string {
  return isUrl ? target.endpoints[0]!.url : target.name
}

function copySender({ target, timeoutMs, credentials }: MirrorPolicy, parts: PolicyParts<Copies>) {
  const { site, clock, events, state } = parts
  const copies = state!
  const endpoints = parts.reach(target)
  const describe = describeAttempts(site)
  const accompaniment = { accept: acceptOf(site.decoding), budgetHeader: target.budgetHeader }
  const exchange = site.codec?.exchange
  const own = credentials ? endpoints.credentials : undefined
  const isCopied = (name: string) =>
    (credentials && !(own && name === 'authorization')) || !(isCredential(name) || site.secretHeaders?.includes(name))

  function begin(request: CallRequest, { context }: OngoingCall, scope: Scope, endpoint: Endpoint): void {
    const span = context.span.child(site.template, 'client')
    const end = (error: GatewayError | undefined) => {
      timer.cancel()
      copies.end(scope)
      events.count(error ? 'failed' : 'answered')
      if (error) span.fail(error.code)
      span.end()
    }
    const timer = clock.schedule(timeoutMs, () => scope.cancel(new GatewayError('timeout')), scope)
    const fail = (thrown: unknown) => end(toGatewayError(thrown))
    const go = (authorization: string | undefined) => {
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
      if (authorization !== undefined) headers.push('authorization', authorization)
      if (span.sampled) span.set({ ...describe(request, copy, endpoint), 'tessera.mirror': true })
      const { method, path, body } = request
      const { maxResponseBytes } = site
      const copied = { method, path: endpoint.prefix + path, headers, body, timeLeftMs: timeoutMs, maxResponseBytes }
      const { channel } = endpoint
      const sent = exchange ? exchange(channel, copied, scope) : channel.send(copied, scope)
      sent.then(({ status }) => {
        if (span.sampled) span.set({ 'http.response.status_code': status })
        end(undefined)
      }, fail)
    }
    try {
      const known = own?.now()
      if (own && known === undefined) own.get(scope).then(go).catch(fail)
      else go(known)
    } catch (thrown) {
      fail(thrown)
    }
  }

  return (request: CallRequest, call: OngoingCall): void => {
    const endpoint = endpoints.pick()
    const scope = endpoint && copies.begin()
    if (scope) begin(request, call, scope, endpoint)
    else events.count(endpoint ? 'dropped' : 'failed')
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
