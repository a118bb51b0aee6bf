import type { Admission, Hold } from '../../backends/admission/admission.ts'
import { toGatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { RouteAdmission } from '../../plan/admission/route.ts'
import type { RequestParts, Route } from '../../plan/snapshot.ts'
import type { Exchange } from '../exchange.ts'
import { ClientLimits, limitClients } from './client-limits.ts'
import { takePlace } from './places.ts'
import { guardService } from './service-gate.ts'
import type { Stage, Visit } from './stage.ts'

/**
 * What stands before a route: rate limits, the gateway's first, then the bulkhead; before a service that is passed
 * through to its rate and its bulkhead too. Whoever does not get through is answered 429 or 503 before the body is read.
 */
export class Gate {
  readonly #stages: readonly Stage[]
  readonly #releases: readonly (() => void)[]

  constructor(stages: readonly Stage[], releases: readonly (() => void)[]) {
    this.#stages = stages
    this.#releases = releases
  }

  release(): void {
    for (const release of this.#releases) release()
  }

  /** Begins the request, at once or later, or answers it. `budgetMs` is what it has in all. */
  admit(exchange: Exchange, request: RequestParts, budgetMs: number, begin: () => void): void {
    const { scope, span, serving } = exchange
    this.#go({ exchange, request, deadline: serving.clock.now() + budgetMs, scope, span }, 0, begin)
  }

  #go(visit: Visit, from: number, begin: () => void): void {
    const { exchange } = visit
    const fail = contained('promise', exchange, (thrown: unknown) => exchange.fail(toGatewayError(thrown)))
    try {
      for (let at = from; at < this.#stages.length && !exchange.isOver; at++) {
        const waiting = this.#stages[at]!(visit)
        if (waiting) {
          this.#goOn(visit, waiting, at + 1, begin).catch(fail)
          return
        }
      }
      if (!exchange.isOver) begin()
    } catch (thrown) {
      fail(thrown)
    }
  }

  async #goOn(visit: Visit, waiting: Promise<void>, next: number, begin: () => void): Promise<void> {
    const { exchange } = visit
    const { clock } = exchange.serving
    const since = clock.now()
    await waiting
    exchange.queuedMs += clock.now() - since
    this.#go(visit, next, begin)
  }
}

/** Opens stages; no gate where there are none. */
function openStages(open: (hold: Hold) => Stage[]): Gate | undefined {
  const releases: (() => void)[] = []
  const stages = open(({ value, release }) => {
    releases.push(release)
    return value
  })
  return stages.length > 0 ? new Gate(stages, releases) : undefined
}

/** The gate of a route; undefined where nothing stands before it. */
export function openGate(route: Route, opener: Admission): Gate | undefined {
  return openStages((hold) => {
    const { name, admission } = route
    const stages = admission ? guardRoute(name, admission, opener, hold) : []
    return route.kind === 'passthrough' ? [...stages, ...guardService(route, opener, hold)] : stages
  })
}

/** The gate of what no route takes: the gateway's own limits. */
export function openOuterGate(admission: RouteAdmission, opener: Admission): Gate | undefined {
  return openStages((hold) => guardRoute('', admission, opener, hold))
}

function guardRoute(name: string, admission: RouteAdmission, opener: Admission, hold: Hold): Stage[] {
  const { limits, bulkhead, rank, rankOf } = admission
  const stages: Stage[] = []
  if (limits.length > 0) stages.push(limitClients(new ClientLimits(limits, opener, hold)))
  if (bulkhead) {
    stages.push(
      takePlace(opener.openBulkhead({ scope: 'route', name, policy: bulkhead.policy }, hold), {
        rankOf: ({ request }) => rankOf?.(request) ?? rank,
        clientOf: ({ request }) => bulkhead.clientOf(request),
        tookMs: ({ response }, stayedMs) =>
          response.writableFinished && response.statusCode < 500 ? stayedMs : undefined,
      }),
    )
  }
  return stages
}
