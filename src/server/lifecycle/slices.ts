import { setImmediate } from 'node:timers/promises'
import type { Work } from '../../plan/work.ts'

/** A slice ends with the first step behind this; requests wait no longer than that and one step. */
const sliceMs = 4
/** So many times what a slice took is left to all else before the next: a tenth of a busy loop is its share. */
const restSlices = 9
/** A turn of the loop that takes no longer found nobody waiting for it. */
const idleTurnMs = 1

/**
 * Runs work in slices, as the least that the process has to do: between two of them it gives way to requests for as long as
 * there are any, but for so long only that it ends under any load.
 * @param now Monotonic milliseconds.
 */
export async function runInSlices<Result>(work: Work<Result>, now = () => performance.now()): Promise<Result> {
  for (;;) {
    const beganAt = now()
    let step: IteratorResult<undefined, Result>
    do step = work.next()
    while (!step.done && now() - beganAt < sliceMs)
    await giveWay(restSlices * (now() - beganAt), now)
    if (step.done) return step.value
  }
}

/** Lets the loop turn until a turn shows that nothing waits: the next is due at once, so all that it takes is work of others. */
async function giveWay(mostMs: number, now: () => number): Promise<void> {
  const beganAt = now()
  for (let turnedAt = beganAt, turnMs = Number.POSITIVE_INFINITY; turnMs > idleTurnMs; ) {
    await setImmediate()
    if (now() - beganAt >= mostMs) return
    turnMs = now() - turnedAt
    turnedAt += turnMs
  }
}
