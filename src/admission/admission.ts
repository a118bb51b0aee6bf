import type { Clock } from '../clock.ts'
import { Shared } from '../shared.ts'
import { Bulkhead } from './bulkhead.ts'
import { Limiters, type LimitKey } from './limiters.ts'
import { type AdmissionMetrics, type RateMetrics, uncountedAdmission } from './metrics.ts'
import type { BulkheadPolicy } from './policy.ts'
import type { RateLimiter } from './rates/rate-limiter.ts'
import type { AdmissionTarget } from './target.ts'

/** Names a bulkhead: equal ones are one, and outlive a reload. */
export interface BulkheadKey {
  readonly scope: 'service' | 'route'
  readonly name: string
  readonly policy: BulkheadPolicy
}

/** A rate limit in use, and where it is counted how it went. */
export interface OpenRate {
  readonly limiter: RateLimiter
  readonly metrics: RateMetrics
}

/** Keeps what was acquired until its user is done. */
export type Hold = <Value>(acquired: { readonly value: Value; readonly release: () => void }) => Value

/** All bulkheads and rate limits of the process. */
export class Admission {
  readonly #limiters: Limiters
  readonly #bulkheads: Shared<BulkheadKey, Bulkhead>
  readonly #metrics: AdmissionMetrics

  constructor(clock: Clock, metrics: AdmissionMetrics = uncountedAdmission, limiters = new Limiters({ clock })) {
    this.#limiters = limiters
    this.#metrics = metrics
    this.#bulkheads = new Shared(
      (key) => JSON.stringify([key.scope, key.name, key.policy]),
      ({ scope, name, policy }) => new Bulkhead(policy, clock, metrics.bulkhead(scope, name)),
      () => {},
    )
  }

  openBulkhead(key: BulkheadKey, hold: Hold): Bulkhead {
    return hold(this.#bulkheads.acquire(key))
  }

  openRate(key: LimitKey, hold: Hold): OpenRate {
    return { limiter: hold(this.#limiters.acquire(key)), metrics: this.#metrics.rate(key.scope, key.name) }
  }

  /** What stands before the calls of a service; nothing that it does not declare. */
  openService(target: AdmissionTarget, hold: Hold): { bulkhead: Bulkhead | undefined; rate: OpenRate | undefined } {
    const { bulkhead, limit, version } = target
    const scope = 'service'
    // The versions of a service share what holds for all of it.
    const name = version?.of ?? target.name
    return {
      bulkhead: bulkhead && this.openBulkhead({ scope, name, policy: bulkhead.policy }, hold),
      rate: limit && this.openRate({ scope, name, policy: limit.policy, maxWaitMs: limit.maxWaitMs }, hold),
    }
  }

  close(): Promise<void> {
    return this.#limiters.close()
  }
}
