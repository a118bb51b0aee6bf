import { setImmediate } from 'node:timers/promises'

/** Work in steps: between two of them whoever runs it may do something else. */
export type Work<Result> = Generator<undefined, Result, undefined>

/** Runs work in one go. */
export function runToEnd<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** Runs work a step in each turn of the event loop. `goesOn` is asked before each, and throws what ends it. */
export async function runInTurns<Result>(work: Work<Result>, goesOn?: () => void): Promise<Result> {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await setImmediate()
    goesOn?.()
  }
}
