import { Worker } from 'node:worker_threads'
import type { Answer, Client } from './client.ts'
import { readMonotonicMs } from './monotonic.ts'
import type { PaceOptions } from './pace.ts'

/** One request and what came of it. */
export interface Exchange {
  /** When it was to be sent, from the start. */
  readonly dueMs: number
  /** How much later it was sent: the client's own delay, which is in `totalMs` too. */
  readonly lateMs: number
  /** From when it was due to the last byte of its answer, or to its failure. */
  readonly totalMs: number
  readonly answer: Answer | undefined
  /** Why there is no answer. */
  readonly failure: string | undefined
}

export interface Rate {
  readonly perSecond: number
  readonly seconds: number
}

export interface ConstantLoad {
  /** Resolves when everything that was sent has ended. */
  readonly ended: Promise<void>
  /** Sends no more, and waits for what is under way. */
  stop(): Promise<void>
}

const headStartMs = 150

/**
 * Sends requests at a constant rate, whatever becomes of those before (an open loop): a server that stands still gets
 * its requests all the same, and each one's time counts from when it was due. So no delay is left out, neither of the
 * server nor of this client (coordinated omission).
 */
export function startConstantRate(
  { perSecond, seconds }: Rate,
  send: Client['send'],
  onExchange: (exchange: Exchange) => void,
): ConstantLoad {
  const stopped = new Int32Array(new SharedArrayBuffer(4))
  const startMs = readMonotonicMs() + headStartMs
  const intervalMs = 1000 / perSecond
  const workerData: PaceOptions = { stopped, startMs, intervalMs, count: Math.round(perSecond * seconds) }
  const pace = new Worker(new URL('pace.ts', import.meta.url), { workerData })
  let underWay = 0
  let isOver = false
  const ended = new Promise<void>((resolve, reject) => {
    const resolveIfDone = () => {
      if (isOver && underWay === 0) resolve()
    }
    pace.on('message', (index: number) => {
      const dueMs = index * intervalMs
      const lateMs = readMonotonicMs() - startMs - dueMs
      underWay++
      send((answer, failure) => {
        underWay--
        onExchange({ dueMs, lateMs, totalMs: readMonotonicMs() - startMs - dueMs, answer, failure })
        resolveIfDone()
      })
    })
    pace.on('error', reject)
    pace.on('exit', () => {
      isOver = true
      resolveIfDone()
    })
  })
  return {
    ended,
    stop() {
      Atomics.store(stopped, 0, 1)
      Atomics.notify(stopped, 0)
      return ended
    },
  }
}
