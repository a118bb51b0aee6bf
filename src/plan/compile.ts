import { toGatewayError } from '../errors.ts'
import { Gathering } from '../steps/concurrency.ts'
import { type Context, Exit, leftOutOutcome, type Recover, type Run, type StepRun } from '../steps/context.ts'
import type { BoundBlock, BoundStep, Compiler } from '../steps/step.ts'
import type { StepCall } from '../steps/step-call.ts'
import { noteReason } from '../telemetry/span.ts'
import { flowDependencies } from './dependencies.ts'
import { runFirst } from './first.ts'
import type { PageProgress } from './progress.ts'
import type { RecordsRead } from './reads.ts'
import type { StepInfo } from './snapshot.ts'

/** Compiles the bound steps of one route to closures, and numbers them for spans and metrics. */
export class RouteCompiler implements Compiler {
  readonly steps: StepInfo[] = []
  readonly #records: RecordsRead
  /** The handlers of the route's own `catch`, once its block is compiled. */
  recover: Recover | undefined = undefined
  readonly #byteCalls: ReadonlySet<StepCall>
  readonly #countedOutside = new Set<StepCall>()

  /** Is told which step of a `first` won. */
  readonly won: ((step: BoundStep) => void) | undefined = undefined

  /** Says of a value that an answer cannot hold who gave it. */
  readonly blame: Compiler['blame']

  /** What the success of a step settles of a page that goes out in parts. */
  readonly #settledBy: PageProgress['settledBy'] | undefined

  readonly #isRecorded: boolean
  recordedAs: string | undefined = undefined

  /** `records`: those that something reads. The bodies of `byteCalls` stay bytes. */
  constructor(
    records: RecordsRead,
    byteCalls: ReadonlySet<StepCall> = new Set(),
    blame: Compiler['blame'] = (thrown) => thrown,
    settledBy?: PageProgress['settledBy'],
    isRecorded = false,
  ) {
    this.#records = records
    this.#byteCalls = byteCalls
    this.blame = blame
    this.#settledBy = settledBy
    this.#isRecorded = isRecorded
  }

  recordsStep(id: string, member?: string): boolean {
    return this.#records.includes(id, member)
  }

  namesMember(id: string, member: string): boolean {
    return this.#records.names(id, member)
  }

  guardResponse(recover: Recover): void {
    this.recover = recover
  }

  keepsBytes(call: StepCall): boolean {
    return this.#byteCalls.has(call)
  }

  countOutside(calls: readonly StepCall[]): void {
    for (const call of calls) this.#countedOutside.add(call)
  }

  isCountedOutside(call: StepCall): boolean {
    return this.#countedOutside.has(call)
  }

