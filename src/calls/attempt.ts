import type { Clock } from '../clock.ts'
import type { Endpoint } from '../endpoints/service-endpoints.ts'
import type { Verdict } from '../endpoints/verdict.ts'
import { GatewayError } from '../errors.ts'
import type { Body } from '../json/body.ts'
import type { Attributes, Span } from '../telemetry/span.ts'
import type { IncomingResponse, OutgoingRequest } from '../transports/transport.ts'
import { SiteAnswers } from './answers.ts'
import type { CallRequest } from './call.ts'
import { acceptOf, decodeBody } from './decode.ts'
import { describeAttempts } from './describe.ts'
import { type Accompaniment, outgoingHeaders } from './headers.ts'
import { sharesAnswers } from './http-caching/storable.ts'
import type { LayerResponse, OngoingCall } from './layer.ts'
import { LiveResponse } from './live-response.ts'
import { wasNeverSent } from './never-sent.ts'
import type { StackParts } from './parts.ts'
import type { CallSite } from './policy.ts'
import type { SiteMetrics } from './site-metrics.ts'

/** The innermost layer. */
export type SendTo = (request: CallRequest, call: OngoingCall, endpoint: Endpoint) => Promise<LayerResponse>

/** The same, with what the service is shown. */
export type SendWith = (...sent: [...Parameters<SendTo>, authorization?: string]) => ReturnType<SendTo>

/** One attempt: sends a request to an endpoint, decodes the answer, and leaves a client span and a measurement of it. */
export function attempt(site: CallSite, { clock, metrics }: Pick<StackParts, 'clock' | 'metrics'>): SendWith {
  const plan: AttemptPlan = {
    site,
    clock,
    metrics,
    answers: new SiteAnswers(site, clock),
    describe: describeAttempts(site),
    accompaniment: {
      budgetHeader: site.service.budgetHeader,
      accept: site.dialect?.accept ?? acceptOf(site.decoding),
      sharedMs: sharesAnswers(site) ? site.timeoutMs : undefined,
    },
  }
  return (request, call, endpoint, authorization) => new Attempt(plan, request, call, endpoint).send(authorization)
}

/** What is known of a site's attempts before any is made. */
interface AttemptPlan {
  readonly site: CallSite
  readonly clock: Clock
  readonly metrics: SiteMetrics
  readonly answers: SiteAnswers
  readonly describe: (request: CallRequest, call: OngoingCall, endpoint: Endpoint) => Attributes
  readonly accompaniment: Accompaniment
}

const noHeaders: string[] = []

/** An attempt under way, which is what goes over the wire too. */
class Attempt implements OutgoingRequest {
  headers = noHeaders
  readonly timeLeftMs: number
  readonly #plan: AttemptPlan
  readonly #request: CallRequest
  readonly #call: OngoingCall
  readonly #endpoint: Endpoint
  readonly #startedAt: number
  readonly #span: Span
  /** No time has passed yet since it started. */
  #isBeginning = true

  constructor(plan: AttemptPlan, request: CallRequest, call: OngoingCall, endpoint: Endpoint) {
    this.#plan = plan
    this.#request = request
    this.#call = call
    this.#endpoint = endpoint
    this.#startedAt = plan.clock.now()
    this.timeLeftMs = call.deadline - this.#startedAt
    this.#span = call.context.span.child(plan.site.template, 'client')
  }

  get method(): string {
    return this.#request.method
  }

  get path(): string {
    const { path, isRedirected } = this.#request
    return isRedirected ? path : this.#endpoint.prefix + path
  }

  get body(): CallRequest['body'] {
    return this.#request.body
  }

  get mayRepeat(): boolean | undefined {
    return this.#plan.site.idempotent
  }

  get maxResponseBytes(): number {
    return this.#plan.site.maxResponseBytes
  }

  send(authorization: string | undefined): Promise<LayerResponse> {
    const failed = (thrown: unknown) => this.#fail(thrown)
    try {
      return this.#exchange(authorization).then((incoming) => this.#receive(incoming), failed)
    } catch (thrown) {
      return Promise.reject<never>(thrown).catch(failed)
    } finally {
      this.#isBeginning = false
    }
  }

