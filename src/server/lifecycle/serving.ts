import type { Backends } from '../../calls/registry.ts'
import type { Clock } from '../../clock.ts'
import type { Degradation } from '../../run/outcome.ts'
import type { CallRecord } from '../../steps/context.ts'
import type { ResponseStore } from '../../stores/store.ts'
import type { RouteMetrics } from '../../telemetry/bound-metrics.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Tracer } from '../../telemetry/tracer.ts'
import type { Overload } from '../overload/overload.ts'
import type { Activation } from './activation.ts'
import type { DurableRuns } from './durable-runs.ts'
import type { Records } from './records.ts'
import type { Triggers } from './triggers.ts'

/** One answered request, as whoever watches the gateway is told of it. */
export interface RequestEntry {
  readonly method: string
  /** Without the query; in words of the configuration where it may hold what is nobody's to know (ADR 0051). */
  readonly path: string
  /** Name of the route; undefined when none matched. */
  readonly route?: string
  /** 499 when the client went away before it was answered. */
  readonly status: number
  readonly ms: number
  /** Of the answer's body. */
  readonly bytes: number
  readonly traceId: string
  readonly requestId: string
  readonly records: readonly CallRecord[]
  readonly degraded: readonly Degradation[]
  /** Code of the error that was answered. */
  readonly error?: string
  /** Milliseconds that the route had. */
  readonly budgetMs?: number
}

/** What every request needs, whichever snapshot it runs on. */
export interface Serving {
  readonly clock: Clock
  readonly logger: Logger
  readonly tracer: Tracer
  readonly metrics: Metrics
  readonly backends: Backends
  /** Of cached and last good answers. */
  readonly store: ResponseStore
  /** Whether the process has more to do than it can. */
  readonly overload: Overload
  readonly triggers: Pick<Triggers, 'states'>
  readonly durable: Pick<DurableRuns, 'find'>
  /** Of requests that match no route. */
  readonly unmatched: RouteMetrics
  /** Records requests; undefined where nobody asks for that. */
  readonly records: Records | undefined
  readonly onRequest: ((entry: RequestEntry) => void) | undefined
  /** Whether that is told paths that no route takes as they came. */
  readonly showsUnmatchedPaths: boolean
  /** Replaced as a whole when a snapshot takes over. */
  current: Activation
  /** From then on every answer ends its connection. */
  isDraining: boolean
  /** Requests begun and not ended. */
  inFlight: number
  /** Called when a request ends and none is left. */
  whenIdle: (() => void) | undefined
}
