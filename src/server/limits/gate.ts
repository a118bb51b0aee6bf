import type { Admission, OpenRate } from '../../backends/admission/admission.ts'
import type { Bulkhead } from '../../backends/admission/bulkhead.ts'
import type { RateDecision } from '../../backends/admission/rates/rate-limiter.ts'
import { toGatewayError } from '../../errors.ts'
import type { RouteAdmission } from '../../plan/admission/route.ts'
import type { RequestParts } from '../../plan/snapshot.ts'
import type { Exchange } from '../exchange.ts'
import { refuse } from '../refusals.ts'
import { type Applied, printRateHeaders } from './headers.ts'

/**
 * What stands before a route: rate limits, the gateway's first, then the bulkhead. Whoever does not get through is
 * answered 429 or 503 before the body is read.
 */
export class Gate {
  readonly #admission: RouteAdmission
  readonly #rates: readonly OpenRate[]
  readonly #bulkhead: Bulkhead | undefined
  readonly #releases: (() => void)[] = []

  constructor(route: string, admission: RouteAdmission, opener: Admission) {
    const hold = <Value>({ value, release }: { readonly value: Value; readonly release: () => void }): Value => {
      this.#releases.push(release)
      return value
    }
    this.#admission = admission
    this.#rates = admission.limits.map(({ scope, name, policy }) =>
      opener.openRate({ scope, name, policy, maxWaitMs: 0 }, hold),
    )
    const { bulkhead } = admission
    this.#bulkhead = bulkhead && opener.openBulkhead({ scope: 'route', name: route, policy: bulkhead.policy }, hold)
  }

  /** Whether a request could be refused or kept waiting here. */
  get isOpen(): boolean {
    return this.#rates.length === 0 && !this.#bulkhead
  }

  release(): void {
    for (const release of this.#releases.splice(0)) release()
  }

  /** Begins the request, at once or later, or answers it. `budgetMs` is what it has in all. */
  admit(exchange: Exchange, request: RequestParts, budgetMs: number, begin: () => void): void {
    try {
      const passing = this.#passLimits(exchange, request)
      if (passing instanceof Promise) {
        passing.then(
          () => this.#enter(exchange, request, budgetMs, begin),
          (thrown: unknown) => exchange.fail(toGatewayError(thrown)),
        )
      } else this.#enter(exchange, request, budgetMs, begin)
    } catch (thrown) {
      exchange.fail(toGatewayError(thrown))
    }
  }

  #passLimits(exchange: Exchange, request: RequestParts): Promise<void> | undefined {
    if (this.#rates.length === 0) return undefined
    const taken = this.#rates.map(({ limiter }, index) => limiter.take(this.#admission.limits[index]!.keyOf(request)))
    if (taken.some((decision) => decision instanceof Promise)) {
      return Promise.all(taken).then((decisions) => this.#apply(exchange, decisions))
    }
    this.#apply(exchange, taken as RateDecision[])
    return undefined
  }

  #apply(exchange: Exchange, decisions: readonly RateDecision[]): void {
    const applied = decisions.map((decision, index): Applied => [this.#admission.limits[index]!, decision])
    exchange.ownHeaders = printRateHeaders(applied)
    let waitMs = -1
    for (const [index, { isAllowed, waitMs: mustWaitMs }] of decisions.entries()) {
      this.#rates[index]!.metrics.took(isAllowed ? 'allowed' : 'refused')
      if (!isAllowed) waitMs = Math.max(waitMs, mustWaitMs)
    }
    if (waitMs < 0) return
    if (exchange.span.sampled) exchange.span.event('tessera.shed', { reason: 'rate' })
    throw refuse('rate-limited', undefined, Math.max(1, Math.ceil(waitMs / 1000)))
  }

  #enter(exchange: Exchange, request: RequestParts, budgetMs: number, begin: () => void): void {
    const bulkhead = this.#bulkhead
    if (exchange.isOver) return
    if (!bulkhead) begin()
    else if (bulkhead.tryEnter()) this.#visit(exchange, bulkhead, begin)
    else void this.#queue(exchange, bulkhead, request, budgetMs, begin)
  }

  async #queue(
    exchange: Exchange,
    bulkhead: Bulkhead,
    request: RequestParts,
    budgetMs: number,
    begin: () => void,
  ): Promise<void> {
    const { rank, rankOf, bulkhead: policy } = this.#admission
    const { scope, span, serving } = exchange
    try {
      const visitor = {
        scope,
        deadline: serving.clock.now() + budgetMs,
        rank: rankOf?.(request) ?? rank,
        client: policy!.clientOf(request),
      }
      exchange.queuedMs = await bulkhead.wait(visitor)
      if (span.sampled) span.event('tessera.queued', { wait_ms: Math.round(exchange.queuedMs) })
      this.#visit(exchange, bulkhead, begin)
    } catch (thrown) {
      const error = toGatewayError(thrown)
      if (span.sampled && error.code === 'overloaded') span.event('tessera.shed', { reason: error.detail ?? '' })
      exchange.fail(error)
    }
  }

  /** It is in until its answer is written. */
  #visit({ serving, response, scope }: Exchange, bulkhead: Bulkhead, begin: () => void): void {
    const startedAt = serving.clock.now()
    const leave = () => bulkhead.leave(startedAt, response.writableFinished && response.statusCode < 500)
    if (scope.reason || response.destroyed) leave()
    else {
      response.once('close', leave)
      begin()
    }
  }
}

/** The gate of a route; undefined where nothing stands before it. */
export function openGate(
  route: { readonly name: string; readonly admission?: RouteAdmission | undefined },
  opener: Admission,
): Gate | undefined {
  const { name, admission } = route
  if (!admission) return undefined
  const gate = new Gate(name, admission, opener)
  return gate.isOpen ? undefined : gate
}
