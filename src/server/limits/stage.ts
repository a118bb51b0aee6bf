import type { Scope } from '../../cancellation.ts'
import type { RequestParts } from '../../plan/snapshot.ts'
import type { Span } from '../../telemetry/span.ts'
import type { Exchange } from '../exchange.ts'

/** One request on its way in. */
export interface Visit {
  readonly exchange: Exchange
  readonly request: RequestParts
  /** On `Clock.now()`'s scale; who would wait longer is refused. */
  readonly deadline: number
  readonly scope: Scope
  readonly span: Span
}

/** Lets a request go on, at once (undefined) or later, or throws or rejects with why not. */
export type Stage = (visit: Visit) => Promise<void> | undefined
