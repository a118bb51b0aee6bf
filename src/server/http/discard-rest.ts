import type { Readable } from 'node:stream'

/** Who sends nothing for so long waits for us to close. Both as nginx has them (lingering_timeout, lingering_time). */
const silentMs = 5000
/** Whatever still comes, a connection is held for it no longer. */
const mostMs = 30_000

/** Throws away what still comes; calls back once, when there is no more, or it was waited for long enough. */
export function discardRest(rest: Readable, then: () => void): void {
  const over = () => {
    clearTimeout(silence)
    clearTimeout(most)
    rest.off('data', moved).off('end', over).off('close', over)
    then()
  }
  const silence = setTimeout(over, silentMs).unref()
  const most = setTimeout(over, mostMs).unref()
  const moved = () => void silence.refresh()
  rest.on('data', moved).once('end', over).once('close', over)
  rest.resume()
}
