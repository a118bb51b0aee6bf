import { setImmediate } from 'node:timers/promises'
import type { Work } from '../../plan/work.ts'

/** A slice ends with the first step behind this; requests wait no longer than that and one step. */
const sliceMs = 4

/** Runs work in slices, between which the event loop turns, so that requests are served meanwhile. */
export async function runInSlices<Result>(work: Work<Result>): Promise<Result> {
  for (;;) {
    const end = performance.now() + sliceMs
    do {
      const step = work.next()
      if (step.done) return step.value
    } while (performance.now() < end)
    await setImmediate()
  }
}
