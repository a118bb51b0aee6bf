import type { Position } from '../../binding/shape.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import type { Answer, Failure } from '../../run/outcome.ts'
import type { Difference } from '../difference.ts'
import type { TestedRun } from '../durable-runs.ts'
import type { LoggedCall } from '../mocked-backends.ts'
import type { RouteCall } from '../route-calls.ts'

/** What came of a request. */
export interface Seen {
  readonly status: number
  /** Lower-case names; one that is sent twice is a list. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Parsed; undefined when there is none. */
  readonly body: unknown
  readonly outcome: Answer | Failure
  /** Of a page that went out in parts: their paths, then `end` or `error`. */
  readonly parts: readonly string[] | undefined
  /** Of a durable route. */
  readonly run: TestedRun | undefined
  readonly calls: readonly LoggedCall[]
  /** Virtual time from request to answer. */
  readonly elapsedMs: number
}

/** Why a test failed. */
export interface Problem {
  readonly at: Location
  /** One sentence that names what is wrong. */
  readonly message: string
  readonly differences: readonly Difference[]
}

/** Looks at one thing that must come of a request. */
export type Expectation = (seen: Seen) => Problem | undefined

/** Where an expectation stands, and what it may speak of. */
export interface ExpectationContext {
  /** The `expect:` it is a member of. */
  readonly position: Position
  readonly calls: readonly RouteCall[]
  /** What `Tessera-Degraded` may name. */
  readonly steps: ReadonlySet<string>
  readonly diagnostics: DiagnosticCollector
}
