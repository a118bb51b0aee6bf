import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { types } from 'node:util'
import type { Endpoint } from '../../backends/endpoints.ts'
import { toTransportError } from '../../backends/transports/undici-errors.ts'
import { judge, judgeCut, type Verdict } from '../../backends/verdict.ts'
import type { Timer } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { refuse } from '../../run/refusals.ts'
import type { ClientMetrics } from '../../telemetry/bound-metrics.ts'
import type { Span } from '../../telemetry/span.ts'
import type { Exchange } from '../exchange.ts'
import { offerReuse } from './agents.ts'
import { boundInterimAnswers, checkAnswer, invalid } from './check-answer.ts'
import { prepareSwitchHeaders, selectResponseHeaders } from './headers.ts'
import type { Tunnels } from './tunnels.ts'
import type { UpgradeResponse } from './upgrade-response.ts'
import { Upload } from './upload.ts'

/** A stream in which nothing moved for this long is given up. */
const idleStreamMs = 300_000

export interface OngoingParts {
  readonly exchange: Exchange
  readonly endpoint: Endpoint
  /** Path and query that the backend is asked for. */
  readonly target: string
  readonly timeoutMs: number
  /** What a backend has when nothing was waited for before. */
  readonly ownMs: number
  readonly maxRequestBytes: number
  readonly metrics: ClientMetrics
  readonly span: Span
  /** Told what the end says of the endpoint, and since when it was its turn. */
  readonly ended: ((verdict: Verdict, askedAt: number) => void) | undefined
}

/** One request on its way through. */
export class OngoingPassthrough {
  readonly exchange: Exchange
  readonly endpoint: Endpoint
  readonly target: string
  readonly #parts: OngoingParts
  readonly #upload: Upload
  readonly #startedAt: number
  /** When the backend had all of the request. */
  #askedAt: number
  #timer: Timer | undefined
  #proxyRequest: ClientRequest | undefined
  #answer: IncomingMessage | undefined
  #isMeasured = false

