import type { Timer } from '../../clock.ts'
import type { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { ProgressivePage } from '../../plan/progressive.ts'
import { Exit, type Progress } from '../../steps/context.ts'
import { assembleFailure } from '../assemble.ts'
import { type Execution, endWith, failedInResponse, printExit } from '../execution.ts'
import type { Answer, AnswerSink, AnswerSource, Failure, Outcome } from '../outcome.ts'
import type { Framing } from './framing.ts'
import { assembleHead } from './head.ts'
import { frameEnd } from './last-part.ts'
import { ReadyMembers } from './ready-members.ts'

/** Proxies and browsers give up what is silent for longer. */
const commentEveryMs = 15_000

interface Told {
  readonly expiresMs: number | undefined
  readonly firstPart: ((ms: number) => void) | undefined
}

/**
 * One page that goes out in parts: the head and each member as soon as the steps have succeeded which give what it reads, at
 * the pace of who reads. What fails to print waits for the end, where it fails as in the whole page.
 */
export class PartStream implements Progress {
  readonly #execution: Execution
  readonly #page: ProgressivePage
  readonly #framing: Framing
  readonly #told: Told
  readonly #ready: ReadyMembers
  #answer!: (outcome: Outcome) => void
  #status: number | undefined
  #sink: AnswerSink | undefined
  #takes = true
  #parts = 0
  #isPumping = false
  #isMended = false
  #haveStepsEnded = false
  /** What it came to: goes out behind the last part. */
  #closing: Answer | Failure | undefined
  #isOver = false
  #timer: Timer | undefined

  constructor(execution: Execution, page: ProgressivePage, framing: Framing, told: Told) {
    this.#execution = execution
    this.#page = page
    this.#framing = framing
    this.#told = told
    this.#ready = new ReadyMembers(page)
    execution.context.run.progress = this
  }

  /** Runs the steps. Gives the head when it is there, or what came before it. */
  begin(): Promise<Outcome> {
    const { route, context } = this.#execution
    const head = new Promise<Outcome>((resolve) => {
      this.#answer = resolve
    })
    try {
      const pending = route.run(context)
      this.#goOn(this.#ready.begin())
      if (!pending) this.#finish()
      pending?.then(
        () => this.#finish(),
        (thrown: unknown) => this.#fail(thrown),
      )
    } catch (thrown) {
      this.#fail(thrown)
    }
    return head
  }

  settle(steps: readonly object[]): void {
    this.#goOn(this.#ready.settle(steps))
  }

  #goOn(isHeadReady: boolean): void {
    if (isHeadReady) this.#tryHead()
    if (!this.#ready.isEmpty) this.#pumpSoon()
  }

  /** The steps behind those that have ended begin before anything is printed. */
  #pumpSoon(): void {
    if (this.#isPumping || !this.#sink) return
    this.#isPumping = true
    const pump = () => {
      this.#isPumping = false
      this.#pump()
    }
    process.nextTick(contained('promise', this.#execution.context.scope, pump))
  }

  #tryHead(): void {
    try {
      this.#openHead()
    } catch {
      // It is tried again when the steps have ended: then it fails as in the whole page.
    }
  }

  #openHead(): void {
    const { route, context } = this.#execution
    const { status, headers } = this.#page.fillHead(context.document)
    const head = assembleHead(status, headers, route, this.#framing)
    this.#status = head.status
    const { expiresMs } = this.#told
    this.#answer({ kind: 'stream', ...head, expiresMs, open: (sink) => this.#open(sink) })
  }

  #open(sink: AnswerSink): AnswerSource {
    this.#sink = sink
    this.#execution.context.scope.onCancel(() => this.#end())
    this.#watch()
    this.#pump()
    return {
      resume: () => {
        this.#takes = true
        this.#pump()
      },
      stop: (error) => this.#stop(error),
    }
  }

  /** Whoever does not read is written nothing more: it is cut as any slow reader is. */
  #watch(): void {
    const { comment } = this.#framing
    if (!comment || this.#isOver) return
    const { scope, run } = this.#execution.context
    const tell = () => {
      if (this.#takes) this.#write(comment)
      this.#watch()
    }
    this.#timer = run.clock.schedule(commentEveryMs, tell, scope)
  }

  #finish(): void {
    this.#haveStepsEnded = true
    try {
      if (this.#status === undefined) this.#openHead()
    } catch (thrown) {
      this.#mend(thrown)
      return
    }
    this.#ready.addAll()
    this.#pump()
  }

  #pump(): void {
    if (!this.#sink) return
    while (this.#takes && !this.#isOver && !this.#ready.isEmpty) this.#send(this.#ready.take())
    if (!this.#takes || this.#isOver || !this.#ready.isEmpty) return
    if (this.#haveStepsEnded) this.#closing ??= this.#whole()
    if (this.#closing) this.#close(this.#closing)
  }

  #send(index: number): void {
    const { context } = this.#execution
    const { path, print } = this.#page.members[index]!
    let value: Buffer | undefined
    try {
      value = print(context.document)
    } catch (thrown) {
      if (this.#haveStepsEnded && !this.#closing) this.#mend(thrown)
      else this.#ready.forget(index)
      return
    }
    if (value === undefined) return
    if (this.#parts++ === 0) this.#told.firstPart?.(context.run.now() - context.run.startedAt)
    if (context.span.sampled) context.span.event('tessera.stream.part', { 'tessera.stream.path': path })
    this.#write(this.#framing.part(path, value))
  }

  #write(piece: Uint8Array): void {
    if (!this.#sink!.write(piece)) this.#takes = false
  }

  /** As in the whole page the route's `catch` may mend it once; then all members go out anew. */
  #mend(thrown: unknown): void {
    const { route, context } = this.#execution
    const error = failedInResponse(thrown, context.span)
    this.#haveStepsEnded = false
    this.#ready.clear()
    if (!route.recover || this.#isMended) {
      this.#fail(error)
      return
    }
    this.#isMended = true
    const again = () => {
      this.#ready.forgetAll()
      this.#finish()
    }
    try {
      const pending = route.recover(context, error)
      if (!pending) again()
      pending?.then(again, (failed: unknown) => this.#fail(failed))
    } catch (failed) {
      this.#fail(failed)
    }
  }

  #whole(): Answer | Failure {
    try {
      return printExit(this.#execution, new Exit(this.#status!, {}, undefined))
    } catch (thrown) {
      return endWith(this.#execution, thrown)
    }
  }

  #fail(thrown: unknown): void {
    if (this.#closing) return
    this.#closing = endWith(this.#execution, thrown)
    if (this.#status === undefined) this.#answer(this.#closing)
    else this.#pump()
  }

  #stop(error: GatewayError): void {
    if (this.#isOver) return
    const { route, context } = this.#execution
    this.#ready.clear()
    this.#closing = assembleFailure(route, error, context.run.records)
    this.#close(this.#closing)
    context.scope.cancel(error)
  }

  #close(outcome: Answer | Failure): void {
    const sink = this.#sink!
    this.#end()
    for (const piece of frameEnd(outcome, this.#framing, sink.context)) sink.write(piece)
    sink.end(outcome)
  }

  #end(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }
}
