import { hash } from 'node:crypto'
import type { BytesClient } from '../../stores/redis/client.ts'
import type { RedisLink } from '../../stores/redis/link.ts'
import type { CellRate } from './gcra.ts'
import type { LocalRateLimiter } from './local.ts'
import type { RateDecision, RateLimiter } from './rate-limiter.ts'

/** What of rate-limiter-flexible is used. */
interface Consumer {
  /** Rejects with a result where it is too much, with an Error where Redis could not be asked. */
  consume(key: string): Promise<Consumed>
}

/** `msBeforeNext` as Redis sent it: digits. */
interface Consumed {
  readonly msBeforeNext: unknown
}

/**
 * Counts in a Redis that replicas share, by its clock: rate-limiter-flexible with the cells of `gcra.ts` in place of
 * its own fixed windows, so that a limit means the same wherever it is counted. While Redis cannot be asked each
 * gateway counts for itself. What is kept under a key is a time; the key itself is hashed: it may be personal.
 */
export class SharedRateLimiter implements RateLimiter {
  readonly #name: string
  readonly #cells: CellRate
  readonly #link: RedisLink
  readonly #local: LocalRateLimiter
  readonly #onShared: (isShared: boolean) => void
  #consumer: Promise<Consumer> | undefined

  constructor(
    name: string,
    cells: CellRate,
    link: RedisLink,
    local: LocalRateLimiter,
    onShared: (isShared: boolean) => void,
  ) {
    this.#name = name
    this.#cells = cells
    this.#link = link
    this.#local = local
    this.#onShared = onShared
  }

  async take(key: string): Promise<RateDecision> {
    const digest = hash('sha256', `${this.#name}\n${key}`, 'base64url').slice(0, 22)
    const resetMs = await this.#link.ask((client) => this.#consume(client, digest))
    this.#onShared(resetMs !== undefined)
    return resetMs === undefined ? this.#local.take(key) : this.#cells.decide(resetMs)
  }

  async #consume(client: BytesClient, digest: string): Promise<number> {
    this.#consumer ??= openConsumer(client, this.#cells)
    try {
      const consumer = await this.#consumer
      return Number(String((await consumer.consume(digest)).msBeforeNext))
    } catch (thrown) {
      if (thrown instanceof Error) throw thrown
      return Number(String((thrown as Consumed).msBeforeNext))
    }
  }
}

/** The library is loaded only by those who have a Redis. */
async function openConsumer(client: BytesClient, cells: CellRate): Promise<Consumer> {
  const { RateLimiterRedis } = await import('rate-limiter-flexible')
  return new RateLimiterRedis({
    storeClient: client,
    useRedisPackage: true,
    keyPrefix: 'tessera:1:limit',
    points: mostPoints,
    duration: 1,
    customIncrTtlLuaScript: printScript(cells),
  })
}

/** One more than this is what the library takes for too much. */
const mostPoints = 1

/**
 * Redis runs it as one piece. The answer is what the library calls consumed points and milliseconds before the next:
 * here whether it is too much, and how long until the bucket would be full again.
 */
function printScript({ intervalMs, toleranceMs, maxWaitMs }: CellRate): string {
  const micros = (ms: number) => (ms * 1000).toFixed(3)
  return `local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
if full < now then full = now end
full = full + ${micros(intervalMs)}
local reset = full - now
if reset > ${micros(toleranceMs + maxWaitMs)} + 1 then return { ${mostPoints + 1}, string.format('%.3f', reset / 1000) } end
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil(reset / 1000) + 1)
return { ${mostPoints}, string.format('%.3f', reset / 1000) }`
}