  constructor(parts: OngoingParts) {
    const { exchange, endpoint, target } = parts
    this.#parts = parts
    this.exchange = exchange
    this.endpoint = endpoint
    this.target = target
    this.#upload = new Upload(exchange.request)
    this.#startedAt = exchange.serving.clock.now()
    this.#askedAt = this.#startedAt
    this.#upload.hasMoved()
    this.#watch()
    // The backend has its whole time from the last byte of what it answers.
    const asked = () => {
      this.#askedAt = exchange.serving.clock.now()
      if (!this.#isMeasured) this.#watch()
    }
    exchange.request.once('end', contained('request', exchange, asked))
    exchange.response.once(
      'close',
      contained('response', exchange, () => this.#end()),
    )
  }

  began(proxyRequest: ClientRequest): void {
    const { exchange } = this
    this.#proxyRequest = proxyRequest
    // Node closes the connection of an upgrade that nobody asked for, and says nothing.
    const refuseUpgrade = (_answer: IncomingMessage, connection: Duplex) => {
      connection.destroy()
      this.#giveUp(invalid('the answer is an upgrade that nobody asked for'))
    }
    proxyRequest.on('upgrade', contained('backend', exchange, refuseUpgrade))
    boundInterimAnswers(proxyRequest, exchange, (error) => this.#giveUp(error))
    this.#upload.bound(this.#parts.maxRequestBytes, exchange, (error) => this.#giveUp(error, 'nothing'))
    if (this.#isOver) proxyRequest.destroy()
    else proxyRequest.setTimeout(idleStreamMs, () => proxyRequest.destroy(new Error('the stream stood still')))
  }

  /** As `began`, for a request to upgrade. */
  beganUpgrade(proxyRequest: ClientRequest, response: UpgradeResponse, tunnels: Tunnels): void {
    const { exchange } = this
    this.#proxyRequest = proxyRequest
    boundInterimAnswers(proxyRequest, exchange, (error) => this.#giveUp(error))
    // The proxy, which listens from now on, would write an answer that is no upgrade as it came, reason phrase and all.
    const answered = (answer: IncomingMessage) => this.#passBack(answer, response)
    process.nextTick(
      contained('backend', exchange, () => {
        proxyRequest.removeAllListeners('response')
        proxyRequest.once('response', contained('backend', exchange, answered))
      }),
    )
    const upgraded = (answer: IncomingMessage, backend: Duplex) => {
      if (!(backend instanceof Socket)) throw new TypeError('the connection to the backend is no socket')
      this.#timer?.cancel()
      tunnels.add(response.handOn(), backend, exchange.activation)
      prepareSwitchHeaders(answer.headers, exchange)
      this.#measure(101, undefined)
      exchange.handOn(101)
    }
    proxyRequest.prependOnceListener('upgrade', contained('backend', exchange, upgraded))
    if (this.#isOver) proxyRequest.destroy()
  }

  answered(answer: IncomingMessage, response: ServerResponse): void {
    if (this.#proxyRequest) offerReuse(this.#proxyRequest, answer)
    this.#passBack(answer, response)
  }

  #passBack(answer: IncomingMessage, response: ServerResponse): void {
    const { exchange } = this
    this.#timer?.cancel()
    if (exchange.isAnswered) {
      answer.destroy()
      return
    }
    const fault = checkAnswer(answer)
    if (fault) {
      this.#giveUp(fault)
      return
    }
    const status = answer.statusCode ?? 0
    const headers = selectResponseHeaders(answer)
    headers.push('x-request-id', exchange.requestId, ...(exchange.ownHeaders ?? []))
    if (exchange.serving.isDraining) headers.push('connection', 'close')
    try {
      // Without the reason phrase: it may hold anything, and means nothing.
      response.writeHead(status, headers)
    } catch (cause) {
      this.#giveUp(invalid('the answer has a header that cannot be sent', cause))
      return
    }
    this.#answer = answer
    exchange.noteHead(status)
    this.#measure(status, undefined)
    answer.on(
      'data',
      contained('backend', exchange, (chunk: Buffer) => exchange.noteBytes(chunk.length)),
    )
    // An answer cut short leaves the client's cut short too: its connection is closed before the last chunk.
    const broken = (cause: Error) => exchange.noteBroken(invalid('the answer broke off', cause))
    answer.once('error', contained('backend', exchange, broken))
    pipeline(answer, response, () => {})
  }

  /** The request could not be passed on, or its connection broke. */
  failed(thrown: unknown): void {
    // Whatever comes behind an answer that is whole is no part of it.
    if (this.#answer?.complete) return
    this.#giveUp(this.#describe(thrown))
  }

  #describe(thrown: unknown): GatewayError {
    if (thrown instanceof GatewayError) return thrown
    // Before there is a request to the backend, nothing can be its fault.
    if (!this.#proxyRequest || !types.isNativeError(thrown)) return new GatewayError('internal', { cause: thrown })
    return toTransportError(thrown, 0)
  }

  /** Ends it with an error: as the answer where there is none yet, else by cutting the one that is there. */
  #giveUp(error: GatewayError, verdict?: Verdict): void {
    const { exchange } = this
    this.#timer?.cancel()
    this.#measure(undefined, error.code, verdict)
    this.#upload.stop()
    this.#proxyRequest?.destroy()
    if (!exchange.isAnswered) exchange.fail(error)
    else if (this.#answer) exchange.request.socket.destroy()
  }

  /** The answer has to begin in time; while the client still sends its body, time starts again with every stretch of it. */
  #watch(): void {
    const { clock } = this.exchange.serving
    this.#timer?.cancel()
    const look = () => {
      if (this.#upload.hasMoved()) this.#watch()
      else if (this.#upload.isStalled(this.#proxyRequest)) this.#giveUp(refuse('request-timeout'), 'nothing')
      else this.#giveUp(new GatewayError('timeout'))
    }
    this.#timer = clock.schedule(this.#parts.timeoutMs, contained('timer', this.exchange, look))
  }

  get #isOver(): boolean {
    return this.exchange.isAnswered || this.exchange.response.destroyed
  }

  #measure(status: number | undefined, errorCode: string | undefined, verdict = this.#judge(status, errorCode)): void {
    if (this.#isMeasured) return
    this.#isMeasured = true
    const { metrics, span, ended } = this.#parts
    const now = this.exchange.serving.clock.now()
    metrics.observe(status, errorCode, (now - this.#startedAt) / 1000)
    ended?.(verdict, this.#askedAt)
    if (this.#upload.isWhole && (verdict === 'success' || errorCode === 'timeout')) {
      this.exchange.backendMs = now - this.#askedAt
    }
    if (span.sampled && status !== undefined) span.set({ 'http.response.status_code': status })
    if (errorCode !== undefined) span.fail(errorCode)
  }

  /** What an answer, or that there is none, tells of the endpoint: by the rules for calls. */
  #judge(status: number | undefined, errorCode: string | undefined): Verdict {
    const response = status === undefined ? undefined : { status, body: undefined }
    const isWell = status !== undefined && status < 300
    const verdict = isWell
      ? 'success'
      : this.#judgeFailure(new GatewayError(errorCode ?? `http-${status}`, { response }))
    // How long it took is as the client liked while it still sends.
    return verdict === 'success' && !this.#upload.isWhole ? 'nothing' : verdict
  }

  #judgeFailure(error: GatewayError): Verdict {
    if (error.code !== 'timeout') return judge(error)
    const { timeoutMs, ownMs } = this.#parts
    return judgeCut(error, { hadMs: timeoutMs, ownMs })
  }

  #end(): void {
    const { wasCut } = this.exchange
    this.#timer?.cancel()
    this.#measure(undefined, 'cancelled')
    this.#parts.span.end()
    if (wasCut) this.#proxyRequest?.destroy()
    else this.#upload.dropRest()
  }
}
