import type { Clock, Timer } from '../../clock.ts'
import type { JournalPool } from './pool.ts'

/** Between two attempts of listening again. */
const againMs = 1000

/**
 * Hears what is told on a channel of the database, over a connection of its own, whenever that is there. What is told
 * while it is not is missed: who listens also looks from time to time.
 */
export class Listener {
  readonly #pool: JournalPool
  readonly #channel: string
  readonly #heard: (text: string) => void
  readonly #clock: Clock
  #timer: Timer | undefined
  #leave = () => {}
  #isClosed = false

  constructor(pool: JournalPool, channel: string, clock: Clock, heard: (text: string) => void) {
    this.#pool = pool
    this.#channel = channel
    this.#clock = clock
    this.#heard = heard
    void this.#listen()
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#leave()
  }

  async #listen(): Promise<void> {
    try {
      const client = await this.#pool.connect()
      let isOver = false
      const leave = (error?: Error) => {
        if (isOver) return
        isOver = true
        client.release(error ?? true)
        if (!this.#isClosed) this.#again()
      }
      client.on('notification', ({ payload = '' }) => this.#heard(payload))
      client.on('error', leave)
      client.on('end', () => leave())
      this.#leave = () => leave()
      if (this.#isClosed) return leave()
      await client.query(`LISTEN ${this.#channel}`)
    } catch {
      if (!this.#isClosed) this.#again()
    }
  }

  #again(): void {
    this.#timer = this.#clock.schedule(againMs, () => void this.#listen())
  }
}
