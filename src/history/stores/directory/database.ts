import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Condition } from '../../filter.ts'
import type { Summary } from '../../recording.ts'
import { columns, idAt, rowOf } from '../row.ts'
import type { Page, StoreSize, Written, WrittenPlan } from '../store.ts'

export interface DatabaseOptions {
  readonly file: string
  readonly keepMs: number
  readonly maxBytes: number
  /** Of the file; as the disk allows unless given. */
  readonly mostPages?: number | undefined
}

export interface ListQuery {
  readonly conditions: readonly Condition[]
  readonly before: string | undefined
  readonly limit: number
}

/** A recording, which names its plan. */
export interface Row extends Pick<Written, 'summary' | 'text'> {
  readonly plan: string
}

/** Recordings in a file of SQLite, in whatever thread: everything here waits for the disk. */
export class HistoryDatabase {
  readonly #database: DatabaseSync
  readonly #options: DatabaseOptions
  readonly #insert: StatementSync
  readonly #insertText: StatementSync
  readonly #statements = new Map<string, StatementSync>()

  /** @throws Error of SQLite where the file cannot be opened */
  constructor(options: DatabaseOptions) {
    this.#options = options
    const database = new DatabaseSync(options.file)
    this.#database = database
    // What is deleted gives its room back to the disk.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = NORMAL')
    if (options.mostPages !== undefined) database.exec(`PRAGMA max_page_count = ${options.mostPages}`)
    database.exec(
      `CREATE TABLE IF NOT EXISTS runs (${columns.map((column) => column.join(' ')).join(', ')}) WITHOUT ROWID`,
    )
    database.exec('CREATE TABLE IF NOT EXISTS texts (id TEXT PRIMARY KEY, summary TEXT, text TEXT, plan TEXT)')
    database.exec('CREATE TABLE IF NOT EXISTS plans (name TEXT PRIMARY KEY, text TEXT)')
    for (const column of ['route', 'outcome', 'trace'])
      database.exec(`CREATE INDEX IF NOT EXISTS runs_by_${column} ON runs (${column}, id)`)
    this.#insert = database.prepare(`INSERT OR REPLACE INTO runs VALUES (${columns.map(() => '?').join(', ')})`)
    this.#insertText = database.prepare('INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?)')
  }

  /** All of them or, where that cannot be, none. Gives the names of plans that no recording has any more. */
  add(batch: readonly Row[], plans: readonly WrittenPlan[], epoch: number): string[] {
    this.#inOneGo(() => {
      const addPlan = this.#prepare('INSERT OR REPLACE INTO plans VALUES (?, ?)')
      for (const { name, text } of plans) addPlan.run(name, text)
      for (const written of batch) {
        this.#insert.run(...rowOf(written))
        this.#insertText.run(written.summary.id, JSON.stringify(written.summary), written.text, written.plan)
      }
    })
    return this.#forget(epoch)
  }

  list({ conditions, before, limit }: ListQuery, epoch: number): Page {
    const since = idAt(epoch - this.#options.keepMs)
    const all = [{ sql: 'id >= ?', values: [since] }, ...conditions]
    if (before !== undefined) all.push({ sql: 'id < ?', values: [before] })
    const where = all.map(({ sql }) => `(${sql})`).join(' AND ')
    const found = this.#prepare(`SELECT id FROM runs WHERE ${where} ORDER BY id DESC LIMIT ?`).all(
      ...all.flatMap(({ values }) => values),
      limit + 1,
    ) as { id: string }[]
    const summaryOf = this.#prepare('SELECT summary FROM texts WHERE id = ?')
    const runs = found.slice(0, limit).map(({ id }) => {
      const row = summaryOf.get(id) as { summary: string }
      return JSON.parse(row.summary) as Summary
    })
    return { runs, next: found.length > limit ? runs.at(-1)?.id : undefined }
  }

  get(id: string) {
    const row = this.#prepare(
      'SELECT texts.text, plans.text AS plan FROM texts LEFT JOIN plans ON plans.name = texts.plan WHERE id = ?',
    ).get(id) as { text: string; plan: string | null } | undefined
    return row && { text: row.text, plan: row.plan ?? undefined }
  }

  size(): StoreSize {
    const { runs } = this.#prepare('SELECT count(*) AS runs FROM texts').get() as { runs: number }
    return { runs, bytes: this.#bytes() }
  }

  close(): void {
    this.#database.close()
  }

  /** The oldest go: those that are too old, and then so many that the others have room. */
  #forget(epoch: number): string[] {
    const forgotten = this.#deleteBefore(idAt(epoch - this.#options.keepMs))
    while (this.#bytes() > this.#options.maxBytes) {
      const oldest = this.#prepare('SELECT id FROM runs ORDER BY id LIMIT 1 OFFSET 64').get() as
        | { id: string }
        | undefined
      if (!oldest) break
      forgotten.push(...this.#deleteBefore(oldest.id))
    }
    return forgotten
  }

  #deleteBefore(id: string): string[] {
    if (!this.#prepare('SELECT 1 FROM runs WHERE id < ? LIMIT 1').get(id)) return []
    let plans: Record<string, unknown>[] = []
    this.#inOneGo(() => {
      for (const table of ['runs', 'texts']) this.#prepare(`DELETE FROM ${table} WHERE id < ?`).run(id)
      plans = this.#prepare('DELETE FROM plans WHERE name NOT IN (SELECT plan FROM texts) RETURNING name').all()
    })
    this.#database.exec('PRAGMA incremental_vacuum')
    return plans.map(({ name }) => String(name))
  }

  #bytes(): number {
    const read = (name: string) => Object.values(this.#prepare(`PRAGMA ${name}`).get() as object)[0] as number
    return (read('page_count') - read('freelist_count')) * read('page_size')
  }

  #inOneGo(change: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      change()
      this.#database.exec('COMMIT')
    } catch (error) {
      // A disk that is full has ended it already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      if (this.#statements.size < 200) this.#statements.set(sql, statement)
    }
    return statement
  }
}
