import { attempt } from '../../../calls/attempt.ts'
import { balance } from '../../../calls/balance.ts'
import type { CallRequest } from '../../../calls/call.ts'
import type { Layer, LayerResponse, OngoingCall } from '../../../calls/layer.ts'
import type { PolicyParts } from '../../../calls/policy.ts'
import { methodAfter, resolveLocation } from '../../../calls/redirect.ts'
import type { ServiceTarget } from '../../../calls/service-target.ts'
import { unusable } from '../../../calls/unusable.ts'
import { toGatewayError } from '../../../errors.ts'
import { isCredential } from '../../../redaction.ts'
import type { FollowPolicy } from './bind.ts'

/** Of the body that is no longer sent (the Fetch standard's request-body-header names). */
const ofTheBody = new Set(['content-type', 'content-encoding', 'content-language', 'content-location'])

/** A request under way from one redirect to the next. */
interface Hop {
  readonly request: CallRequest
  /** Of the endpoint, or the other origin, that was asked. */
  readonly origin: string
  /** What it was asked for: a `Location` may be relative to that. */
  readonly url: string
  readonly send: Layer
  readonly isElsewhere: boolean
}

/** Follows the redirects of one site. */
export class Redirects {
  readonly #policy: FollowPolicy
  readonly #parts: PolicyParts
  readonly #own: Layer
  readonly #others: ReadonlyMap<string, Layer>

  constructor(policy: FollowPolicy, parts: PolicyParts, own: Layer) {
    this.#policy = policy
    this.#parts = parts
    this.#own = own
    this.#others = new Map([...policy.to].map(([origin, target]) => [origin, this.#reach(target)]))
  }

  /** Goes on from the first answer, which is a redirect, until one is none. */
  async goOn(request: CallRequest, call: OngoingCall, first: LayerResponse): Promise<LayerResponse> {
    const { site, events } = this.#parts
    const passed: LayerResponse[] = []
    const { url, prefix } = call.endpoint!
    const { origin } = new URL(url)
    let hop: Hop = { request, origin, url: origin + prefix + request.path, send: this.#own, isElsewhere: false }
    let response = first
    while (!site.isSuccess(response.status) && response.status !== 304) {
      if (passed.length === this.#policy.max) this.#refuse(response, call, 'there is one redirect too many')
      hop = this.#follow(hop, response, call)
      passed.push(response)
      call.context.countCalls?.(1)
      events.emit(call.context.span, 'followed', { 'http.response.status_code': response.status })
      response = await this.#send(hop, call)
    }
    // What a layer gives is an object of its own (live-response.ts), which takes what is known of it only here.
    return Object.assign(response, {
      redirects: passed.map(({ headers }) => headers),
      isPersonal: response.isPersonal || passed.some(({ isPersonal }) => isPersonal),
    })
  }

  #follow(hop: Hop, response: LayerResponse, call: OngoingCall): Hop {
    const url = resolveLocation(response.headers['location']!, hop.url)
    if (!url) this.#refuse(response, call, 'the redirect leads to nothing that is a URL of http or https')
    const other = this.#others.get(url.origin)
    const isOwn = this.#parts.endpoints.all.some((endpoint) => endpoint.isAt(url.origin))
    if (!isOwn && !other) this.#refuse(response, call, 'the redirect leads to an origin that `follow` does not list')
    const leaves = url.origin !== hop.origin && !(isOwn && !hop.isElsewhere)
    if (
      leaves &&
      this.#parts.site.hasSecretBody &&
      methodAfter(response.status, hop.request.method) === hop.request.method
    )
      this.#refuse(response, call, 'the redirect leads a secret to another origin')
    return {
      request: this.#requestAfter(hop.request, response.status, url, leaves),
      origin: url.origin,
      url: url.href,
      send: isOwn ? this.#own : other!,
      isElsewhere: !isOwn,
    }
  }

  #requestAfter({ method, headers, body }: CallRequest, status: number, url: URL, leaves: boolean): CallRequest {
    const next = methodAfter(status, method)
    const isChanged = next !== method
    const { secretHeaders } = this.#parts.site
    const isKept = (name: string) =>
      !(leaves && (isCredential(name) || secretHeaders?.includes(name))) && !(isChanged && ofTheBody.has(name))
    return {
      method: next,
      path: url.pathname + url.search,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name))),
      body: isChanged ? undefined : body,
      isRedirected: true,
    }
  }

  async #send({ request, send, isElsewhere }: Hop, call: OngoingCall): Promise<LayerResponse> {
    const { endpoint } = call
    call.endpoint = undefined
    try {
      return await send(request, call)
    } catch (thrown) {
      const error = toGatewayError(thrown)
      // It tells of the other origin, which has no breaker here.
      if (isElsewhere && error !== call.scope.reason) error.verdict = 'nothing'
      throw error
    } finally {
      if (isElsewhere) call.endpoint = endpoint
    }
  }

  /** A site that is called at another origin, which nobody looks after. */
  #reach(target: ServiceTarget): Layer {
    const site = { ...this.#parts.site, service: target }
    const endpoints = this.#parts.reach(target)
    return balance(site, { ...this.#parts, endpoints, deposits: false }, attempt(site, this.#parts))
  }

  #refuse({ status, headers }: LayerResponse, { context: { span } }: OngoingCall, why: string): never {
    this.#parts.events.emit(span, 'refused', { 'http.response.status_code': status })
    const error = unusable({ status, headers }, why)
    error.step = this.#parts.site.step
    throw error
  }
}
