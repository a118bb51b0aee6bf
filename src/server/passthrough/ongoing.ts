import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { Endpoint } from '../../backends/endpoints.ts'
import { toTransportError } from '../../backends/transports/undici-errors.ts'
import { judge, judgeCut, type Verdict } from '../../backends/verdict.ts'
import type { Timer } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import type { ClientMetrics } from '../../telemetry/bound-metrics.ts'
import type { Span } from '../../telemetry/span.ts'
import type { Exchange } from '../exchange.ts'
import { refuse } from '../refusals.ts'
import { addOwnHeaders, selectResponseHeaders } from './headers.ts'
import type { Tunnels } from './tunnels.ts'
import type { UpgradeResponse } from './upgrade-response.ts'

/** A stream in which nothing moved for this long is given up. */
const idleStreamMs = 300_000

/** One request on its way through. */
export class OngoingPassthrough {
  readonly exchange: Exchange
  readonly endpoint: Endpoint
  readonly #timeoutMs: number
  readonly #metrics: ClientMetrics
  readonly #span: Span
  readonly #ended: ((verdict: Verdict) => void) | undefined
  readonly #startedAt: number
  /** When the backend had all of the request. */
  #askedAt: number
  #timer: Timer | undefined
  #bytesSeen = 0
  #proxyRequest: ClientRequest | undefined
  #isMeasured = false

  constructor(
    exchange: Exchange,
    endpoint: Endpoint,
    timeoutMs: number,
    metrics: ClientMetrics,
    span: Span,
    ended: ((verdict: Verdict) => void) | undefined,
  ) {
    this.exchange = exchange
    this.endpoint = endpoint
    this.#timeoutMs = timeoutMs
    this.#metrics = metrics
    this.#span = span
    this.#ended = ended
    this.#startedAt = exchange.serving.clock.now()
    this.#askedAt = this.#startedAt
    this.#watch()
    // The backend has its whole time from the last byte of what it answers.
    exchange.request.once('end', () => {
      this.#askedAt = exchange.serving.clock.now()
      if (!this.#isMeasured) this.#watch()
    })
    exchange.response.once('close', () => this.#end())
  }

  began(proxyRequest: ClientRequest): void {
    this.#proxyRequest = proxyRequest
    // Node closes the connection of an upgrade that nobody asked for, and says nothing.
    proxyRequest.on('upgrade', (_answer, socket: Socket) => {
      socket.destroy()
      this.failed(new GatewayError('invalid-response', { detail: 'the answer is an upgrade that nobody asked for' }))
    })
    if (this.#isOver) proxyRequest.destroy()
    else proxyRequest.setTimeout(idleStreamMs, () => proxyRequest.destroy(new Error('the stream stood still')))
  }

  /** As `began`, for a request to upgrade. */
  beganUpgrade(proxyRequest: ClientRequest, response: UpgradeResponse, tunnels: Tunnels): void {
    const { exchange } = this
    this.#proxyRequest = proxyRequest
    // The proxy, which listens from now on, would write an answer that is no upgrade as it came, reason phrase and all.
    process.nextTick(() => {
      proxyRequest.removeAllListeners('response')
      proxyRequest.once('response', (answer) => this.answered(answer, response))
    })
    proxyRequest.prependOnceListener('upgrade', (answer: IncomingMessage, backend: Socket) => {
      this.#timer?.cancel()
      tunnels.add(response.handOn(), backend, exchange.activation)
      addOwnHeaders(answer.headers, exchange)
      this.#measure(101, undefined)
      exchange.handOn(101)
    })
    if (this.#isOver) proxyRequest.destroy()
  }

  answered(proxyResponse: IncomingMessage, response: ServerResponse): void {
    this.#timer?.cancel()
    const status = proxyResponse.statusCode ?? 0
    if (this.exchange.isAnswered || status < 200 || status > 599) {
      proxyResponse.destroy()
      this.failed(new GatewayError('invalid-response', { detail: 'the answer has no valid status' }))
      return
    }
    const headers = selectResponseHeaders(proxyResponse)
    headers.push('x-request-id', this.exchange.requestId, ...(this.exchange.ownHeaders ?? []))
    if (this.exchange.serving.isDraining) headers.push('connection', 'close')
    try {
      // Without the reason phrase: it may hold anything, and means nothing.
      response.writeHead(status, headers)
    } catch (cause) {
      proxyResponse.destroy()
      this.failed(
        new GatewayError('invalid-response', { detail: 'the answer has a header that cannot be sent', cause }),
      )
      return
    }
    this.exchange.noteHead(status)
    this.#measure(status, undefined)
    proxyResponse.on('data', (chunk: Buffer) => this.exchange.noteBytes(chunk.length))
    // An answer cut short leaves the client's cut short too: its connection is closed before the last chunk.
    proxyResponse.once('error', (cause) => {
      this.exchange.noteBroken(new GatewayError('invalid-response', { detail: 'the answer broke off', cause }))
    })
    pipeline(proxyResponse, response, () => {})
  }

  failed(thrown: Error): void {
    this.#timer?.cancel()
    const error = thrown instanceof GatewayError ? thrown : toTransportError(thrown, 0)
    this.#measure(undefined, error.code)
    const { response } = this.exchange
    if (!this.exchange.isAnswered) this.exchange.fail(error)
    else if (!response.writableEnded && this.exchange.wasCut) response.destroy()
  }

  /** The answer has to begin in time; while the client still sends its body, time starts again with every stretch of it. */
  #watch(): void {
    const { request, serving } = this.exchange
    this.#timer?.cancel()
    this.#timer = serving.clock.schedule(this.#timeoutMs, () => {
      const { bytesRead } = request.socket
      if (!request.complete && bytesRead > this.#bytesSeen) {
        this.#bytesSeen = bytesRead
        this.#watch()
        return
      }
      this.failed(this.#waitsForClient ? refuse('request-timeout') : new GatewayError('timeout'))
      this.#proxyRequest?.destroy()
    })
  }

  /** Whether the client owes its body. One that the backend does not take stands still too, and that is the backend's. */
  get #waitsForClient(): boolean {
    return !this.exchange.request.complete && this.#proxyRequest?.writableNeedDrain === false
  }

  get #isOver(): boolean {
    return this.exchange.isAnswered || this.exchange.response.destroyed
  }

