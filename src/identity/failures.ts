import * as z from 'zod'
import type { Clock } from '../clock.ts'
import { networkOf } from '../ip-address.ts'

/** So many in a time. */
export interface FailureRate {
  readonly count: number
  readonly windowMs: number
}

const windows: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/** `20/m` */
export const failureRateShape = z
  .string()
  .regex(/^[1-9]\d{0,5}\/[smh]$/, 'write it like 20/m')
  .transform((text): FailureRate => {
    const [count, unit = ''] = text.split('/')
    return { count: Number(count), windowMs: windows[unit]! }
  })
  .meta({ title: 'rate', examples: ['20/m'] })

const mostAddresses = 20_000

interface Looking {
  /** How many came with each. */
  readonly texts: Map<string, number>
  readonly waiting: (() => void)[]
}

/**
 * How often addresses came with credentials that were none. Whoever came too often waits before another one is looked at:
 * guessing is slow, and costs the gateway nothing. So does whoever has as many looked at as may still be none, until one of
 * them is known: guesses at once are no more than guesses in a row. Of an address of IPv6 its network counts.
 */
export class Failures {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #mostAheadMs: number
  /** When all that was taken is given back, by address: the one algorithm of limits (docs/adr/0027). */
  readonly #freeAt = new Map<string, number>()
  /** What is being looked at, by address. */
  readonly #looking = new Map<string, Looking>()

  constructor({ count, windowMs }: FailureRate, clock: Clock) {
    this.#clock = clock
    this.#intervalMs = windowMs / count
    this.#mostAheadMs = windowMs - this.#intervalMs
  }

  /** Seconds that an address has to wait; 0: none. */
  waitOf(ip: string): number {
    if (this.#freeAt.size === 0) return 0
    const freeAt = this.#freeAt.get(networkOf(ip))
    if (freeAt === undefined) return 0
    const waitMs = freeAt - this.#clock.now() - this.#mostAheadMs
    return waitMs > 0.001 ? Math.max(1, Math.ceil(waitMs / 1000)) : 0
  }

  /** Settles when there may be a turn for another one of an address; undefined where that is now. */
  turnOf(ip: string): Promise<void> | undefined {
    if (this.#looking.size === 0) return undefined
    const network = networkOf(ip)
    const looking = this.#looking.get(network)
    if (!looking) return undefined
    const now = this.#clock.now()
    const aheadMs = Math.max(0, (this.#freeAt.get(network) ?? now) - now)
    const left = Math.floor((this.#mostAheadMs - aheadMs + 0.001) / this.#intervalMs) + 1
    if (left <= 0 || looking.texts.size < left) return undefined
    return new Promise((resolve) => looking.waiting.push(resolve))
  }

  /** A credential is looked at as long as that takes. What many come with at once is one. */
  look<Result>(ip: string, text: string, judging: Promise<Result>): Promise<Result> {
    const network = networkOf(ip)
    const looking = this.#looking.get(network) ?? { texts: new Map<string, number>(), waiting: [] }
    this.#looking.set(network, looking)
    const { texts } = looking
    texts.set(text, (texts.get(text) ?? 0) + 1)
    const end = () => {
      const others = texts.get(text)! - 1
      if (others > 0) texts.set(text, others)
      else texts.delete(text)
      if (texts.size === 0) this.#looking.delete(network)
      for (const go of looking.waiting.splice(0)) go()
    }
    // Whoever waits goes on behind what is made of the verdict: `note`.
    return judging.finally(() => setImmediate(end))
  }

  note(ip: string): void {
    const network = networkOf(ip)
    const now = this.#clock.now()
    const freeAt = Math.max(this.#freeAt.get(network) ?? 0, now) + this.#intervalMs
    this.#freeAt.delete(network)
    this.#freeAt.set(network, freeAt)
    if (this.#freeAt.size <= mostAddresses) return
    const [oldest] = this.#freeAt.keys()
    this.#freeAt.delete(oldest!)
  }
}
