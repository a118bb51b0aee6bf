/** A thread that says when the next request is due, to within a tenth of a millisecond, where a timer takes a whole one. */
import { parentPort, workerData } from 'node:worker_threads'
import { readMonotonicMs } from './monotonic.ts'

const { stopped, startMs, intervalMs, count } = workerData as PaceOptions

export interface PaceOptions {
  /** One cell; anything but 0 ends the thread. */
  readonly stopped: Int32Array
  readonly startMs: number
  readonly intervalMs: number
  readonly count: number
}

for (let index = 0; index < count; index++) {
  for (let leftMs = 1; leftMs > 0; ) {
    leftMs = startMs + index * intervalMs - readMonotonicMs()
    if (leftMs > 0) Atomics.wait(stopped, 0, 0, leftMs)
    if (Atomics.load(stopped, 0) !== 0) break
  }
  if (Atomics.load(stopped, 0) !== 0) break
  parentPort!.postMessage(index)
}
