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

/**
 * How often addresses came with credentials that were none. Whoever came too often waits before another one is looked at:
 * guessing is slow, and costs the gateway nothing. Of an address of IPv6 its network counts.
 */
export class Failures {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #mostAheadMs: number
  /** When all that was taken is given back, by address: the one algorithm of limits (docs/adr/0027). */
  readonly #freeAt = new Map<string, number>()

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
