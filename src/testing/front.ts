import type { Clock } from '../clock.ts'
import type { AggregatedRoute, PassthroughRoute, RequestParts } from '../plan/snapshot.ts'
import type { Outcome } from '../run/outcome.ts'

/** What lies between a client and the engine. The server's own is handed in: rooms of one floor do not know each other. */
export interface Front {
  /** Where a request goes; `path` without its query. Undefined when no route takes it. */
  find(method: string, path: string): Found | undefined
  /** What stands before a route: its rate limits and the cache of its answers, new and in this clock's time. */
  open(route: AggregatedRoute, clock: Clock): Entrance
  /** The answer as it would go over the wire: status, header names and values in turn, body. */
  render(outcome: Outcome, context: RenderContext): Rendered
}

export interface Entrance {
  /** Answers a request; by `run`, where nothing before the route does. Never rejects for what is in the request. */
  answer(request: RequestParts, run: () => Promise<Outcome>): Promise<Answered>
}

export interface Answered {
  readonly outcome: Outcome
  /** Names and values in turn that the answer carries beside its own. */
  readonly headers: readonly string[]
}

export interface Found {
  readonly route: AggregatedRoute | PassthroughRoute
  readonly params: Readonly<Record<string, string>>
}

export interface RenderContext {
  readonly path: string
  readonly route: string
  readonly traceId: string
}

export interface Rendered {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string | undefined
}
