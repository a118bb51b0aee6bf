import type { Message, Sent } from '../inbox/message.ts'
import type { RunState } from '../state.ts'
import type { DurableStore } from '../store/store.ts'
import { digestOfKey, digestOfName } from './key.ts'
import {
  type Claim,
  type Delivery,
  defaultLimit,
  type NewRun,
  type Purge,
  type RunEnding,
  type RunFilter,
  type RunRecord,
  type RunRecords,
} from './record.ts'

/** On which gateways hear that something was sent to a run, by its id. */
export const inboxChannel = 'tessera_inbox'

interface Row {
  readonly id: string
  readonly route: string
  readonly plan: string
  readonly caller: string
  readonly request: string | null
  readonly state: RunState
  readonly since: Date
  readonly started_at: Date
  readonly ended_at: Date | null
  readonly answer: string | null
}

/** The records of runs in `tessera.runs` and `tessera.messages`; what clients or backends said is encrypted as the journal is. */
export class RunTable implements RunRecords {
  readonly #pool: DurableStore['pool']
  readonly #serializer: DurableStore['serializer']

  constructor({ pool, serializer }: Pick<DurableStore, 'pool' | 'serializer'>) {
    this.#pool = pool
    this.#serializer = serializer
  }

  async claim(run: NewRun): Promise<Claim> {
    const { id, route, plan, by, request = null, key, at } = run
    const digest = digestOfKey(run) ?? null
    const values = [id, route, plan, this.#seal(by), request, digest, digestOfName(key) ?? null, new Date(at)]
    for (;;) {
      const { rowCount } = await this.#pool.query(
        `INSERT INTO tessera.runs (id, route, plan, caller, request, key, key_name, state, since, started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $8) ON CONFLICT (key) DO NOTHING`,
        values,
      )
      if (rowCount) return { isNew: true }
      const { rows } = await this.#pool.query<Row & { expired: boolean }>(
        'SELECT *, coalesce(expires_at <= $2, false) AS expired FROM tessera.runs WHERE key = $1',
        [digest, new Date(at)],
      )
      const [other] = rows
      if (other && !other.expired) return { isNew: false, run: this.#read(other) }
      // What is over frees its key, whether or not it was swept.
      if (other) await this.#pool.query('UPDATE tessera.runs SET key = NULL WHERE id = $1', [other.id])
    }
  }

  async discard(id: string): Promise<void> {
    await this.#pool.query('DELETE FROM tessera.runs WHERE id = $1 AND ended_at IS NULL', [id])
  }

  async find(id: string): Promise<RunRecord | undefined> {
    const { rows } = await this.#pool.query<Row>(`SELECT * FROM tessera.runs WHERE id = $1 AND ${isKept}`, [id])
    return rows[0] && this.#read(rows[0])
  }