  onAsked(lateMs: number): void {
    const call = this.#call
    const now = this.#isBeginning ? this.#startedAt : this.#plan.clock.now()
    call.askedAt = call.askedAt === undefined ? now : Math.min(now, call.askedAt + lateMs)
  }

  #exchange(authorization: string | undefined): Promise<IncomingResponse> {
    const { site, describe, accompaniment } = this.#plan
    const call = this.#call
    const endpoint = this.#endpoint
    const span = this.#span
    this.headers = outgoingHeaders(this.#request, call, span.traceparent, this.timeLeftMs, accompaniment)
    if (authorization !== undefined) this.headers.push('authorization', authorization)
    call.attempts++
    call.askedAt = undefined
    if (span.sampled) span.set(describe(this.#request, call, endpoint))
    const exchange = site.codec?.exchange
    return exchange ? exchange(endpoint.channel, this, call.scope) : endpoint.channel.send(this, call.scope)
  }

  #receive(incoming: IncomingResponse): LayerResponse | Promise<LayerResponse> {
    const { site, answers } = this.#plan
    const { scope } = this.#call
    const { status } = incoming
    if (this.#span.sampled) this.#span.set({ 'http.response.status_code': status })
    if (!answers.isSuccess(status)) {
      if (answers.leadsOn(this.#request, incoming)) return this.#pass(incoming, undefined)
      const failed = (thrown: unknown) => this.#fail(thrown)
      return answers.readStatusError(this.#request, incoming, scope).then(failed, failed)
    }
    let decoding: ReturnType<typeof decodeBody>
    try {
      decoding = decodeBody(incoming, site.maxResponseBytes, scope, site)
    } catch (thrown) {
      return this.#fail(thrown)
    }
    if (!(decoding instanceof Promise)) return this.#succeed(incoming, decoding)
    return decoding.then(
      (body) => this.#succeed(incoming, body),
      (thrown: unknown) => this.#fail(thrown),
    )
  }

  #succeed(incoming: IncomingResponse, body: Body | undefined): LayerResponse {
    const { site, answers } = this.#plan
    const fault = site.dialect?.judge(body)
    if (fault === 'partial') return this.#pass(keptByNobody(incoming), body)
    if (fault) this.#fail(answers.faultOf(fault, incoming, body), 'nothing')
    // It answered; that there is nothing may be the answer to what this one client asked for.
    if (!site.isUsable(body, incoming.status))
      this.#fail(
        new GatewayError('invalid-response', { detail: 'the response has none of the expected values' }),
        'nothing',
      )
    return this.#pass(incoming, body)
  }

  #pass(incoming: IncomingResponse, body: Body | undefined): LayerResponse {
    const { site, answers } = this.#plan
    this.#end(incoming.status, undefined)
    const response = new LiveResponse(incoming, body, this.#call.attempts)
    if (site.isOfSharedAnswer) response.isPersonal = answers.isPersonal(this.#request, incoming)
    return response
  }

  #fail(thrown: unknown, said?: Verdict): never {
    const { answers } = this.#plan
    const error = answers.refine(thrown, this.#call, said)
    const { response, code } = error
    if (wasNeverSent(error)) this.#endpoint.unreachable()
    this.#span.fail(response && !answers.isSuccess(response.status) ? String(response.status) : code)
    this.#end(response?.status, code)
    throw error
  }

  #end(status: number | undefined, errorCode: string | undefined): void {
    const { metrics, clock } = this.#plan
    metrics.attempt(status, errorCode, (clock.now() - this.#startedAt) / 1000)
    this.#span.end()
  }
}

/** The same answer, of which something is missing: it must not outlive the trouble. */
function keptByNobody(incoming: IncomingResponse): IncomingResponse {
  return Object.create(incoming, { headers: { value: { ...incoming.headers, 'cache-control': 'no-store' } } })
}
