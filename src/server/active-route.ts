import type { Admission } from '../backends/admission/admission.ts'
import type { Call } from '../backends/call.ts'
import type { Backends, OpenBackends } from '../backends/registry.ts'
import { admitUnmatched } from '../plan/admission/route.ts'
import type { AggregatedRoute, PassthroughRoute, Route, Snapshot } from '../plan/snapshot.ts'
import type { RouteMetrics } from '../telemetry/bound-metrics.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { type Gate, openGate, openOuterGate } from './limits/gate.ts'

export type ActiveRoute = ActiveAggregate | ActivePassthrough

/** A route with all that a request of it would otherwise look up. */
interface ActiveCommon {
  readonly metrics: RouteMetrics
  /** `GET /mobile/{city}` */
  readonly title: string
  /** What stands before it; undefined where nothing does. */
  readonly gate: Gate | undefined
}

export interface ActiveAggregate extends ActiveCommon {
  readonly route: AggregatedRoute
  /** The calls of its sites, in their order. */
  readonly calls: readonly Call[]
  readonly stepEnded: (step: number, outcome: string, ms: number) => void
}

export interface ActivePassthrough extends ActiveCommon {
  readonly route: PassthroughRoute
}

export function isAggregate(active: ActiveRoute): active is ActiveAggregate {
  return active.route.kind === 'aggregate'
}

/** The routes that some activation uses. One that a reload leaves as it was stays open. */
export class ActiveRoutes {
  readonly #backends: Backends
  readonly #metrics: Metrics
  readonly #admission: Admission
  readonly #entries = new Map<Route, { active: ActiveRoute; opened: OpenBackends; users: number }>()

  constructor(backends: Backends, metrics: Metrics, admission: Admission) {
    this.#admission = admission
    this.#backends = backends
    this.#metrics = metrics
  }

  /** Uses a route until it is released, once for every time. */
  acquire(route: Route): ActiveRoute {
    let entry = this.#entries.get(route)
    if (!entry) {
      entry = { ...this.#open(route), users: 0 }
      this.#entries.set(route, entry)
    }
    entry.users++
    return entry.active
  }

  release(route: Route): void {
    const entry = this.#entries.get(route)
    if (!entry || --entry.users > 0) return
    this.#entries.delete(route)
    entry.opened.release()
    entry.active.gate?.release()
  }

  /** Opens what stands before requests that no route takes; undefined where nothing does. */
  openOuterGate({ settings: { limit } }: Snapshot): Gate | undefined {
    return limit && openOuterGate(admitUnmatched(limit), this.#admission)
  }

  #open(route: Route): { active: ActiveRoute; opened: OpenBackends } {
    const { method, path } = route.match
    const common = {
      metrics: this.#metrics.route(method, path),
      title: `${method} ${path}`,
      gate: openGate(route, this.#admission),
    }
    if (route.kind === 'passthrough') {
      return { active: { ...common, route }, opened: this.#backends.open([], [route.service]) }
    }
    const steps = route.steps.map(({ name }) => this.#metrics.step(route.name, name))
    const opened = this.#backends.open(route.callSites)
    const stepEnded: ActiveAggregate['stepEnded'] = (step, outcome, ms) => steps[step]?.observe(outcome, ms / 1000)
    return { active: { ...common, route, calls: opened.calls, stepEnded }, opened }
  }
}
