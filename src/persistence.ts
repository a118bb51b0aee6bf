import type { Clock, Timer } from './clock.ts'

/** The pause after the first failure; each one after it is twice as long, up to the longest. */
const firstPauseMs = 500
const usualLongestPauseMs = 30_000
/** However quickly a round returns, the next one is not begun before. */
const shortestPauseMs = 100

export interface PersistenceOptions {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
  /** Of the pauses; half a minute unless given. */
  readonly longestPauseMs?: number | undefined
}

/** Does something again and again, after growing pauses while it fails, until it is stopped. */
export class Persistence {
  readonly #options: PersistenceOptions
  readonly #stopping = new AbortController()
  #failures = 0

  constructor(options: PersistenceOptions) {
    this.#options = options
  }

  /** Aborted when it is stopped. */
  get signal(): AbortSignal {
    return this.#stopping.signal
  }

  /** Resolves when it is stopped. `onFailure` is told of the first failure of a series, and of none after it. */
  async keep(round: () => Promise<void>, onFailure: (reason: string) => void): Promise<void> {
    while (!this.signal.aborted) {
      try {
        await round()
        await this.pause(shortestPauseMs)
      } catch (thrown) {
        if (this.signal.aborted) return
        if (this.#failures === 0) onFailure(reasonOf(thrown))
        await this.pause(this.#nextPauseMs())
      }
    }
  }

  /** The round under way does well. True when the ones before it failed. */
  succeeded(): boolean {
    const hadFailed = this.#failures > 0
    this.#failures = 0
    return hadFailed
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** Resolves after `ms`, or when it is stopped. */
  pause(ms: number): Promise<void> {
    const { signal } = this
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      let timer: Timer | undefined
      const end = () => {
        timer?.cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      signal.addEventListener('abort', end)
      timer = this.#options.clock.schedule(ms, end)
    })
  }

  /** Half of it is random, so that gateways that lost a registry together do not come back together. */
  #nextPauseMs(): number {
    const { longestPauseMs = usualLongestPauseMs } = this.#options
    const fullMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures++)
    return fullMs * (0.5 + this.#options.random() / 2)
  }
}

/** What went wrong, as a log may hold it: the system's code and words, of a registry's answer the status alone. */
function reasonOf(thrown: unknown): string {
  const { code, message } = thrown as { code?: unknown; message?: unknown }
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ') || 'unknown'
}
