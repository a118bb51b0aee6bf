import type { Call } from '../backends/call.ts'
import type { Backends, OpenBackends } from '../backends/registry.ts'
import type { AggregatedRoute, PassthroughRoute, Snapshot } from '../plan/snapshot.ts'
import type { RouteMetrics } from '../telemetry/bound-metrics.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { type ClientAddresses, compileClientAddresses } from './client-address.ts'
import { type Found, Router } from './router.ts'

export type ActiveRoute = ActiveAggregate | ActivePassthrough

/** A route with all that a request of it would otherwise look up. */
interface ActiveCommon {
  readonly metrics: RouteMetrics
  /** `GET /mobile/{city}` */
  readonly title: string
}

export interface ActiveAggregate extends ActiveCommon {
  readonly route: AggregatedRoute
  readonly stepEnded: (step: number, outcome: string, ms: number) => void
}

export interface ActivePassthrough extends ActiveCommon {
  readonly route: PassthroughRoute
}

export type ActiveMatch = Found<ActiveRoute>

/**
 * A snapshot at work: its routes in a radix tree, its calls opened. A request keeps the activation it began with; when
 * a newer one has taken its place and its last request has ended, its calls are released.
 */
export class Activation {
  readonly snapshot: Snapshot
  readonly calls: readonly Call[]
  readonly addresses: ClientAddresses
  readonly #router: Router<ActiveRoute>
  readonly #backends: OpenBackends
  #users = 1

  constructor(snapshot: Snapshot, backends: Backends, metrics: Metrics) {
    const { routes, callSites, settings } = snapshot
    this.snapshot = snapshot
    this.addresses = compileClientAddresses(settings.trustedProxies)
    this.#router = new Router(routes.map((route) => [route.match, activate(route, metrics)]))
    const proxied = routes.flatMap((route) => (route.kind === 'passthrough' ? [route.service] : []))
    this.#backends = backends.open(callSites, proxied)
    this.calls = this.#backends.calls
  }

  find(method: string, path: string): ActiveMatch {
    return this.#router.find(method, path)
  }

  /** A request begins on it. */
  enter(): void {
    this.#users++
  }

  /** A request on it has ended, or a newer one has taken its place. */
  leave(): void {
    if (--this.#users === 0) this.#backends.release()
  }
}

function activate(route: AggregatedRoute | PassthroughRoute, metrics: Metrics): ActiveRoute {
  const { method, path } = route.match
  const common = { metrics: metrics.route(method, path), title: `${method} ${path}` }
  if (route.kind === 'passthrough') return { ...common, route }
  const steps = route.steps.map(({ name }) => metrics.step(route.name, name))
  return { ...common, route, stepEnded: (step, outcome, ms) => steps[step]?.observe(outcome, ms / 1000) }
}

export function isAggregate(active: ActiveRoute): active is ActiveAggregate {
  return active.route.kind === 'aggregate'
}