  block(block: BoundBlock): Run {
    const runs = block.steps.map((step) => follow(this.step(step), this.#settledBy?.get(step)))
    switch (block.order) {
      case 'sequence':
        return runInSequence(runs)
      case 'parallel':
        return runInParallel(runs)
      case 'first':
        return runFirst(block.steps, runs, this.won)
      case 'flow':
        return runAsDataAllows(runs, flowDependencies(block.steps))
    }
  }

  step(step: BoundStep): Run {
    const index = this.steps.push({ name: step.name, kind: step.kind }) - 1
    const outer = this.recordedAs
    if (this.#isRecorded) this.recordedAs = step.name
    const run = step.compile(this)
    this.recordedAs = outer
    return observe(step, index, run, this.#isRecorded)
  }
}

/** Puts the condition, the span and the metric around a step. Assign, empty and the exits are too small for a span. */
function observe(step: BoundStep, index: number, run: StepRun, isRecorded: boolean): Run {
  const test = step.condition?.test
  const place = `${step.name}:when`
  const ask =
    test && isRecorded
      ? ({ run: { recorder }, document }: Context) => recorder!.choose(place, () => test(document))
      : undefined
  const spanName = `${step.kind} ${step.name}`
  const attributes = { 'tessera.step': step.name, 'tessera.step.kind': step.kind }

  const begin = (context: Context): Context =>
    context.span.sampled ? context.withSpan(context.span.child(spanName, 'internal', attributes)) : context
  const end = (inner: Context, startedAt: number, outcome: string, endedAt = inner.run.now()) => {
    const { run: request, span } = inner
    request.stepEnded(index, outcome, endedAt - startedAt)
    if (!span.sampled) return
    if (outcome !== 'ok' && outcome !== leftOutOutcome) span.fail(outcome)
    span.end()
  }
  /** Ends a step that threw, and gives what goes on: its failure, which now says where it happened. */
  const fail = (inner: Context, startedAt: number, thrown: unknown): unknown => {
    if (thrown instanceof Exit) {
      end(inner, startedAt, 'ok')
      return thrown
    }
    const error = toGatewayError(thrown)
    if (error.code !== 'cancelled') error.step ??= step.name
    noteReason(inner.span, error)
    end(inner, startedAt, error.code)
    return error
  }
  const holds =
    test &&
    ((context: Context, startedAt: number) => {
      try {
        return ask ? ask(context) : test(context.document)
      } catch (thrown) {
        throw fail(begin(context), startedAt, thrown)
      }
    })

  return (context) => {
    const startedAt = context.run.now()
    if (holds && !holds(context, startedAt)) {
      context.run.stepEnded(index, 'skipped', 0)
      return
    }
    const inner = begin(context)
    let pending: ReturnType<StepRun>
    try {
      pending = run(inner, startedAt)
    } catch (thrown) {
      throw fail(inner, startedAt, thrown)
    }
    if (!pending) return end(inner, startedAt, 'ok')
    return pending.then(
      (said) => {
        if (typeof said === 'number') end(inner, startedAt, 'ok', said)
        else end(inner, startedAt, said === leftOutOutcome ? said : 'ok')
      },
      (thrown: unknown) => {
        throw fail(inner, startedAt, thrown)
      },
    )
  }
}

/** Tells a page that goes out in parts what a step has settled. A failure settles nothing: what handles it does. */
function follow(run: Run, settled: readonly BoundStep[] | undefined): Run {
  if (!settled) return run
  return (context) => {
    const pending = run(context)
    const { progress } = context.run
    if (!progress) return pending
    if (pending) return pending.then(() => progress.settle(settled))
    progress.settle(settled)
  }
}

function runInSequence(runs: readonly Run[]): Run {
  if (runs.length === 1) return runs[0]!
  const continueFrom = (context: Context, first: number): void | Promise<void> => {
    for (let index = first; index < runs.length; index += 1) {
      context.scope.throwIfCancelled()
      const pending = runs[index]!(context)
      if (pending) return index + 1 < runs.length ? pending.then(() => continueFrom(context, index + 1)) : pending
    }
  }
  return (context) => continueFrom(context, 0)
}

function runInParallel(runs: readonly Run[]): Run {
  if (runs.length < 2) return runInSequence(runs)
  return (context) => {
    const gathering = new Gathering(context)
    const inner = context.withScope(gathering.scope)
    for (const run of runs) if (!gathering.failed) gathering.start(run, inner)
    return gathering.seal()
  }
}

/** Starts each step when the last of those it waits for has ended. */
function runAsDataAllows(runs: readonly Run[], waitsFor: readonly ReadonlySet<number>[]): Run {
  const followers = runs.map((_, producer) =>
    runs.flatMap((_, reader) => (waitsFor[reader]!.has(producer) ? [reader] : [])),
  )
  const counts = waitsFor.map((producers) => producers.size)
  const ready = counts.flatMap((count, index) => (count === 0 ? [index] : []))
  return (context) => {
    const gathering = new Gathering(context)
    const inner = context.withScope(gathering.scope)
    const missing = counts.slice()
    const start = (index: number) => {
      if (gathering.failed) return
      gathering.start(runs[index]!, inner, () => {
        for (const follower of followers[index]!) if (--missing[follower]! === 0) start(follower)
      })
    }
    for (const index of ready) start(index)
    return gathering.seal()
  }
}
