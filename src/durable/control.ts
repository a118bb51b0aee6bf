import { GatewayError } from '../errors.ts'
import type { Mailbox } from './inbox/mailbox.ts'
import type { Batch } from './log/entry.ts'

/** What whoever steers a run may send to it; each is told in its turn, as all that happens to a run is. */
export const commands = ['pause', 'resume', 'cancel'] as const

export type Command = (typeof commands)[number]

/** Whether a run may go on, as whoever steers it has said last. */
export class Control {
  /** Resolved unless it stands still. */
  #goes = Promise.withResolvers<void>()
  #isPaused = false
  /** Whether it stood still when its gateway ended, and what it was told of that is not told again. */
  #stoodStill = false
  #inFlight = 0
  #isCancelled = false
  #isRaised = false
  #stepsAreOver = false
  readonly #raised = Promise.withResolvers<never>()
  readonly #onRaised: (reason: GatewayError) => void

  /** @param raised told when the run is to be undone: none of its calls is under way then */
  constructor(mailbox: Mailbox, past: readonly Batch[], raised: (reason: GatewayError) => void) {
    this.#onRaised = raised
    this.#raised.promise.catch(() => {})
    let left = 0
    for (const entry of past.flat()) {
      if (entry.kind !== 'received' || !isCommand(entry.message.kind)) continue
      this.#stoodStill = entry.message.kind === 'pause'
      left += 1
    }
    for (const command of commands)
      mailbox.on(command, () => {
        left -= 1
        // What is told again leaves it as it stood in the end.
        if (left < 0) this.#stoodStill = command === 'pause'
        this.#obey(command)
      })
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** From then on nothing is told to its steps: they stay where they are. */
  get isCancelled(): boolean {
    return this.#isCancelled
  }

  /** Whether that is what it came to: who cancels a run whose steps are over comes too late. */
  get isRaised(): boolean {
    return this.#isRaised
  }

  /** Whether something is not to go out yet. `isAgain`: it was under way when the gateway ended, and would be sent once more. */
  holds(isAgain: boolean): boolean {
    return this.#isPaused || (isAgain && this.#stoodStill)
  }

  /** Resolves when the run goes on, if it stands still. */
  async goesOn(isAgain = false): Promise<void> {
    while (this.holds(isAgain)) await this.#goes.promise
  }

  /** A call is under way, until `ended`. */
  began(): void {
    this.#inFlight += 1
  }

  ended(): void {
    this.#inFlight -= 1
    this.#raiseAtRest()
  }

  /** What the steps come to; or the error of whoever cancels the run before: none of its handlers sees it. */
  async untilCancelled<Value>(steps: Promise<Value>): Promise<Value> {
    try {
      return await Promise.race([steps, this.#raised.promise])
    } finally {
      this.#stepsAreOver = true
    }
  }

  #obey(command: Command): void {
    this.#isPaused = command === 'pause'
    if (!this.#isPaused) {
      this.#goes.resolve()
      this.#goes = Promise.withResolvers()
    }
    if (command !== 'cancel' || this.#stepsAreOver) return
    this.#isCancelled = true
    this.#raiseAtRest()
  }

  #raiseAtRest(): void {
    if (!this.#isCancelled || this.#isRaised || this.#inFlight > 0) return
    this.#isRaised = true
    const reason = new GatewayError('cancelled', { title: 'Somebody cancelled the run', status: 409 })
    this.#raised.reject(reason)
    this.#onRaised(reason)
  }
}

function isCommand(kind: string): kind is Command {
  return (commands as readonly string[]).includes(kind)
}

/** What comes of a step of a run that was cancelled. */
export function never(): Promise<never> {
  return new Promise(() => {})
}
