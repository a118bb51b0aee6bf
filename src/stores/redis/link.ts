import type CircuitBreaker from 'opossum'
import { type LiveText, textNow } from '../../environment.ts'
import { maskUrl } from '../../redaction.ts'
import type { StoreObserver } from '../store.ts'
import { type BytesClient, openClient } from './client.ts'

export interface RedisLinkOptions {
  /** How long one command may take. */
  readonly commandTimeoutMs?: number
  /** How long Redis is not asked after half of at least five commands failed. */
  readonly restMs?: number
  /** What becomes of those who would have asked, for the log. */
  readonly meanwhile?: string
}

type Command = (client: BytesClient) => Promise<unknown>

const insistTimeoutMs = 1000
const warnEveryMs = 60_000

/**
 * The connection to one Redis. A command that fails or takes too long gives undefined; when many do, Redis is not even
 * asked for a while (opossum), so that one that hangs does not slow every request down. It says so in the log, once a
 * minute at most, and never with the URL's credentials. What opossum's timer gives up on is still answered by Redis,
 * to nobody.
 */
export class RedisLink {
  readonly #name: string
  readonly #observer: StoreObserver
  readonly #meanwhile: string
  readonly #opening: Promise<{ client: BytesClient; circuit: CircuitBreaker<[Command], unknown> }>
  #warnedAt = Number.NEGATIVE_INFINITY

  constructor(url: LiveText, observer: StoreObserver, options: RedisLinkOptions = {}) {
    const { commandTimeoutMs = 50, restMs = 2000, meanwhile = 'it goes on as if it were empty' } = options
    this.#name = maskUrl(textNow(url))
    this.#meanwhile = meanwhile
    this.#observer = observer
    this.#opening = this.#open(url, commandTimeoutMs, restMs)
    this.#opening.catch((thrown: unknown) => this.#warn(thrown))
  }

  /** Asks Redis if it is well. */
  async ask<Reply>(command: (client: BytesClient) => Promise<Reply>): Promise<Reply | undefined> {
    try {
      const { circuit } = await this.#opening
      return (await circuit.fire(command)) as Reply
    } catch (thrown) {
      this.#warn(thrown)
      this.#observer.failed()
      return undefined
    }
  }

  /** Asks Redis whether it is well or not, and waits longer: for what a person wants done. */
  async insist<Reply>(command: (client: BytesClient) => Promise<Reply>): Promise<Reply | undefined> {
    let timer: NodeJS.Timeout | undefined
    try {
      const { client } = await this.#opening
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(resolve, insistTimeoutMs, undefined)
      })
      return await Promise.race([command(client), late])
    } catch (thrown) {
      this.#warn(thrown)
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opening.catch(() => undefined)
    opened?.circuit.shutdown()
    opened?.client.destroy()
  }

  /** Both libraries are loaded only by those who have a Redis: they take 200 ms. */
  async #open(url: LiveText, commandTimeoutMs: number, restMs: number) {
    const client = await openClient(url, (error) => this.#warn(error))
    const { default: Circuit } = await import('opossum')
    const circuit = new Circuit((command: Command) => command(client), {
      timeout: commandTimeoutMs,
      errorThresholdPercentage: 50,
      volumeThreshold: 5,
      rollingCountTimeout: 5000,
      rollingCountBuckets: 10,
      resetTimeout: restMs,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    })
    return { client, circuit }
  }

  #warn(thrown: unknown): void {
    const now = performance.now()
    if (now - this.#warnedAt < warnEveryMs) return
    this.#warnedAt = now
    const { code, message } = thrown as { code?: unknown; message?: unknown }
    this.#observer.warn(`${this.#name} cannot be asked (${String(code ?? message)}); ${this.#meanwhile}`)
  }
}
