import { newSpanId } from '../telemetry/ids.ts'

const timeDigits = 12
const countDigits = 4
const mostCounted = 16 ** countDigits

/** Makes ids that sort by when they were made, by any number of replicas: 32 hex digits. */
export class RecordingIds {
  #ms = 0
  #count = 0

  next(epoch: number): string {
    // A clock that was set back makes no id that is older than the one before.
    if (epoch > this.#ms) {
      this.#ms = epoch
      this.#count = 0
    } else if (++this.#count === mostCounted) {
      this.#ms++
      this.#count = 0
    }
    const time = Math.floor(this.#ms).toString(16).padStart(timeDigits, '0')
    return `${time}${this.#count.toString(16).padStart(countDigits, '0')}${newSpanId()}`
  }
}
