import type { Socket } from 'node:net'
import { wasNeverSent } from '../../calls/never-sent.ts'
import type { Endpoint } from '../../endpoints/service-endpoints.ts'
import type { Verdict } from '../../endpoints/verdict.ts'
import { GatewayError } from '../../errors.ts'
import { contained, endWithFault } from '../../faults.ts'
import type { Span } from '../../telemetry/span.ts'
import type { ResponseHead } from '../../transports/http1/head.ts'
import { Http1Stream, type StreamOwner } from '../../transports/http1/stream.ts'
import type { Guest } from '../../transports/waiting-room.ts'
import { webSocket } from '../http/upgrade-response.ts'
import { describeAttempt } from './describe.ts'
import { framingLines, traceLines } from './headers.ts'
import type { RelayParts } from './parts.ts'
import type { Upload } from './upload.ts'
import { judgeEnd } from './verdict.ts'

/** May be sent again where it is not known what became of it (RFC 9110 section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Who is told what becomes of an attempt; nothing more once it was abandoned. */
export interface AttemptOwner {
  /** Its body may be written to the stream. */
  begun(stream: Http1Stream): void
  /** The head of the answer came, or more of its body, or its end. False: nothing more for now. */
  came(attempt: Attempt, head: ResponseHead, piece: Buffer, isWhole: boolean): boolean
  upgraded(attempt: Attempt, answer: ResponseHead, connection: Socket, rest: Buffer): void
  failed(attempt: Attempt, error: GatewayError): void
}

/** How an attempt differs from the others of its request. */
interface AttemptTerms {
  readonly timeLeftMs: number
  readonly resends: number
  readonly authorization: string | undefined
}

/** A client's request, sent to one endpoint: what comes of it, and what that tells of the endpoint. */
export class Attempt implements Guest, StreamOwner {
  readonly endpoint: Endpoint
  readonly timeLeftMs: number
  /** What the service is shown. */
  readonly authorization: string | undefined
  enteredAtMs = 0
  readonly #parts: RelayParts
  readonly #upload: Upload
  readonly #owner: AttemptOwner
  readonly #span: Span
  readonly #startedAt: number
  /** When the backend had all that it answers; undefined while it has not been asked. */
  #askedAt: number | undefined
  #stream: Http1Stream | undefined
  #isInside = false
  #isMeasured = false
  #isAbandoned = false
  /** Its answer is all there, or became a tunnel. */
  #isWhole = false

  constructor(
    parts: RelayParts,
    endpoint: Endpoint,
    upload: Upload,
    owner: AttemptOwner,
    { timeLeftMs, resends, authorization }: AttemptTerms,
  ) {
    const { exchange, service } = parts
    this.endpoint = endpoint
    this.timeLeftMs = timeLeftMs
    this.authorization = authorization
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

  /** Goes on reading its answer. */
  resume(): void {
    this.#stream?.resume()
  }

  /** Nobody waits for more of it. */
  end(): void {
    if (this.#isWhole) this.#span.end()
    else this.abandon()
  }

  /** It is not waited for any longer: its connection is closed, or never opened. */
  abandon(): void {
    if (this.#isAbandoned) return
    this.#isAbandoned = true
    this.measure(undefined, 'cancelled', 'nothing')
    this.#span.end()
    this.#stream?.destroy()
    if (this.#isInside) this.#leave()
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

  begun(): void {
    if (!this.#upload.isEmpty) this.#owner.begun(this.#stream!)
  }

  drained(): void {
    this.#upload.drained()
  }

  came(head: ResponseHead, piece: Buffer, isWhole: boolean): boolean {
    try {
      if (isWhole) {
        this.#isWhole = true
        this.#leave()
      }
      return this.#owner.came(this, head, piece, isWhole)
    } catch (thrown) {
      return this.#fault(thrown)
    }
  }

  switched(head: ResponseHead, connection: Socket, rest: Buffer): void {
    const { exchange } = this.#parts
    this.#isWhole = true
    connection.once(
      'close',
      contained('backend', exchange, () => this.#leave()),
    )
    try {
      this.#owner.upgraded(this, head, connection, rest)
    } catch (thrown) {
      connection.destroy()
      this.#fault(thrown)
    }
  }

  failed(error: GatewayError): void {
    try {
      this.#leave()
      // What one of us threw on the way was told of already.
      if (error.code === 'internal') this.#parts.exchange.destroy()
      else this.#fail(error)
    } catch (thrown) {
      this.#fault(thrown)
    }
  }

  /** By a fault of ours, which ends the exchange and no connection beside its own. */
  #fault(thrown: unknown): true {
    endWithFault(thrown, 'backend', this.#parts.exchange)
    return true
  }

  #send(): void {
    const { exchange, target, host, isUpgrade } = this.#parts
    const { endpoint } = this
    this.#askedAt = this.#now()
    this.#stream = new Http1Stream(
      endpoint.streamConnections,
      {
        method: exchange.request.method ?? 'GET',
        path: endpoint.prefix + target,
        host,
        headerLines: this.#headerLines(this.#askedAt),
        framing: this.#upload.framing,
        protocol: isUpgrade ? webSocket : undefined,
        mayRepeat: this.isRepeatable,
      },
      this,
    )
    this.#stream.begin()
  }

  #headerLines(now: number): string {
    const { exchange, headerLines, propagation, budgetHeader, isUpgrade } = this.#parts
    const framing = isUpgrade ? '' : framingLines(exchange.request)
    const shown = this.authorization === undefined ? '' : `authorization: ${this.authorization}\r\n`
    const lines = headerLines + shown + framing + traceLines(this.#span, propagation)
    if (budgetHeader === undefined) return lines
    const leftMs = this.timeLeftMs - (now - this.#startedAt)
    return `${lines}${budgetHeader}: ${Math.max(1, Math.floor(leftMs))}\r\n`
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
