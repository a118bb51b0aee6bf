import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { addForBrowsers } from '../../browsers/security-headers.ts'
import { Scope } from '../../cancellation.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { Answer, Failure, Outcome } from '../../run/outcome.ts'
import type { Pipeline } from '../../run/pipeline.ts'
import type { ProblemContext } from '../../run/problem.ts'
import { endsConnection } from '../../run/refusals.ts'
import { type Reply, renderReply } from '../../run/reply.ts'
import type { RouteRequest } from '../../run/route-request.ts'
import type { Client, Departure } from '../../run/stage.ts'
import { recordHeader } from '../../run/stages/debug.ts'
import { methodOfTitle } from '../../telemetry/methods.ts'
import type { Span } from '../../telemetry/span.ts'
import { headersForBrowser } from '../http/for-browsers.ts'
import { cutSlowReader } from '../http/listener.ts'
import { writeReply } from '../http/reply.ts'
import type { Activation, ActiveRoute } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { titleOf } from './active-route.ts'
import { type Asked, tellDropped, tellEnd, tellError, whyCut } from './exchange-report.ts'
import { Received } from './received.ts'
import { chooseRequestId } from './request-parts.ts'
import { describeServerSpan } from './server-span.ts'
import { streamAnswer } from './stream-answer.ts'

const clientGone = 499
const nowhere: Client['passOn'] = () => {}

/** One request and its answer over a connection, from its first byte to the last. */
export class Exchange extends Received implements Client {
  readonly response: ServerResponse
  readonly span: Span
  /** Cancelled when the client goes away. */
  readonly scope = new Scope()
  /** Who answers it where no steps do. */
  passOn = nowhere
  verdicts: Client['verdicts'] = undefined
  /** Names and values in turn that its answer carries, whatever it is. */
  ownHeaders: readonly string[] | undefined = undefined
  /** How long the service took to answer what is passed through, in milliseconds; undefined where that tells nothing. */
  backendMs: number | undefined = undefined
  /** Where what is passed through went. */
  asked: Asked | undefined = undefined
  /** By its `close` nothing of it takes up room any more: its response, or the connection that became a tunnel. */
  readonly room: EventEmitter
  readonly #startedAt: number
  #status = clientGone
  #bytes = 0
  #error: GatewayError | undefined
  #outcome: Answer | Failure | undefined
  #isAnswered = false
  #isHandedOn = false
  #passed: RouteRequest | undefined

  constructor(
    serving: Serving,
    activation: Activation,
    active: ActiveRoute | undefined,
    request: IncomingMessage,
    response: ServerResponse,
    requestId = chooseRequestId(request),
    room: EventEmitter = response,
  ) {
    super(serving, activation, active, request, requestId)
    this.response = response
    this.room = room
    this.#startedAt = serving.clock.now()
    const title = active ? titleOf(active, request) : methodOfTitle(request.method)
    const span = serving.tracer.startRequest(this.traceHeaders, title)
    this.span = serving.records ? serving.records.begin(span, title, this.#asksForRecord()) : span
    if (this.span.sampled) this.span.set(describeServerSpan(this, active))
    this.ownHeaders = headersForBrowser(active ? active.route.browsers : activation.browsersAt(request), request)
    activation.enter()
    serving.inFlight++
    ;(active?.metrics ?? serving.unmatched).begin()
    const end = contained('response', response, () => this.#end())
    response.once('close', end)
    response.on('timeout', cutSlowReader)
  }

  get isAnswered(): boolean {
    return this.#isAnswered
  }

  /** Whether nobody waits for an answer any more. */
  get isOver(): boolean {
    return this.#isAnswered || this.scope.reason !== undefined
  }

  /** Whether its connection is. */
  get isGone(): boolean {
    return this.scope.reason !== undefined || this.response.destroyed
  }

  /** Whether what was written last is not all of its answer. */
  get wasCut(): boolean {
    return !this.response.writableFinished && !this.#isHandedOn
  }

  get document(): RouteRequest['document'] {
    return this.#passed?.document
  }

  get isRecordingAsked(): boolean {
    return this.#passed?.debug?.record ?? false
  }

  #asksForRecord(): boolean {
    const { activation, request } = this
    return activation.snapshot.settings.admin.debug !== undefined && request.headers[recordHeader] === '1'
  }

  addHeaders(headers: readonly string[]): void {
    this.ownHeaders = this.ownHeaders ? [...this.ownHeaders, ...headers] : headers
  }

  whenGone(leave: (departure: Departure) => void): void {
    const { response: to } = this
    const tell = () => leave({ isServed: to.writableFinished && to.statusCode < 500, backendMs: this.backendMs })
    if (this.isGone) tell()
    else this.room.once('close', contained('response', this, tell))
  }

  /** Sends it through the stages of its route. */
  pass(pipeline: Pipeline, request: RouteRequest): void {
    this.#passed = request
    pipeline.answer(
      request,
      this,
      contained('promise', this, (outcome) => this.answer(outcome)),
    )
  }

  answer(outcome: Outcome): void {
    if (outcome.kind === 'passed-on') return
    if (outcome.kind === 'stream') {
      streamAnswer(this, outcome)
      return
    }
    this.note(outcome)
    this.#write(
      renderReply(outcome, () => this.problemContext()),
      outcome.kind === 'failure' && endsConnection(outcome.error),
    )
  }

