import type { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import type { AggregatedRoute, RequestParts } from '../plan/snapshot.ts'
import type { SiteCall } from '../steps/context.ts'
import type { Propagation, Span } from '../telemetry/span.ts'
import type { Outcome } from './outcome.ts'

/** What one request brings to the engine. */
export interface Execution {
  readonly route: AggregatedRoute
  readonly request: RequestParts
  readonly calls: readonly SiteCall[]
  readonly clock: Clock
  /** Cancelled when the client goes away; whoever made it closes it. */
  readonly scope: Scope
  /** The server span. */
  readonly span: Span
  readonly propagation: Propagation
  /** Milliseconds that the client itself still waits, if it said so; cuts the route's budget. */
  readonly budgetMs: number | undefined
  readonly stepEnded: (step: number, outcome: string, ms: number) => void
}

/** Runs one request from its parts to its outcome. Never rejects. */
export declare function execute(execution: Execution): Promise<Outcome>
