import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { wasNeverSent } from '../../calls/never-sent.ts'
import type { Endpoint } from '../../endpoints/service-endpoints.ts'
import type { Verdict } from '../../endpoints/verdict.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { Span } from '../../telemetry/span.ts'
import { toTransportError } from '../../transports/undici-errors.ts'
import type { Guest } from '../../transports/waiting-room.ts'
import { request as openRequest } from '../http/node-http.ts'
import { boundInterimAnswers, invalid } from './check-answer.ts'
import { type ConnectionOptions, offerReuse } from './connections.ts'
import { describeAttempt } from './describe.ts'
import { framingHeaders, traceHeaders, upgradeHeaders } from './headers.ts'
import type { RelayParts } from './parts.ts'
import type { Upload } from './upload.ts'
import { judgeEnd } from './verdict.ts'

/** May be sent again where it is not known what became of it (RFC 9110 section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Who is told what becomes of an attempt; nothing more once it was abandoned. */
export interface AttemptOwner {
  connected(attempt: Attempt, request: ClientRequest): void
  answered(attempt: Attempt, answer: IncomingMessage): void
  upgraded(attempt: Attempt, answer: IncomingMessage, connection: Duplex, head: Buffer): void
  failed(attempt: Attempt, error: GatewayError): void
}

/** A client's request, sent to one endpoint: what comes of it, and what that tells of the endpoint. */
export class Attempt implements Guest {
  readonly endpoint: Endpoint
  readonly timeLeftMs: number
  enteredAtMs = 0
  readonly #parts: RelayParts
  readonly #upload: Upload
  readonly #owner: AttemptOwner
  readonly #span: Span
  readonly #startedAt: number
  /** When the backend had all that it answers; undefined while it has not been asked. */
  #askedAt: number | undefined
  #request: ClientRequest | undefined
  #answer: IncomingMessage | undefined
  /** Of its connection, when it got it. */
  #bytesBefore = 0
  #isInside = false
  #isResent = false
  #isMeasured = false
  #isAbandoned = false
  #isTunnel = false