  async list({ states, route, before, key, behind, limit = defaultLimit }: RunFilter): Promise<readonly RunRecord[]> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT * FROM tessera.runs
       WHERE ($1::text[] IS NULL OR state = ANY($1)) AND ($2::text IS NULL OR route = $2)
         AND ($3::timestamptz IS NULL OR started_at < $3) AND ($4::text IS NULL OR key_name = $4)
         AND ($5::timestamptz IS NULL OR (started_at, id COLLATE "C") < ($5, $6)) AND ${isKept}
       ORDER BY started_at DESC, id COLLATE "C" DESC LIMIT $7`,
      [
        ...[states ?? null, route ?? null, before === undefined ? null : new Date(before), digestOfName(key) ?? null],
        ...[behind ? new Date(behind.startedAt) : null, behind?.id ?? null, limit],
      ],
    )
    return rows.map((row) => this.#read(row))
  }

  async enter(id: string, state: RunState, at: number): Promise<void> {
    await this.#pool.query('UPDATE tessera.runs SET state = $2, since = $3 WHERE id = $1 AND ended_at IS NULL', [
      ...[id, state, new Date(at)],
    ])
  }

  async end(id: string, { state, at, answer, expiresAt, keepsJournal }: RunEnding): Promise<void> {
    await this.#pool.query(
      `WITH read AS (DELETE FROM tessera.messages WHERE run = $1)
       UPDATE tessera.runs SET state = $2, since = $3, ended_at = $3, answer = $4, expires_at = $5, keeps_journal = $6
       WHERE id = $1 AND ended_at IS NULL`,
      [id, state, new Date(at), answer === undefined ? null : this.#seal(answer), new Date(expiresAt), keepsJournal],
    )
  }

  /** Its journal goes with the next sweep; who ended it may still write there. */
  async purge(id: string): Promise<Purge> {
    const { rowCount } = await this.#pool.query(
      `UPDATE tessera.runs SET expires_at = '-infinity', answer = NULL
       WHERE id = $1 AND ended_at IS NOT NULL AND ${isKept}`,
      [id],
    )
    if (rowCount) return 'purged'
    return (await this.find(id)) ? 'open' : 'unknown-run'
  }

  /** Numbers are given under the lock of the run's row: who reads one has seen all before it. */
  async send(id: string, { kind, name, body, who }: Sent, at: number): Promise<Delivery> {
    const { rows } = await this.#pool.query<{ seq: number }>(
      `WITH run AS (
         UPDATE tessera.runs SET messages = messages + 1 WHERE id = $1 AND ended_at IS NULL RETURNING id, messages
       ), sent AS (
         INSERT INTO tessera.messages (run, seq, kind, name, body, who, at)
         SELECT id, messages, $2, $3, $4, $5, $6 FROM run RETURNING run, seq
       ) SELECT seq, pg_notify($7, run) FROM sent`,
      [id, kind, name, this.#seal(body), who ?? null, new Date(at), inboxChannel],
    )
    if (rows[0]) return { seq: rows[0].seq }
    return (await this.find(id)) ? 'ended' : 'unknown-run'
  }

  async read(after: ReadonlyMap<string, number>): Promise<readonly (readonly [string, Message])[]> {
    const { rows } = await this.#pool.query(
      `SELECT message.* FROM unnest($1::text[], $2::int[]) AS known (run, seq)
       JOIN tessera.messages AS message ON message.run = known.run AND message.seq > known.seq
       ORDER BY message.run, message.seq`,
      [[...after.keys()], [...after.values()]],
    )
    return rows.map(({ run, seq, kind, name, body, who }) => [
      run,
      { seq, kind, name, body: this.#serializer.parse(body), who: who ?? undefined },
    ])
  }

  /** Runs that are over, or whose journal is wanted no more: `drop` gets rid of journals before they are forgotten. */
  async sweep(now: number, drop: (ids: string[]) => Promise<void>): Promise<void> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `SELECT id FROM tessera.runs
       WHERE ended_at < $1 AND (expires_at <= $2 OR (has_journal AND NOT keeps_journal)) LIMIT ${mostSwept}`,
      [new Date(now - settleMs), new Date(now)],
    )
    if (rows.length === 0) return
    const ids = rows.map(({ id }) => id)
    await drop(ids)
    await this.#pool.query('DELETE FROM tessera.runs WHERE id = ANY($1) AND expires_at <= $2', [ids, new Date(now)])
    await this.#pool.query('UPDATE tessera.runs SET has_journal = false WHERE id = ANY($1)', [ids])
  }

  /** Runs that were recorded, and of which nothing was heard since: whoever did it may have ended before they began. */
  async silent(now: number): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `SELECT id FROM tessera.runs WHERE state = 'pending' AND started_at < $1 ORDER BY random() LIMIT ${mostSwept}`,
      [new Date(now - silentMs)],
    )
    return rows.map(({ id }) => id)
  }

  #seal(value: unknown): string {
    return this.#serializer.stringify(value)
  }

  #read(row: Row): RunRecord {
    return {
      ...{ id: row.id, route: row.route, plan: row.plan, state: row.state },
      by: this.#serializer.parse(row.caller) as string | undefined,
      request: row.request ?? undefined,
      since: row.since.getTime(),
      startedAt: row.started_at.getTime(),
      endedAt: row.ended_at?.getTime(),
      answer: row.answer === null ? undefined : (this.#serializer.parse(row.answer) as string),
    }
  }
}

/** It was not purged. */
const isKept = "expires_at IS DISTINCT FROM '-infinity'"
const mostSwept = 1000
/** After its end is recorded a run's journal is told so. */
const settleMs = 5000
const silentMs = 60_000
