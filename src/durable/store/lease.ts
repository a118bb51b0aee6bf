import type { Pool } from 'pg'
import type { Clock, Timer } from '../../clock.ts'
import { reasonOf } from './pool.ts'

const leaseMs = 5000
const renewMs = 1000
/** For what is done with the runs of one that is gone: its lease is locked meanwhile. */
const takeOverMs = 60_000

export interface LeaseOptions {
  /** As DBOS knows this process: another one for each. */
  readonly executor: string
  readonly clock: Clock
  /** Hands the open runs of an executor that is gone to whoever takes them. Done again when this process ends meanwhile. */
  readonly takeOver: (executor: string) => Promise<void>
  readonly warn: (message: string) => void
}

/**
 * The right of this process to execute its runs. It has it for 5 s from the last time that it renewed it, by its own
 * clock, which began before the database's: so it knows that it has lost it before anybody else takes them.
 */
export class Lease {
  readonly #pool: Pool
  readonly #options: LeaseOptions
  #heldUntil = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined
  #round: Promise<void> = Promise.resolve()
  #isClosed = false
  #isFailing = false

  private constructor(pool: Pool, options: LeaseOptions) {
    this.#pool = pool
    this.#options = options
  }

  static async hold(pool: Pool, options: LeaseOptions): Promise<Lease> {
    const lease = new Lease(pool, options)
    await lease.#renew()
    lease.#next()
    return lease
  }

  /** Whether it may act for its runs. Asked right before a call goes out; without it, somebody else may do so. */
  get isHeld(): boolean {
    return this.#options.clock.now() < this.#heldUntil
  }

  /** Gives it up, so that others take at once what is left. */
  async giveUp(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#round
    this.#heldUntil = Number.NEGATIVE_INFINITY
    const { executor } = this.#options
    await this.#pool
      .query(`UPDATE tessera.leases SET expires_at = '-infinity' WHERE executor = $1`, [executor])
      // It expires by itself.
      .catch(() => {})
  }

  #next(): void {
    if (this.#isClosed) return
    this.#timer = this.#options.clock.schedule(renewMs, () => {
      this.#round = this.#turn().finally(() => this.#next())
    })
  }

  async #turn(): Promise<void> {
    const { warn, executor } = this.#options
    try {
      await this.#renew()
      if (this.#isFailing) warn(`the lease of ${executor} is renewed again`)
      this.#isFailing = false
      while (!this.#isClosed && (await this.#takeOver())) await this.#renew()
    } catch (thrown) {
      if (!this.#isFailing) warn(`the lease of durable runs is not renewed: ${reasonOf(thrown)}`)
      this.#isFailing = true
    }
  }

  async #renew(): Promise<void> {
    const { clock, executor } = this.#options
    const asked = clock.now()
    await this.#pool.query(
      `INSERT INTO tessera.leases VALUES ($1, clock_timestamp() + $2 * interval '1 ms')
       ON CONFLICT (executor) DO UPDATE SET expires_at = EXCLUDED.expires_at`,
      [executor, leaseMs],
    )
    this.#heldUntil = asked + leaseMs
  }

  /** Of one executor that is gone; false when there is none. Its lease goes when its runs are in other hands. */
  async #takeOver(): Promise<boolean> {
    const client = await this.#pool.connect()
    let failure: Error | undefined
    try {
      await client.query('BEGIN')
      await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${takeOverMs}`)
      const { rows } = await client.query<{ executor: string }>(
        `SELECT executor FROM tessera.leases WHERE expires_at < clock_timestamp() AND executor <> $1
         LIMIT 1 FOR UPDATE SKIP LOCKED`,
        [this.#options.executor],
      )
      const gone = rows[0]?.executor
      if (gone !== undefined) {
        await this.#options.takeOver(gone)
        await client.query('DELETE FROM tessera.leases WHERE executor = $1', [gone])
      }
      await client.query('COMMIT')
      return gone !== undefined
    } catch (thrown) {
      failure = thrown as Error
      throw thrown
    } finally {
      // What it was in the middle of ends with the connection.
      client.release(failure)
    }
  }
}
