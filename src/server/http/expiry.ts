import type { Writable } from 'node:stream'
import type { Clock, Timer } from '../../clock.ts'
import { contained } from '../../faults.ts'
import type { ResponseHead } from '../../transports/http1/head.ts'

/** The longest time that a timer has. */
const longestMs = 2 ** 31 - 1

/**
 * A token that has ended opens nothing any more, nor does it keep open.
 * @param what is over with its `close`
 * @param expiresMs milliseconds since the epoch
 */
export function endWhenExpired(
  what: Pick<Writable, 'once' | 'destroy'>,
  expiresMs: number,
  clock: Clock,
  end: () => void,
): void {
  let timer: Timer
  const wait = () => {
    const leftMs = Math.max(0, expiresMs - clock.epoch())
    const next = () => (leftMs > longestMs ? wait() : end())
    timer = clock.schedule(Math.min(leftMs, longestMs), contained('timer', what, next))
  }
  wait()
  what.once('close', () => timer.cancel())
}

/** What has no end of its own. */
export function isOfEvents({ headers }: ResponseHead): boolean {
  return /^text\/event-stream\b/i.test(String(headers['content-type'] ?? ''))
}
