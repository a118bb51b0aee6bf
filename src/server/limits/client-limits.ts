import type { Admission, Hold, OpenRate } from '../../backends/admission/admission.ts'
import type { RateDecision } from '../../backends/admission/rates/rate-limiter.ts'
import type { GatewayError } from '../../errors.ts'
import type { RequestLimit } from '../../plan/admission/route.ts'
import type { RequestParts } from '../../plan/snapshot.ts'
import { refuse } from '../../run/refusals.ts'
import { type Applied, printRateHeaders } from '../../run/stages/rate-headers.ts'
import type { Stage } from './stage.ts'

/** What rate limits say to a request. */
export interface Ruling {
  /** `RateLimit` and `RateLimit-Policy`, names and values in turn: its answer carries them, whatever it is. */
  readonly headers: string[]
  /** Why it does not go on. */
  readonly refusal: GatewayError | undefined
}

/** Rate limits of clients, counted together wherever they are open. */
export class ClientLimits {
  readonly #limits: readonly RequestLimit[]
  readonly #rates: readonly OpenRate[]

  constructor(limits: readonly RequestLimit[], opener: Admission, hold: Hold) {
    this.#limits = limits
    this.#rates = limits.map(({ scope, name, policy }) => opener.openRate({ scope, name, policy, maxWaitMs: 0 }, hold))
  }

  /**
   * Takes one from each.
   * @throws GatewayError `invalid-input` where what they count by cannot be read
   */
  take(request: RequestParts): Ruling | Promise<Ruling> {
    const taken = this.#rates.map(({ limiter }, index) => limiter.take(this.#limits[index]!.keyOf(request)))
    if (taken.some((decision) => decision instanceof Promise)) {
      return Promise.all(taken).then((decisions) => this.#rule(decisions))
    }
    return this.#rule(taken as RateDecision[])
  }

  #rule(decisions: readonly RateDecision[]): Ruling {
    const applied = decisions.map((decision, index): Applied => [this.#limits[index]!, decision])
    let waitMs = -1
    for (const [index, { isAllowed, waitMs: mustWaitMs }] of decisions.entries()) {
      this.#rates[index]!.metrics.took(isAllowed ? 'allowed' : 'refused')
      if (!isAllowed) waitMs = Math.max(waitMs, mustWaitMs)
    }
    const headers = applied.length === 0 ? [] : printRateHeaders(applied)
    if (waitMs < 0) return { headers, refusal: undefined }
    return { headers, refusal: refuse('rate-limited', undefined, Math.max(1, Math.ceil(waitMs / 1000))) }
  }
}

/** Refuses who comes too often with 429. */
export function limitClients(limits: ClientLimits): Stage {
  return ({ exchange, request, span }) => {
    const obey = ({ headers, refusal }: Ruling) => {
      exchange.ownHeaders = headers
      if (!refusal) return undefined
      if (span.sampled) span.event('tessera.shed', { reason: 'rate' })
      throw refusal
    }
    const ruling = limits.take(request)
    return ruling instanceof Promise ? ruling.then(obey) : obey(ruling)
  }
}