  constructor(
    parts: RelayParts,
    endpoint: Endpoint,
    upload: Upload,
    owner: AttemptOwner,
    { timeLeftMs, resends }: { readonly timeLeftMs: number; readonly resends: number },
  ) {
    const { exchange, service } = parts
    this.endpoint = endpoint
    this.timeLeftMs = timeLeftMs
    this.#parts = parts
    this.#upload = upload
    this.#owner = owner
    this.#startedAt = exchange.serving.clock.now()
    this.#span = exchange.span.child(parts.title, 'client')
    if (this.#span.sampled) this.#span.set(describeAttempt(parts, endpoint, resends))
    if (service.endpoints.isWatched) endpoint.load.begin()
  }

  begin(): void {
    const room = this.endpoint.streams.room
    if (!room) this.enter()
    else if (!room.admit(this)) this.turnAway()
  }

  enter(): void {
    this.#isInside = true
    if (this.#isAbandoned) this.#leave()
    else this.#send()
  }

  turnAway(): void {
    if (!this.#isAbandoned)
      this.#fail(new GatewayError('overloaded', { detail: 'too many requests are waiting for a connection' }))
  }

  /** The client's request is whole: from now on the backend has its time. */
  asked(): void {
    if (this.#askedAt !== undefined) this.#askedAt = this.#now()
  }

  /** Nobody waits for more of it. Its connection is closed unless all has gone and come. */
  end(): void {
    if (this.#isTunnel || (this.#answer?.complete && this.#request?.writableFinished)) this.#span.end()
    else this.abandon()
  }

  /** It is not waited for any longer: its connection is closed, or never opened. */
  abandon(): void {
    if (this.#isAbandoned) return
    this.#isAbandoned = true
    this.measure(undefined, 'cancelled', 'nothing')
    this.#span.end()
    if (this.#request) this.#request.destroy()
    else if (this.#isInside) this.#leave()
    else this.endpoint.streams.room?.giveUp(this)
  }

  /** The end of it, as far as the endpoint is concerned; later ones are not listened to. */
  measure(status: number | undefined, errorCode: string | undefined, verdict = this.#judge(status, errorCode)): void {
    if (this.#isMeasured) return
    this.#isMeasured = true
    const { metrics, service, exchange } = this.#parts
    const now = this.#now()
    const askedAt = this.#askedAt ?? now
    metrics.observe(status, errorCode, (now - this.#startedAt) / 1000)
    if (service.endpoints.isWatched && service.endpoints.ended(this.endpoint, askedAt, verdict)) {
      const { address } = this.endpoint
      this.#span.event('tessera.ejection', { 'server.address': address, 'error.type': errorCode ?? String(status) })
    }
    if (this.#upload.isWhole && (verdict === 'success' || errorCode === 'timeout')) exchange.backendMs = now - askedAt
    if (this.#span.sampled && status !== undefined) this.#span.set({ 'http.response.status_code': status })
    if (errorCode !== undefined) this.#span.fail(errorCode)
    else if (status !== undefined && status >= 400) this.#span.fail(String(status))
  }

  /** Whether the request may be sent again although a backend has seen it. */
  get isRepeatable(): boolean {
    return this.#upload.isEmpty && !this.#parts.isUpgrade && idempotent.has(this.#parts.exchange.request.method ?? '')
  }

  #send(): void {
    const { exchange, connections, target } = this.#parts
    const { endpoint } = this
    this.#askedAt = this.#now()
    // The types know nothing of what else an agent is told.
    const options: RequestOptions & ConnectionOptions = {
      method: exchange.request.method ?? 'GET',
      path: endpoint.prefix + target,
      headers: this.#headers(this.#askedAt),
      agent: connections,
      endpoint,
    }
    const sent = openRequest(options)
    this.#request = sent
    const connected = (connection: Socket) => {
      this.#bytesBefore = connection.bytesRead
      if (!this.#isAbandoned) this.#owner.connected(this, sent)
    }
    const answered = (answer: IncomingMessage) => {
      this.#answer = answer
      if (!this.#parts.isUpgrade) offerReuse(sent, answer)
      if (this.#isAbandoned) answer.destroy()
      else this.#owner.answered(this, answer)
    }
    // Node closes the connection of an upgrade that nobody asked for, and says nothing.
    const upgraded = (answer: IncomingMessage, connection: Duplex, head: Buffer) => {
      if (!this.#parts.isUpgrade || this.#isAbandoned) {
        connection.destroy()
        this.#fail(invalid('the answer is an upgrade that nobody asked for'))
        return
      }
      this.#isTunnel = true
      connection.once(
        'close',
        contained('backend', exchange, () => this.#leave()),
      )
      this.#owner.upgraded(this, answer, connection, head)
    }
    sent.once('socket', contained('backend', exchange, connected))
    sent.once('response', contained('backend', exchange, answered))
    sent.once('upgrade', contained('backend', exchange, upgraded))
    sent.on(
      'error',
      contained('backend', exchange, (error: Error) => {
        if (this.#request === sent) this.#broke(error)
      }),
    )
    sent.once(
      'close',
      contained('backend', exchange, () => {
        if (this.#request === sent && !this.#isTunnel) this.#leave()
      }),
    )
    boundInterimAnswers(sent, exchange, (error) => this.#fail(error))
    if (this.#upload.isEmpty) sent.end()
  }

  #headers(now: number): string[] {
    const { exchange, headers, propagation, budgetHeader, isUpgrade } = this.#parts
    const { request } = exchange
    const sent = ['host', new URL(this.endpoint.url).host, ...headers]
    sent.push(...(isUpgrade ? upgradeHeaders : framingHeaders(request)), ...traceHeaders(this.#span, propagation))
    const leftMs = this.timeLeftMs - (now - this.#startedAt)
    if (budgetHeader !== undefined) sent.push(budgetHeader, String(Math.max(1, Math.floor(leftMs))))
    return sent
  }

  #broke(error: Error): void {
    // Once there is an answer it says itself whether it broke; whatever comes behind a whole one is no part of it.
    if (this.#isAbandoned || this.#answer) return
    if (this.#mayBeResent()) {
      // What else is kept of that time is no better.
      this.#isResent = true
      this.#parts.connections.dropIdle(this.endpoint)
      this.#send()
    } else this.#fail(toTransportError(error, 0))
  }

  /** Whether it ran into the end of a connection that was kept: the backend has hardly seen it, and may see it again. */
  #mayBeResent(): boolean {
    if (this.#isResent || !this.isRepeatable) return false
    const { reusedSocket, socket } = this.#request!
    return reusedSocket && !this.#answer && socket?.bytesRead === this.#bytesBefore
  }

  #fail(error: GatewayError): void {
    if (this.#isAbandoned) return
    if (wasNeverSent(error)) this.endpoint.unreachable()
    this.#owner.failed(this, error)
  }

  #judge(status: number | undefined, errorCode: string | undefined): Verdict {
    const hadMs = this.#askedAt === undefined ? undefined : this.#now() - this.#askedAt
    return judgeEnd(status, errorCode, { isWhole: this.#upload.isWhole, hadMs, ownMs: this.#parts.ownMs })
  }

  #now(): number {
    return this.#parts.exchange.serving.clock.now()
  }

  /** Its connection is someone else's. */
  #leave(): void {
    if (!this.#isInside) return
    this.#isInside = false
    this.endpoint.streams.room?.leave(this)
  }
}
