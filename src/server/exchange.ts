import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Scope } from '../cancellation.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import { contained } from '../faults.ts'
import type { Degradation, Outcome } from '../run/outcome.ts'
import type { ProblemContext } from '../run/problem.ts'
import { endsConnection } from '../run/refusals.ts'
import type { CallRecord } from '../steps/context.ts'
import { logRequest } from '../telemetry/request-log.ts'
import type { Propagation, Span } from '../telemetry/span.ts'
import { readPropagation, type TraceHeaders } from '../telemetry/traceparent.ts'
import type { Activation, ActiveRoute } from './activation.ts'
import { cutSlowReader } from './listener.ts'
import { type Reply, renderProblem, renderReply, writeReply } from './reply.ts'
import { chooseRequestId } from './request-parts.ts'
import { describeServerSpan } from './server-span.ts'
import type { Serving } from './serving.ts'
import { targetOf } from './strict.ts'

const clientGone = 499
const none: readonly never[] = []

/** One request and its answer, from its first byte to the last: who it is, how it ended, and everyone who is told of it. */
export class Exchange {
  readonly serving: Serving
  readonly activation: Activation
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path and query. */
  readonly target: string
  readonly requestId: string
  readonly span: Span
  /** Cancelled when the client goes away. */
  readonly scope = new Scope()
  /** Names and values in turn that its answer carries, whatever it is. */
  ownHeaders: readonly string[] | undefined = undefined
  /** How long it waited before its route began. */
  queuedMs = 0
  /** How long the service took to answer what is passed through, in milliseconds; undefined where that tells nothing. */
  backendMs: number | undefined = undefined
  /** By its `close` nothing of it takes up room any more: its response, or the connection that became a tunnel. */
  readonly room: EventEmitter
  readonly #active: ActiveRoute | undefined
  readonly #startedAt: number
  readonly #traceHeaders: TraceHeaders
  #status = clientGone
  #bytes = 0
  #errorCode: string | undefined
  #records: readonly CallRecord[] = none
  #degraded: readonly Degradation[] = none
  #degradedHeader: string | undefined
  #isAnswered = false
  #isHandedOn = false

  constructor(
    serving: Serving,
    activation: Activation,
    active: ActiveRoute | undefined,
    request: IncomingMessage,
    response: ServerResponse,
    room: EventEmitter = response,
  ) {
    this.serving = serving
    this.activation = activation
    this.request = request
    this.response = response
    this.room = room
    this.target = targetOf(request)
    this.requestId = chooseRequestId(request)
    this.#active = active
    this.#startedAt = serving.clock.now()
    this.#traceHeaders = activation.traceHeadersOf(request)
    this.span = serving.tracer.startRequest(this.#traceHeaders, active?.title ?? request.method ?? 'HTTP')
    if (this.span.sampled) this.span.set(describeServerSpan(this, active))
    activation.enter()
    serving.inFlight++
    ;(active?.metrics ?? serving.unmatched).begin()
    response.once(
      'close',
      contained('response', response, () => this.#end()),
    )
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

  /** Its path as everyone may be told it: the route's template where a parameter is pii or secret. */
  get toldPath(): string {
    const route = this.#active?.route
    if (route?.hidesPath) return route.match.path
    const mark = this.target.indexOf('?')
    return mark < 0 ? this.target : this.target.slice(0, mark)
  }

  /** What goes on with every call that is made for it. */
  propagation(): Propagation {
    return readPropagation(this.#traceHeaders, this.requestId, this.activation.snapshot.settings.telemetry.baggage)
  }

  answer(outcome: Outcome): void {
    this.#records = outcome.records
    if (outcome.kind === 'failure') this.#noteError(outcome.error)
    else if (outcome.degraded.length > 0) {
      this.#degraded = outcome.degraded
      this.#degradedHeader = String(outcome.headers['tessera-degraded'])
    }
    if (outcome.kind === 'answer' && outcome.dropped) this.#noteDropped(outcome.dropped)
    let reply: Reply
    try {
      reply = renderReply(outcome, this.#context())
    } catch (thrown) {
      this.fail(toGatewayError(thrown))
      return
    }
    this.#write(reply)
  }

  fail(error: GatewayError, headers: string[] = []): void {
    this.#noteError(error)
    this.#write(renderProblem(error, this.#context(), headers), endsConnection(error))
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
    this.#errorCode = error.code
    this.span.fail(error.code)
  }

  #noteError(error: GatewayError): void {
    this.#errorCode = error.code
    if (error.status >= 500) this.span.fail(error.code)
    const isOurs = error.code === 'internal'
    if ((!isOurs && error.reason === undefined) || this.scope.reason) return
    const { requestId, span, serving } = this
    const fields = { request_id: requestId, trace_id: span.traceId, route: this.#active?.route.name }
    if (isOurs)
      serving.logger.error({ ...fields, err: error.cause ?? error }, 'a request failed for a reason of our own')
    else serving.logger.warn({ ...fields, step: error.step, reason: error.reason }, 'an expression failed')
  }

  /** The value may be the client's: it is told nowhere. */
  #noteDropped(names: readonly string[]): void {
    const { serving, span, requestId } = this
    const route = this.#active?.route.name ?? ''
    for (const header of names) {
      span.event('tessera.response.header_dropped', { 'tessera.header': header })
      if (serving.metrics.countDroppedHeader(route, header) > 1) continue
      const fields = { request_id: requestId, trace_id: span.traceId, route, header }
      serving.logger.warn(
        fields,
        'a header of the answer cannot be sent and is left out; this is told once, the metric counts all',
      )
    }
  }

  #write(reply: Reply, close = false): void {
    // A client that has gone away is answered nothing.
    if (this.#isAnswered || this.response.destroyed) return
    this.#isAnswered = true
    const { request, response, requestId, serving } = this
    if (this.ownHeaders) reply.headers.push(...this.ownHeaders)
    this.#bytes = writeReply(request, response, reply, requestId, close || serving.isDraining)
    this.#status = reply.status
  }

  #context(): ProblemContext {
    return { path: this.toldPath, route: this.#active?.route.name, traceId: this.span.traceId }
  }

  #end(): void {
    const { serving, activation, span, scope } = this
    const { wasCut } = this
    if (wasCut) scope.cancel(new GatewayError('cancelled', { detail: 'the client went away' }))
    scope.close()
    const ms = serving.clock.now() - this.#startedAt
    const active = this.#active
    ;(active?.metrics ?? serving.unmatched).end(this.#status, ms / 1000)
    if (span.sampled) span.set({ 'http.response.status_code': this.#status })
    span.end()
    try {
      this.#tell(ms, wasCut)
    } finally {
      activation.leave()
      if (--serving.inFlight === 0) serving.whenIdle?.()
    }
  }

  #tell(ms: number, wasCut: boolean): void {
    const { serving, requestId, request } = this
    const route = this.#active?.route
    const status = this.#status
    const error = this.#errorCode ?? (wasCut ? 'cancelled' : undefined)
    const method = request.method ?? ''
    const { traceId } = this.span
    logRequest(serving.logger, {
      method,
      route: route?.name,
      status,
      durationMs: ms,
      bytes: this.#bytes,
      traceId,
      requestId,
      degraded: this.#degradedHeader,
      errorCode: error,
    })
    serving.onRequest?.({
      method,
      path: this.toldPath,
      status,
      ms,
      bytes: this.#bytes,
      traceId,
      requestId,
      records: this.#records,
      degraded: this.#degraded,
      ...(route && { route: route.name, budgetMs: route.timeoutMs }),
      ...(error !== undefined && { error }),
    })
  }
}
