import type { Socket } from 'node:net'
import type { Coding } from '../../browsers/coding/compress-shape.ts'
import { type Failure, takeOver } from '../../calls/failover.ts'
import type { Timer } from '../../clock.ts'
import type { Endpoint } from '../../endpoints/service-endpoints.ts'
import { GatewayError, toGatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { refuse } from '../../run/refusals.ts'
import type { ResponseHead } from '../../transports/http1/head.ts'
import type { Http1Stream } from '../../transports/http1/stream.ts'
import { isOfEvents } from '../http/expiry.ts'
import { isUpgradable, meansSwitch } from '../http/tunnel-client.ts'
import { answerHeaders } from './answer-headers.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import { codeAnswer } from './coding.ts'
import { writeCopy } from './copies.ts'
import { cutAnswer, Download } from './download.ts'
import { isSwitchFor } from './match.ts'
import type { RelayParts } from './parts.ts'
import { Shown } from './shown.ts'
import { Upload } from './upload.ts'

/** An answer that has begun. */
interface Begun {
  readonly head: ResponseHead
  readonly piece: Buffer
  readonly isWhole: boolean
  readonly coding: Coding | undefined
}

/** One request on its way through: to an endpoint, to another where that is safe, and the answer back. */
export class Relay implements AttemptOwner {
  readonly #parts: RelayParts
  readonly #upload: Upload
  readonly #shown: Shown | undefined
  readonly #endsAt: number
  #attempt: Attempt | undefined
  #attempts = 0
  #timer: Timer | undefined
  #download: Download | undefined

  constructor(parts: RelayParts) {
    const { exchange, timeoutMs, service } = parts
    const { clock } = exchange.serving
    this.#parts = parts
    this.#upload = new Upload(exchange.request, clock)
    this.#shown = service.endpoints.credentials && new Shown(service.endpoints.credentials, exchange, this.#upload)
    this.#endsAt = clock.now() + timeoutMs
  }

  begin(): void {
    const { exchange, service } = this.#parts
    const { request, response } = exchange
    this.#watch()
    if (this.#failsOver) service.retryBudget.deposit()
    // The backend has its whole time from the last byte of what it answers.
    if (!this.#upload.isEmpty) {
      const asked = () => {
        this.#attempt?.asked()
        if (!exchange.isOver) this.#watch()
      }
      request.once('end', contained('request', exchange, asked))
    }
    response.once(
      'close',
      contained('response', exchange, () => this.#end()),
    )
    let endpoint: Endpoint | undefined
    try {
      endpoint = service.endpoints.pick()
    } catch (thrown) {
      // A balancer of an extension.
      this.#giveUp(toGatewayError(thrown))
      return
    }
    if (endpoint) this.#show(endpoint)
    else
      this.#awaitEndpoint().catch(
        contained('promise', exchange, (thrown: unknown) => this.#giveUp(toGatewayError(thrown))),
      )
  }

  /** Until discovery has found some, or could not be asked. */
  async #awaitEndpoint(): Promise<void> {
    const { exchange, service } = this.#parts
    await service.endpoints.settle(exchange.scope)
    if (exchange.isOver) return
    const endpoint = service.endpoints.pick()
    if (!endpoint) throw new GatewayError('unavailable', { detail: 'the service has no endpoint' })
    this.#show(endpoint)
  }

  /** Tries an endpoint with what the service is shown, as soon as that is there. */
  #show(endpoint: Endpoint): void {
    const { exchange } = this.#parts
    if (!this.#shown) this.#try(endpoint, undefined)
    else
      this.#shown.obtain(
        contained('promise', exchange, (authorization: string) => this.#try(endpoint, authorization)),
        contained('promise', exchange, (thrown: unknown) => this.#giveUp(toGatewayError(thrown), 'nothing')),
      )
  }

  #try(endpoint: Endpoint, authorization: string | undefined): void {
    const { exchange, route } = this.#parts
    const timeLeftMs = this.#endsAt - exchange.serving.clock.now()
    const resends = this.#attempts++
    exchange.asked = { service: route.service.name, endpoint: endpoint.url, attempts: this.#attempts }
    this.#attempt = new Attempt(this.#parts, endpoint, this.#upload, this, { timeLeftMs, resends, authorization })
    this.#attempt.begin()
  }

  begun(stream: Http1Stream): void {
    const { exchange, route } = this.#parts
    this.#upload.sendTo(stream, route.maxRequestBytes, exchange, (error) => this.#giveUp(error, 'nothing'))
  }

  came(attempt: Attempt, head: ResponseHead, piece: Buffer, isWhole: boolean): boolean {
    if (this.#download) return this.#download.take(piece, isWhole)
    const { exchange } = this.#parts
    const { response } = exchange
    const { status } = head
    if (this.#failsOver && this.#goOn(attempt, { code: `http-${status}`, response: { status, body: undefined } }))
      return true
    if (status === 401 && this.#shown?.mayBeAnother(attempt)) {
      attempt.measure(status, undefined)
      attempt.abandon()
      this.#show(attempt.endpoint)
      return true
    }
    const headers = meansSwitch(response, status) ? undefined : answerHeaders(head, attempt.endpoint, this.#parts)
    if (!headers) {
      const what = meansSwitch(response, status) ? 'does not switch protocols' : 'has too many headers'
      this.failed(attempt, invalid(`the answer ${what}`))
      return true
    }
    // While its client still sends, an answer goes out as it comes: what may end it is too much already.
    const { isAmbient, route } = this.#parts
    const length = isWhole ? piece.length : undefined
    const coding = this.#upload.isWhole
      ? codeAnswer(exchange, route.compression, status, headers, length, isAmbient)
      : undefined
    try {
      // Without the reason phrase: it may hold anything, and means nothing.
      response.writeHead(status, headers)
    } catch (cause) {
      this.#giveUp(invalid('the answer has a header that cannot be sent', cause))
      return true
    }
    this.#timer?.cancel()
    exchange.noteHead(status)
    attempt.measure(status, undefined)
    return this.#pass(attempt, { head, piece, isWhole, coding })
  }

  /** Most answers come in one piece, and nothing of them is waited for. */
  #pass(attempt: Attempt, { head, piece, isWhole, coding }: Begun): boolean {
    const { exchange, route, expiresMs } = this.#parts
    if (isWhole && this.#upload.isWhole && !coding) {
      exchange.noteBytes(piece.length)
      if (piece.length > 0) writeCopy(exchange.response, piece)
      exchange.response.end()
      return true
    }
    const download = new Download(exchange, this.#upload, route.idleMs, coding)
    this.#download = download
    download.begin(() => attempt.resume())
    if (expiresMs !== undefined && isOfEvents(head)) download.endWhenExpired(expiresMs)
    return download.take(piece, isWhole)
  }

  upgraded(attempt: Attempt, answer: ResponseHead, backend: Socket, head: Buffer): void {
    const { exchange, tunnels, route, expiresMs } = this.#parts
    const { response } = exchange
    if (!isUpgradable(response)) throw new TypeError('the request asked for no upgrade')
    if (!isSwitchFor(exchange.request, answer, response)) {
      backend.destroy()
      this.#giveUp(invalid('the answer switches to another protocol than was asked for'))
      return
    }
    this.#timer?.cancel()
    attempt.measure(101, undefined)
    const client = response.handOn()
    tunnels.open({ client, backend, answer, head, exchange, idleMs: route.idleMs, expiresMs })
    exchange.handOn(client.status)
  }

  failed(attempt: Attempt, error: GatewayError): void {
    if (this.#download) this.#download.cut(error)
    else if (!this.#failsOver || !this.#goOn(attempt, error)) this.#giveUp(error)
  }

  get #failsOver(): boolean {
    return this.#parts.service.endpoints.care.failover === 'fast-retry'
  }

  /** Goes on to another endpoint, where that is safe and there is one. */
  #goOn(attempt: Attempt, error: Failure): boolean {
    const { service, exchange } = this.#parts
    if (exchange.isOver) return false
    const { endpoint, isRepeatable } = attempt
    const pick = () => service.endpoints.pick(endpoint)
    const other = takeOver(service, error, { others: this.#attempts - 1, isRepeatable, asked: endpoint, pick })
    if (!other) return false
    const { status } = error.response ?? {}
    attempt.measure(status, status === undefined ? error.code : undefined)
    attempt.abandon()
    exchange.span.event('tessera.failover', { 'error.type': error.code, 'server.address': other.address })
    this.#try(other, attempt.authorization)
    return true
  }

  /** Ends it with an error: as the answer where there is none yet, else by cutting the one that is there. */
  #giveUp(error: GatewayError, verdict?: 'nothing' | 'failure'): void {
    const { exchange } = this.#parts
    this.#timer?.cancel()
    this.#attempt?.measure(undefined, error.code, verdict)
    this.#upload.stop()
    if (!exchange.isAnswered) exchange.fail(error)
    else {
      exchange.noteBroken(error)
      cutAnswer(exchange.request)
    }
    this.#attempt?.abandon()
  }

  /** The answer has to begin in time; while the client still sends its body, time starts again with every stretch of it. */
  #watch(): void {
    const { exchange, timeoutMs } = this.#parts
    this.#timer?.cancel()
    const look = () => {
      const judgement = this.#upload.judge()
      if (judgement === 'moves') this.#watch()
      else if (judgement === 'client') this.#giveUp(refuse('request-timeout'), 'nothing')
      else if (this.#shown?.failure) this.#giveUp(this.#shown.failure, 'nothing')
      else this.#giveUp(new GatewayError('timeout'), this.#upload.isStuck ? 'failure' : undefined)
    }
    this.#timer = exchange.serving.clock.schedule(timeoutMs, contained('timer', exchange, look))
  }

  #end(): void {
    this.#timer?.cancel()
    this.#download?.end()
    this.#upload.stop()
    if (!this.#parts.exchange.wasCut) this.#upload.dropRest()
    this.#attempt?.end()
  }
}

function invalid(detail: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid-response', { detail, cause })
}