  /** What it came to. */
  note(outcome: Answer | Failure): void {
    this.#outcome = outcome
    if (outcome.kind === 'failure') this.#noteError(outcome.error)
    else if (outcome.dropped) tellDropped(this, outcome.dropped)
  }

  fail(error: GatewayError, headers: Failure['headers'] = this.route?.headers?.onError ?? {}): void {
    this.answer({ kind: 'failure', error, headers, records: [] })
  }

  /** Writes an answer that is no error and has no body. */
  answerEmpty(status: number, headers: string[]): void {
    this.#write({ status, headers, body: undefined })
  }

  /** The answer is written by someone else, who has just sent its head. */
  noteHead(status: number): void {
    this.#isAnswered = true
    this.#status = status
  }

  /** The connection speaks another protocol from now on: this head was all of the answer. */
  handOn(status: number): void {
    this.noteHead(status)
    this.#isHandedOn = true
    this.response.emit('close')
  }

  noteBytes(bytes: number): void {
    this.#bytes += bytes
  }

  /** Ends it and its connection: something of ours has failed in a way that nobody foresaw. */
  destroy(): void {
    this.noteBroken(new GatewayError('internal'))
    this.response.destroy()
  }

  /** The answer broke off in the middle. */
  noteBroken(error: GatewayError): void {
    this.#error = error
    this.span.fail(error.code)
  }

  #noteError(error: GatewayError): void {
    this.#error = error
    if (error.status >= 500) this.span.fail(String(error.status))
    if (this.span.sampled) this.span.set({ 'tessera.error': error.code })
    tellError(this, error)
  }

  #write(reply: Reply, close = false): void {
    // A client that has gone away is answered nothing.
    if (this.#isAnswered || this.response.destroyed) return
    this.#isAnswered = true
    if (this.ownHeaders) addForBrowsers(reply.headers, this.ownHeaders)
    this.#bytes = writeReply(this.request, this.response, reply, this.requestId, close || this.serving.isDraining)
    this.#status = reply.status
  }

  /** Where it is, for a problem that it ends in. */
  problemContext(): ProblemContext {
    return { path: this.toldPath, route: this.route?.name, traceId: this.span.traceId }
  }

  #end(): void {
    const { serving, activation, span, scope, wasCut } = this
    if (wasCut) scope.cancel(new GatewayError('cancelled', { detail: 'the client went away' }))
    scope.close()
    const ms = serving.clock.now() - this.#startedAt
    const metrics = this.active?.metrics ?? serving.unmatched
    metrics.end(this.#status, ms / 1000, this.request.method, span.isTraced ? span.traceId : undefined)
    // Who left before was sent none.
    if (span.sampled)
      span.set(this.#isAnswered ? { 'http.response.status_code': this.#status } : { 'error.type': 'cancelled' })
    span.end()
    try {
      tellEnd(this, {
        status: this.#status,
        ms,
        bytes: this.#bytes,
        outcome: this.#outcome,
        error: this.#error,
        errorCode: this.#error?.code ?? (wasCut ? whyCut(this) : undefined),
      })
    } finally {
      activation.leave()
      if (--serving.inFlight === 0) serving.whenIdle?.()
    }
  }
}