  #measure(status: number | undefined, errorCode: string | undefined): void {
    if (this.#isMeasured) return
    this.#isMeasured = true
    const { exchange } = this
    const now = exchange.serving.clock.now()
    const verdict = this.#judge(status, errorCode)
    this.#metrics.observe(status, errorCode, (now - this.#startedAt) / 1000)
    this.#ended?.(verdict)
    if (exchange.request.complete && (verdict === 'success' || errorCode === 'timeout')) {
      exchange.backendMs = now - this.#askedAt
    }
    if (this.#span.sampled && status !== undefined) this.#span.set({ 'http.response.status_code': status })
    if (errorCode !== undefined) this.#span.fail(errorCode)
  }

  /** What an answer, or that there is none, tells of the endpoint: by the rules for calls. */
  #judge(status: number | undefined, errorCode: string | undefined): Verdict {
    if (status !== undefined && status < 300) return 'success'
    const response = status === undefined ? undefined : { status, body: undefined }
    const error = new GatewayError(errorCode ?? `http-${status}`, { response })
    if (error.code !== 'timeout') return judge(error)
    return judgeCut(error, { hadMs: this.#timeoutMs, ownMs: this.#timeoutMs + this.exchange.queuedMs })
  }

  #end(): void {
    this.#timer?.cancel()
    this.#measure(undefined, 'cancelled')
    this.#span.end()
    if (this.exchange.wasCut) this.#proxyRequest?.destroy()
  }
}
