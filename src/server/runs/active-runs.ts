import type { AggregatedRoute, Snapshot } from '../../plan/snapshot.ts'
import type { Pipeline } from '../../run/pipeline.ts'
import type { ActiveRoutes } from '../requests/active-route.ts'

/** A route whose runs somebody may ask for. */
export interface AskedRoute {
  readonly route: AggregatedRoute
  /** Who may. */
  readonly gates: Pipeline
}

/** The durable routes of a configuration whose runs are told of on its public listeners. */
export class ActiveRuns {
  readonly #routes: ReadonlyMap<string, AskedRoute>

  constructor({ routes: all }: Snapshot, routes: Pick<ActiveRoutes, 'openGates'>) {
    // What a trigger begins is nobody's.
    const asked = all.filter(
      (one): one is AggregatedRoute => one.kind === 'aggregate' && !!one.durable && !one.match.on,
    )
    this.#routes = new Map(asked.map((route) => [route.name, { route, gates: routes.openGates(route) }]))
  }

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#routes.size === 0
  }

  find(route: string): AskedRoute | undefined {
    return this.#routes.get(route)
  }

  release(): void {
    for (const { gates } of this.#routes.values()) gates.release()
  }
}
