import { priorities } from '../../src/admission/policy.ts'
import type { Clock, Timer } from '../../src/clock.ts'
import type { Overload } from '../../src/server/overload/overload.ts'

/** An event loop whose time passes only by work: real turns, in which timers fire once they are due. */
export class BusyLoop implements Clock {
  #now = 1000
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>()

  now(): number {
    return this.#now
  }

  epoch(): number {
    return this.#now
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.add(timer)
    return { cancel: () => void this.#timers.delete(timer) }
  }

  get pending(): number {
    return this.#timers.size
  }

  /** Something takes its time. */
  work(ms: number): void {
    this.#now += ms
  }

  /** Fires what is due, then lets one turn go by. */
  async turn(): Promise<void> {
    for (const timer of [...this.#timers]) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue
      timer.callback()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** By class, as in `priorities`. */
export interface Served {
  readonly answered: number[]
  readonly shed: number[]
  /** Whose turn did not come in time. */
  readonly refused: number[]
  /** Longest wait of one that was answered. */
  readonly waitedMs: number[]
  /** Longest turn. */
  turnMs: number
}

export interface Load {
  readonly forMs: number
  /** Requests a second of each class, and how much of the loop's time one takes. */
  readonly perSecond: readonly number[]
  readonly takesMs: number
}

/** Sends requests at constant rates, whatever becomes of those before. */
export async function send(loop: BusyLoop, overload: Overload, { forMs, perSecond, takesMs }: Load): Promise<Served> {
  const zeros = () => priorities.map(() => 0)
  const served: Served = { answered: zeros(), shed: zeros(), refused: zeros(), waitedMs: zeros(), turnMs: 0 }
  const came = zeros()
  const beganAt = loop.now()
  const begin = (priority: number, dueAt: number) => () => {
    served.answered[priority]!++
    served.waitedMs[priority] = Math.max(served.waitedMs[priority]!, loop.now() - dueAt)
    loop.work(takesMs)
  }
  while (loop.now() - beganAt < forMs) {
    const turnBeganAt = loop.now()
    for (let priority = 0; priority < perSecond.length; priority++) {
      for (; came[priority]! <= ((turnBeganAt - beganAt) * perSecond[priority]!) / 1000 - 1; came[priority]!++) {
        const run = begin(priority, beganAt + (came[priority]! * 1000) / perSecond[priority]!)
        if (!overload.isBusy) run()
        else if (overload.sheds(priority)) served.shed[priority]!++
        else overload.begin(priority, run, () => served.refused[priority]!++)
      }
    }
    await loop.turn()
    served.turnMs = Math.max(served.turnMs, loop.now() - turnBeganAt)
    if (loop.now() === turnBeganAt) loop.work(1)
  }
  return served
}
