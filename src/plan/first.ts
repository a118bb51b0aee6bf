import type { Scope } from '../cancellation.ts'
import { endsRequest, GatewayError, toGatewayError } from '../errors.ts'
import { compileColorReader, compileColorWriter } from '../expressions/color.ts'
import { type Document, leftOut } from '../expressions/document.ts'
import { Context, deriveRun, Exit, type Run } from '../steps/context.ts'
import { compileErasingFork, writtenColors } from '../steps/fork.ts'
import type { BoundStep } from '../steps/step.ts'
import { deepCalls } from './dependencies.ts'
import { readsOfStep } from './reads.ts'

const overtaken = new GatewayError('cancelled', { detail: 'another step was first' })

/** Starts all at once; the first that succeeds counts, and the others are called off. `won` is told which it was. */
export function runFirst(steps: readonly BoundStep[], runs: readonly Run[], won?: (step: BoundStep) => void): Run {
  const arms = steps.map((step, index) => ({ ...compileArm(step, runs[index]!), won: won && (() => won(step)) }))
  return (context) => {
    const race = new Race(context)
    for (const arm of arms) race.start(arm)
    return race.seal()
  }
}

interface Arm {
  readonly run: Run
  /** A context of its own: no other arm sees what it writes. */
  readonly fork: (document: Document) => Document
  readonly calls: readonly string[]
  /** Whether it wrote anything into its context. */
  readonly hasWritten: (own: Document, outer: Document) => boolean
  /** Takes what it wrote over. */
  readonly takeOver: (own: Document, outer: Document) => void
  readonly won: (() => void) | undefined
}

function compileArm(step: BoundStep, run: Run): Omit<Arm, 'won'> {
  const written = [...new Set(writtenColors([step]))]
  // What it does not read need not be there, so that what is there afterwards was written.
  const read = colorsRead(step)
  const erased = new Set(written.filter((color) => read && !read.has(color)))
  const places = written.map((color) => ({
    read: compileColorReader(color),
    write: compileColorWriter(color),
    isErased: erased.has(color),
  }))
  return {
    run,
    fork: compileErasingFork(written, [...erased]),
    calls: deepCalls(step),
    hasWritten: (own, outer) =>
      places.some(({ read, isErased }) => {
        const value = read(own)
        return value !== undefined && (isErased || value !== read(outer))
      }),
    takeOver(own, outer) {
      for (const { read, write } of places) {
        const value = read(own)
        if (value !== undefined) write(outer, value)
      }
    },
  }
}

/** Undefined where it may read any. */
function colorsRead(step: BoundStep): Set<string> | undefined {
  const colors = new Set<string>()
  for (const { read, isApart } of readsOfStep(step)) {
    if (isApart) continue
    const { reference } = read
    if (reference.kind === 'everything') return undefined
    if (reference.kind === 'color') colors.add(reference.color)
    else if (reference.kind === 'colors') for (const color of reference.colors) colors.add(color)
  }
  return colors
}

interface Entrant {
  readonly arm: Arm
  readonly context: Context
}

/** It ends when the last arm has, so that nothing goes on afterwards. */
class Race {
  readonly #outer: Context
  readonly #scope: Scope
  readonly #entrants: Entrant[] = []
  readonly #done: Promise<void>
  #resolve!: () => void
  #reject!: (reason: unknown) => void
  #pending = 1
  #winner: Entrant | undefined
  /** What no other arm can make good. */
  #end: unknown
  #failure: unknown

  constructor(outer: Context) {
    this.#outer = outer
    this.#scope = outer.scope.child()
    this.#done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get #isDecided(): boolean {
    return this.#winner !== undefined || this.#end !== undefined
  }

  start(arm: Arm): void {
    if (this.#isDecided) return
    const { run, document, span } = this.#outer
    const own = arm.fork(document)
    own[leftOut] = []
    const { recorder } = run
    const inner = deriveRun(run, { records: [], ...(recorder && { recorder: recorder.group() }) })
    const entrant = { arm, context: new Context(inner, own, this.#scope, span) }
    this.#entrants.push(entrant)
    this.#pending += 1
    let pending: void | Promise<void>
    try {
      pending = arm.run(entrant.context)
    } catch (thrown) {
      this.#fail(thrown)
      return
    }
    if (!pending) this.#succeed(entrant)
    pending?.then(
      () => this.#succeed(entrant),
      (thrown: unknown) => this.#fail(thrown),
    )
  }

  /** No more arms will be started. */
  seal(): Promise<void> {
    this.#settle()
    return this.#done
  }

  #succeed(entrant: Entrant): void {
    const { arm, context } = entrant
    if (!this.#isDecided && arm.hasWritten(context.document, this.#outer.document)) {
      this.#winner = entrant
      this.#scope.cancel(overtaken)
    }
    this.#settle()
  }

  #fail(thrown: unknown): void {
    if (!this.#isDecided) {
      this.#failure = thrown
      if (thrown instanceof Exit || endsRequest(toGatewayError(thrown))) {
        this.#end = thrown
        this.#scope.cancel(overtaken)
      }
    }
    this.#settle()
  }

  #settle(): void {
    this.#pending -= 1
    if (this.#pending > 0) return
    this.#scope.close()
    for (const entrant of this.#entrants) this.#tell(entrant)
    const { document, scope } = this.#outer
    const cut = this.#end ?? scope.reason
    if (cut || !this.#winner) this.#reject(cut ?? this.#failure ?? nothingSucceeded())
    else {
      for (const entrant of this.#entrants) if (entrant !== this.#winner) entrant.context.run.recorder?.abandon()
      const { arm, context } = this.#winner
      arm.takeOver(context.document, document)
      arm.won?.()
      this.#resolve()
    }
  }

  /** What an arm called is told with the rest of the request; where another counts, nothing is missing for it. */
  #tell(entrant: Entrant): void {
    const { arm, context } = entrant
    const { document, run } = this.#outer
    const isMoot = this.#winner !== undefined && this.#winner !== entrant
    for (const record of context.run.records) run.records.push(isMoot ? { ...record, isMoot } : record)
    if (!isMoot) document[leftOut]?.push(...(context.document[leftOut] ?? []))
    for (const call of arm.calls) {
      const record = context.document.steps[call]
      if (record !== undefined) document.steps[call] = record
    }
  }
}

const nothingSucceeded = () =>
  new GatewayError('none-succeeded', { detail: 'every step was skipped or left out, or gave nothing' })
