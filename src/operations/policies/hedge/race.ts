import type { CallRequest } from '../../../calls/call.ts'
import { type Layer, type LayerResponse, OngoingCall } from '../../../calls/layer.ts'
import type { PolicyParts } from '../../../calls/policy.ts'
import type { Timer } from '../../../clock.ts'
import { isTimedOut } from '../../../endpoints/verdict.ts'
import { GatewayError } from '../../../errors.ts'
import type { HedgePolicy } from './shape.ts'

export type RaceParts = Pick<PolicyParts, 'clock' | 'events' | 'retryBudget'>

export interface RaceOptions {
  readonly parts: RaceParts
  readonly policy: HedgePolicy
  /** How long the first may wait for its answer before another is sent. */
  readonly delayMs: number
  readonly next: Layer
  readonly request: CallRequest
  readonly call: OngoingCall
  /** Told of the first when the time that it took so far says how long answers take. */
  readonly observe: (first: OngoingCall) => void
}

/**
 * A call and those sent beside it. Each runs in a scope of its own. The first answer wins, and the others are cancelled
 * in the same turn. While the first waits others may begin; once an attempt of it has failed that is a retry's business
 * and none does. A hedge that fails is forgotten; when all have failed the first one's error is told.
 */
export class Race {
  readonly #options: RaceOptions
  readonly #runners: OngoingCall[] = []
  #running = 0
  #isOver = false
  #firstError: unknown
  #timer: Timer | undefined
  #resolve!: (response: LayerResponse) => void
  #reject!: (thrown: unknown) => void

  constructor(options: RaceOptions) {
    this.#options = options
  }

  run(): Promise<LayerResponse> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#start()
      if (!this.#isOver) this.#wait()
    })
  }

  #start(): void {
    const { next, request, call } = this.#options
    const { document, deadline, budgetMs, scope, span, propagation } = call.context
    const runner = new OngoingCall({ document, deadline, budgetMs, scope: scope.child(), span, propagation })
    runner.isHedge = this.#runners.length > 0
    runner.endpoint = (this.#runners.at(-1) ?? call).endpoint
    this.#runners.push(runner)
    this.#running++
    next(request, runner).then(
      (response) => this.#won(runner, response),
      (thrown: unknown) => this.#failed(runner, thrown),
    )
  }

  #wait(): void {
    const { parts, delayMs, call } = this.#options
    this.#timer = parts.clock.schedule(delayMs, () => this.#hedge(), call.context.scope)
  }

  #hedge(): void {
    const { parts, policy, delayMs, call } = this.#options
    const { events, retryBudget } = parts
    if (this.#runners[0]!.failures > 0) return
    if (!retryBudget.withdraw()) {
      events.count('no-budget')
      return
    }
    events.trace(call.context.span, { after_ms: Math.round(delayMs * this.#runners.length) })
    this.#start()
    if (this.#runners.length <= policy.max) this.#wait()
  }

  #won(runner: OngoingCall, response: LayerResponse): void {
    if (this.#isOver) return
    const [first] = this.#runners
    if (first!.failures === 0 && this.#firstError === undefined) this.#options.observe(first!)
    if (this.#runners.length > 1) this.#options.parts.events.count(runner === first ? 'lost' : 'won')
    const attempts = this.#end()
    // Made by the attempt that won, for nobody else.
    if (this.#runners.length > 1) (response as { attempts: number }).attempts = attempts
    this.#resolve(response)
  }

  #failed(runner: OngoingCall, thrown: unknown): void {
    if (this.#isOver) return
    this.#running--
    if (runner === this.#runners[0]) {
      this.#firstError = thrown
      this.#timer?.cancel()
      if (isTimedOut(thrown)) this.#options.observe(runner)
    }
    if (this.#running > 0) return
    if (this.#firstError === undefined) return
    if (this.#runners.length > 1) this.#options.parts.events.count('lost')
    this.#end()
    this.#reject(this.#firstError)
  }

  /** Cancels whoever still runs. Gives how often a backend was asked. */
  #end(): number {
    this.#isOver = true
    this.#timer?.cancel()
    const { call } = this.#options
    let overtaken: GatewayError | undefined
    for (const { context, attempts } of this.#runners) {
      if (this.#running > 0) {
        overtaken ??= new GatewayError('cancelled', { detail: 'another attempt answered first' })
        context.scope.cancel(overtaken)
      }
      context.scope.close()
      call.attempts += attempts
    }
    return call.attempts
  }
}
