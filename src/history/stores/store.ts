import type { Filter } from '../filter.ts'
import type { Summary } from '../recording.ts'

/** A recording on its way into a store: what lists show, and all of it as JSON. */
export interface Written {
  readonly summary: Summary
  readonly text: string
  readonly plan: WrittenPlan
}

/** What is the same for many recordings: it is kept once, by its name, as long as one of them is. */
export interface WrittenPlan {
  readonly name: string
  readonly text: string
}

export interface Page {
  readonly runs: readonly Summary[]
  /** Where to go on; undefined where nothing older is known. */
  readonly next: string | undefined
}

/** What a store is asked for: the newest first, older than `before`. */
export interface Query {
  readonly filter: Filter
  readonly before: string | undefined
  readonly limit: number
}

/** Why a recording was not kept. */
export type Dropped = 'overload' | 'pressure' | 'store' | 'failed'

export interface StoreSize {
  readonly runs: number
  readonly bytes: number
}

/** Where recordings are kept, for so long and no more than so much. */
export interface HistoryStore {
  /** By which tokens are made: the same as long as the recordings are. */
  readonly key: Uint8Array
  /** Takes a recording over, or drops it: never throws, and nobody waits. */
  add(written: Written): void
  list(query: Query): Promise<Page>
  /** The recording as JSON, and what is the same for many. */
  get(id: string): Promise<{ readonly text: string; readonly plan: string | undefined } | undefined>
  size(): StoreSize
  /** Writes what is left, for at most so long. */
  close(timeoutMs: number): Promise<void>
}

/** What every store is opened with. */
export interface StoreParts {
  readonly keepMs: number
  readonly maxBytes: number
  /** Of a file, for tests of a disk that is full. */
  readonly mostPages?: number | undefined
  readonly epoch: () => number
  readonly dropped: (why: Dropped, count?: number) => void
  /** Tells operators of a change, once. */
  readonly tell: (level: 'info' | 'warn', message: string) => void
}
