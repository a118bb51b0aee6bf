const lookEveryMs = 50
/** A timer that comes later than this was held up. */
const standstillMs = 10

/**
 * How long a connection takes to be made, without the time in which this process stood still (a garbage collection, a
 * paused container): what came meanwhile is only read afterwards, so that is not the other side's.
 */
export class Connecting {
  readonly #timeoutMs: number
  readonly #onTimeout: () => void
  readonly #startedAt = performance.now()
  #dueAt = 0
  #lateMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number, onTimeout: () => void) {
    this.#timeoutMs = timeoutMs
    this.#onTimeout = onTimeout
    this.#wait(this.#startedAt)
  }

  /** For how long this process stood still so far, or until the end. */
  get lateMs(): number {
    if (this.#timer) this.#look(performance.now())
    return this.#lateMs
  }

  end(): void {
    if (!this.#timer) return
    this.#look(performance.now())
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #wait(now: number): void {
    const stepMs = Math.min(lookEveryMs, Math.max(1, this.#timeoutMs - this.#waitedMs(now)))
    this.#dueAt = now + stepMs
    this.#timer = setTimeout(() => this.#goOn(), stepMs).unref()
  }

  #goOn(): void {
    const now = performance.now()
    this.#look(now)
    if (this.#waitedMs(now) >= this.#timeoutMs) this.#onTimeout()
    else this.#wait(now)
  }

  #waitedMs(now: number): number {
    return now - this.#startedAt - this.#lateMs
  }

  /** A look that comes much later than it is due was held up. */
  #look(now: number): void {
    const lateMs = now - this.#dueAt
    if (lateMs < standstillMs) return
    this.#lateMs += lateMs
    this.#dueAt = now
  }
}
