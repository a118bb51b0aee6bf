import type { Clock } from '../clock.ts'
import type { LiveText } from '../environment.ts'
import { Shared } from '../shared.ts'
import type { BytesClient } from '../stores/redis/client.ts'
import { RedisLink } from '../stores/redis/link.ts'
import type { Notify } from '../telemetry/notice.ts'
import { type AdmissionMetrics, uncountedAdmission } from './metrics.ts'
import type { RatePolicy } from './policy.ts'
import { CellRate } from './rates/gcra.ts'
import { LocalRateLimiter } from './rates/local.ts'
import type { RateLimiter } from './rates/rate-limiter.ts'
import { SharedRateLimiter } from './rates/shared.ts'

/** Names a limit: equal ones are counted together, and outlive a reload. */
export interface LimitKey {
  readonly scope: 'service' | 'route' | 'gateway'
  readonly name: string
  readonly policy: RatePolicy
  /** How long one may be made to wait instead of refused. */
  readonly maxWaitMs: number
}

export interface LimitersOptions {
  readonly clock: Clock
  readonly notify?: Notify | undefined
  readonly metrics?: AdmissionMetrics | undefined
  /** Where replicas share their limits; without it each gateway counts for itself. */
  readonly redisUrl?: LiveText | undefined
}

const connectWithinMs = 1000

/** What can only be answered by one who is there. */
const anything = (client: BytesClient) => client.mGet(['tessera:1:limit'])

/** All rate limits of the process. */
export class Limiters {
  readonly #limiters: Shared<LimitKey, RateLimiter>
  readonly #link: RedisLink | undefined
  readonly #notify: Notify
  #isShared: boolean | undefined
  #reason = ''

  constructor({ clock, notify = () => {}, metrics = uncountedAdmission, redisUrl }: LimitersOptions) {
    this.#notify = notify
    this.#link = redisUrl === undefined ? undefined : this.#open(redisUrl, metrics)
    this.#limiters = new Shared<LimitKey, RateLimiter>(
      (key) => JSON.stringify(key),
      ({ scope, name, policy, maxWaitMs }) => {
        const cells = new CellRate(policy, maxWaitMs)
        const local = new LocalRateLimiter(cells, () => clock.now())
        if (!this.#link) return local
        return new SharedRateLimiter(`${scope} ${name}`, cells, this.#link, local, (isShared) => this.#note(isShared))
      },
      () => {},
    )
  }

  acquire(key: LimitKey): { readonly value: RateLimiter; readonly release: () => void } {
    return this.#limiters.acquire(key)
  }

  /** Resolves when the shared store can be asked, or after a second: then limits are local until it can. */
  async connected(): Promise<void> {
    if (!this.#link) return
    const end = performance.now() + connectWithinMs
    while (performance.now() < end) {
      if (await this.#link.insist(anything)) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async close(): Promise<void> {
    this.#limiters.clear()
    await this.#link?.close()
  }

  #open(url: LiveText, metrics: AdmissionMetrics): RedisLink {
    const warn = (reason: string) => {
      this.#reason = reason
    }
    const observer = { size() {}, evicted() {}, failed() {}, warn }
    const link = new RedisLink(url, observer, { meanwhile: 'each gateway counts for itself' })
    metrics.showShared(async () => {
      const isShared = (await link.ask(anything)) !== undefined
      this.#note(isShared)
      return isShared
    })
    return link
  }

  /** Says so once a change. */
  #note(isShared: boolean): void {
    if (this.#isShared === isShared) return
    const isFirst = this.#isShared === undefined
    this.#isShared = isShared
    const subject = 'limits'
    if (!isShared) this.#notify({ level: 'warn', subject, message: 'limits are not shared', reason: this.#reason })
    else if (!isFirst) this.#notify({ level: 'info', subject, message: 'limits are shared again' })
  }
}
