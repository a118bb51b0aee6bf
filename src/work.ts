/** Work in steps: between two of them whoever runs it may do something else. */
export type Work<Result> = Generator<undefined, Result, undefined>

/** Runs work in one go. */
export function runToEnd<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}
