import { maxHeadBytes } from './answer-limits.ts'
import { findSlip, headEnd } from './http1/head.ts'
import { ReceivedBytes } from './received-bytes.ts'

/** All but 101, which no one is to pass over. */
const interim = /^HTTP\/1\.[01] 1(?!01)\d\d/
const bytesOfStatus = 'HTTP/1.1 100'.length

/**
 * The interim answers (1xx) before an answer, asked for or not: they are passed over (RFC 9110 section 15.2). undici does
 * so with most, but fails by a `100 Continue` that it has not asked for.
 */
export class InterimAnswers {
  #pending: ReceivedBytes | undefined
  #bytes = 0

  /** What stands behind them; undefined while that has not come. */
  passOver(data: Buffer): Buffer | 'too-large' | undefined {
    let rest = this.#join(data)
    while (rest.length >= bytesOfStatus && interim.test(rest.toString('latin1', 0, bytesOfStatus))) {
      const end = rest.indexOf(headEnd, 0, 'latin1')
      if (end < 0) break
      this.#bytes += end + headEnd.length
      rest = rest.subarray(end + headEnd.length)
    }
    if (this.#bytes > maxHeadBytes) return 'too-large'
    return this.#mayBeInterim(rest) ? this.#keep(rest) : rest
  }

  #join(data: Buffer): Buffer {
    if (!this.#pending) return data
    this.#pending.append(data, 0, data.length)
    return this.#pending.view()
  }

  #mayBeInterim(rest: Buffer): boolean {
    if (findSlip(rest, 0, 0, rest.length)) return false
    return rest.length < bytesOfStatus || interim.test(rest.toString('latin1', 0, bytesOfStatus))
  }

  #keep(rest: Buffer): 'too-large' | undefined {
    if (this.#bytes + rest.length > maxHeadBytes) return 'too-large'
    if (rest.length === this.#pending?.length) return undefined
    this.#pending = new ReceivedBytes()
    this.#pending.append(rest, 0, rest.length)
    return undefined
  }
}
