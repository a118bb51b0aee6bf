import type { Attributes } from '../telemetry/span.ts'
import type { ToldFailure } from '../told-failure.ts'

/** How a request ended, as lists show it. */
export const outcomes = ['ok', 'degraded', 'refused', 'error', 'cancelled'] as const
export type Outcome = (typeof outcomes)[number]

/** Why it was kept. */
export type Why = 'sample' | 'error' | 'degraded' | 'slow' | 'asked'

/** A recording in a list. */
export interface Summary {
  /** Newer ones sort behind older ones. */
  readonly id: string
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
  readonly ms: number
  /** Name of the route; undefined when none matched. */
  readonly route: string | undefined
  readonly method: string
  /** As everyone may be told it. */
  readonly path: string
  readonly status: number
  readonly outcome: Outcome
  readonly isSlow: boolean
  readonly why: Why
  readonly error: string | undefined
  /** Of the answer's body. */
  readonly bytes: number
  readonly traceId: string
  readonly requestId: string
  /** Of the configuration. */
  readonly version: string
  /** A call each: how it went. */
  readonly calls: readonly CallSummary[]
  /** What it took of the client, where that is short; `pii` as tokens. */
  readonly colors: Readonly<Record<string, string>>
}

export interface CallSummary {
  readonly step: string
  /** live, cache, stale, coalesced, fallback, skipped */
  readonly source: string
  readonly error: string | undefined
  readonly status: number | undefined
  readonly attempts: number
  readonly startedMs: number
  readonly ms: number
}

/** All that is kept of a request. Values are masked: `pii` is a token, of `secret` there is nothing. */
export interface Recording extends Summary {
  readonly request: {
    readonly method: string
    readonly path: string
    /** By color. */
    readonly inputs: Readonly<Record<string, unknown>>
    readonly attributes: Attributes
  }
  readonly steps: readonly RecordedStep[]
  /** What else happened to the request itself: waits, refusals. */
  readonly events: readonly RecordedEvent[]
  /** Every color that is there at the end. */
  readonly colors: Readonly<Record<string, string>>
  readonly document: Readonly<Record<string, unknown>>
  readonly response: RecordedResponse
  readonly failures: readonly ToldFailure[]
  /** The step that answered, where it was not the route's response. */
  readonly exit: string | undefined
  /** Where a request was passed on to. */
  readonly passedTo: PassedTo | undefined
  /** Spans beyond what is kept. */
  readonly more: number
}

/** Where a request was passed on to. */
export interface PassedTo {
  readonly service?: string | undefined
  readonly endpoint?: string | undefined
  readonly attempts?: number | undefined
}

export interface RecordedStep {
  readonly name: string
  readonly kind: string
  /** Its place among the steps, and that of the step around it. */
  readonly parent: number | undefined
  /** Milliseconds since the request began. */
  readonly startMs: number
  /** Undefined where it had not ended when the request had. */
  readonly endMs: number | undefined
  readonly error: string | undefined
  readonly events: readonly RecordedEvent[]
  readonly attempts: readonly RecordedAttempt[]
  /** Its own, and those that stood in for it. */
  readonly calls: readonly RecordedCall[]
}

export interface RecordedEvent {
  /** `tessera.retry`, `tessera.breaker`, … */
  readonly name: string
  readonly atMs: number
  readonly attributes: Attributes
}

/** One request to an endpoint. */
export interface RecordedAttempt {
  readonly startMs: number
  readonly endMs: number | undefined
  readonly endpoint: string | undefined
  readonly status: number | undefined
  readonly error: string | undefined
  readonly isHedge: boolean
  readonly isMirror: boolean
  readonly attributes: Attributes
}

export interface RecordedCall {
  readonly service: string
  readonly operation: string
  readonly template: string
  /** What it took, by color. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, unknown>>
    readonly bytes: number
    readonly body?: unknown
  }
  /** Undefined where there was none. */
  readonly answer: RecordedAnswer | undefined
}

export interface RecordedAnswer {
  readonly status: number
  readonly source: string
  readonly type: string | undefined
  readonly bytes: number
  readonly version: string | undefined
  /** What it gave, by color. */
  readonly values: Readonly<Record<string, unknown>>
  /** With `bodies: all`. */
  readonly body?: unknown
}

export interface RecordedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly type: string | undefined
  readonly bytes: number
  readonly body?: unknown
}
