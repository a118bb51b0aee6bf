import { Agent as HttpAgent, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { readPartialSuccess, readRetryAfter } from './answer.ts'

/** Where batches of spans go, as the OTEL_EXPORTER_OTLP_* variables say. */
export interface Destination {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Of one request. */
  readonly timeoutMs: number
  /** How long a span waits for others at most. */
  readonly delayMs: number
}

const mostInFlight = 4
const mostAttempts = 4
const firstPauseMs = 1000
const warnEveryMs = 60_000
/** A collector that asks for more is not waited for: there will be newer spans. */
const longestPauseMs = 60_000
const mostAnswerBytes = 64 * 1024
/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const retryable = new Set([429, 502, 503, 504])

/**
 * Posts batches to a collector (OTLP/HTTP), a few at a time. What cannot be sent is sent again a few times, then
 * dropped; when the collector does not keep up, whole batches are dropped at once: nothing ever waits for it. `warn` hears
 * of both, at most once a minute.
 */
export class OtlpSender {
  readonly #destination: Destination
  readonly #warn: (message: string) => void
  readonly #agent: HttpAgent | HttpsAgent
  readonly #pauses = new Set<NodeJS.Timeout>()
  #inFlight = 0
  #warnedAt = Number.NEGATIVE_INFINITY
  #whenIdle: (() => void) | undefined
  #isClosing = false

  constructor(destination: Destination, warn: (message: string) => void) {
    this.#destination = destination
    this.#warn = warn
    const Agent = destination.url.protocol === 'https:' ? HttpsAgent : HttpAgent
    this.#agent = new Agent({ keepAlive: true, maxSockets: mostInFlight })
  }

  send(body: Buffer, spans: number): void {
    if (this.#isClosing || this.#inFlight >= mostInFlight) {
      const why = this.#isClosing ? 'tracing has ended' : 'the collector does not keep up'
      this.#tell(`${spans} spans were dropped: ${why}`)
      return
    }
    this.#inFlight++
    this.#attempt(body, spans, 1)
  }

  /** Resolves when nothing is under way any more, or after `timeoutMs`; nothing is sent again from now on. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          this.#tell(`spans not sent within ${timeoutMs} ms`)
          resolve()
        }, timeoutMs)
        this.#whenIdle = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    for (const pause of this.#pauses) clearTimeout(pause)
    this.#agent.destroy()
  }

  #attempt(body: Buffer, spans: number, attempt: number): void {
    const { url, headers, timeoutMs } = this.#destination
    let isOver = false
    const end = (problem: string | undefined, isWorthAnother: boolean, askedMs = 0) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      if (problem === undefined) this.#finish()
      else if (isWorthAnother && attempt < mostAttempts && !this.#isClosing) {
        const pause = setTimeout(
          () => {
            this.#pauses.delete(pause)
            this.#attempt(body, spans, attempt + 1)
          },
          Math.max(askedMs, firstPauseMs * 2 ** (attempt - 1)),
        )
        this.#pauses.add(pause.unref())
      } else {
        this.#tell(`${spans} spans were not exported: ${problem}`)
        this.#finish()
      }
    }
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, {
      method: 'POST',
      agent: this.#agent,
      headers: { ...headers, 'content-type': 'application/x-protobuf', 'content-length': body.length },
    })
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs).unref()
    request.on('response', (response) => {
      const status = response.statusCode ?? 0
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length <= mostAnswerBytes) chunks.push(chunk)
      })
      response.on('close', () => {
        if (status >= 200 && status < 300) {
          const refusal = readPartialSuccess(Buffer.concat(chunks), response.headers['content-type'])
          if (refusal !== undefined) this.#tell(refusal)
          end(undefined, false)
          return
        }
        const askedMs = Math.min(readRetryAfter(response.headers['retry-after']), longestPauseMs)
        end(`the collector answered ${status}`, retryable.has(status), askedMs)
      })
    })
    request.on('error', (error) => end(error.message, true))
    request.end(body)
  }

  #finish(): void {
    if (--this.#inFlight === 0) this.#whenIdle?.()
  }

  #tell(problem: string): void {
    const now = performance.now()
    if (now - this.#warnedAt < warnEveryMs) return
    this.#warnedAt = now
    this.#warn(`Tracing: ${problem}`)
  }
}
