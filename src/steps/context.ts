import type { Call, CallContext, Source } from '../calls/call.ts'
import type { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import type { Document } from '../expressions/document.ts'
import type { NewMessage } from '../streams/stream.ts'
import type { Propagation, Span } from '../telemetry/span.ts'
import type { ToldFailure } from '../told-failure.ts'
import { type CallBudget, countCalls } from './call-budget.ts'
import type { Recorder } from './recorder.ts'

/** What one call of a request came to: for Tessera-Degraded, Server-Timing, the dev command's bars. */
export interface CallRecord {
  readonly step: string
  readonly source: Source
  /** Code of the failure, also of one that a fallback covered. */
  readonly error: string | undefined
  /**
   * A handler waits for the failure by its name, which its service gave a status of the client's own doing (4xx): then it
   * is a way that the route knows, and takes nothing from its answer.
   */
  isExpected?: boolean
  readonly status: number | undefined
  readonly attempts: number
  /** Of the service, where it runs in several. */
  readonly version?: string | undefined
  /** Milliseconds since the request began. */
  readonly startedMs: number
  readonly ms: number
  /** What it was answered is for this client alone: an answer made of it cannot be kept for others. */
  readonly isPersonal?: boolean | undefined
  /** It ran beside another whose answer counts: the page lacks nothing for it. */
  readonly isMoot?: boolean | undefined
  /** What the cache of the call did, as parameters of `Cache-Status`; undefined where it has none. */
  readonly cacheStatus?: string | undefined
  /** What it failed with, also where something stood in for it. */
  readonly failure?: ToldFailure | undefined
}

/** Follows which steps of a request have ended. */
export interface Progress {
  /** What these write is as it stays. Never throws. */
  settle(steps: readonly object[]): void
}

/** What a request carries that does not change while it runs. */
export interface RequestRun extends CallBudget {
  /** The opened calls of the snapshot, by call site. */
  readonly calls: readonly Call[]
  readonly records: CallRecord[]
  readonly clock: Clock
  /** `Clock.now()`, and its value when the request began. */
  readonly now: () => number
  readonly startedAt: number
  readonly deadline: number
  /** What the route has in all, as written. */
  readonly budgetMs: number
  readonly propagation: Propagation
  /** Whether its calls share no answer with others: none is kept for them, or was. */
  readonly isApart?: boolean
  /** Through what a durable run does what it does. */
  readonly recorder?: Recorder | undefined
  /** Writes to a stream of the gateway. */
  readonly emit?: ((stream: string, message: NewMessage) => Promise<void>) | undefined
  /** Told what has come of the page, where it goes out in parts. */
  progress?: Progress | undefined
  /** Told of every step that ends: index in the plan, `ok | skipped | left-out | <error code>`, milliseconds. */
  readonly stepEnded: (step: number, outcome: string, ms: number) => void
}

/** One request as its steps see it. Parts of it (a parallel, an iteration, a catch) see the same with some of it replaced. */
export class Context implements CallContext {
  readonly run: RequestRun
  readonly document: Document
  readonly scope: Scope
  readonly span: Span

  constructor(run: RequestRun, document: Document, scope: Scope, span: Span) {
    this.run = run
    this.document = document
    this.scope = scope
    this.span = span
  }

  get deadline(): number {
    return this.run.deadline
  }

  get budgetMs(): number {
    return this.run.budgetMs
  }

  get propagation(): Propagation {
    return this.run.propagation
  }

  get isApart(): boolean {
    return this.run.isApart ?? false
  }

  get recorder(): Recorder | undefined {
    return this.run.recorder
  }

  countCalls(count: number): void {
    countCalls(this.run, count)
  }

  withDocument(document: Document): Context {
    return new Context(this.run, document, this.scope, this.span)
  }

  withScope(scope: Scope): Context {
    return new Context(this.run, this.document, scope, this.span)
  }

  withRun(run: RequestRun): Context {
    return new Context(run, this.document, this.scope, this.span)
  }

  withSpan(span: Span): Context {
    return new Context(this.run, this.document, this.scope, span)
  }
}

/** The same request, in a part that has some of it for itself. */
export function deriveRun(
  run: RequestRun,
  own: Partial<Pick<RequestRun, 'records' | 'deadline' | 'recorder'>>,
): RequestRun {
  return Object.create(run, {
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value }])),
    callsLeft: {
      get: () => run.callsLeft,
      set: (left: number) => {
        run.callsLeft = left
      },
    },
  }) as RequestRun
}

/** The same request in one turn of a loop, where it is a durable run. */
export function inTurn(context: Context, index: number): Context {
  return context.withRun(deriveRun(context.run, { recorder: context.run.recorder!.turn(index) }))
}

/**
 * A compiled step. It gives a promise only when it had to wait, so that steps which only compute cost no turn of the
 * event loop. It fails with a GatewayError, or ends the route with an Exit.
 */
export type Run = (context: Context) => void | Promise<void>

/** How an optional step ends that failed. */
export const leftOutOutcome = 'left-out'

/**
 * What a kind compiles. It is told when its step has begun, on `Clock.now()`'s scale; what it waits for may end with when
 * that was, or with `leftOutOutcome`.
 */
export type StepRun = (context: Context, startedAt: number) => ReturnType<Run> | Promise<unknown>

/** Handles what was thrown; fails with it where it does not. */
export type Recover = (context: Context, thrown: unknown) => void | Promise<void>

/** Thrown to end the route with an answer; nothing that handles errors catches it. */
export class Exit {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  /** A JSON value, or the bytes of its text. */
  readonly body: unknown

  /** The response that was filled; undefined where there was none. */
  readonly filledFrom: object | undefined

  /** Says of a failure to print it what it was made of. */
  readonly suspect: (thrown: unknown) => unknown

  constructor(
    status: number,
    headers: Readonly<Record<string, unknown>>,
    body: unknown,
    suspect = (thrown: unknown): unknown => thrown,
    filledFrom?: object,
  ) {
    this.filledFrom = filledFrom
    this.suspect = suspect
    this.status = status
    this.headers = headers
    this.body = body
  }
}
