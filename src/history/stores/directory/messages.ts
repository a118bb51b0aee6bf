import type { StoreSize, WrittenPlan } from '../store.ts'
import type { ListQuery, Row } from './database.ts'

/** What the thread of a store is asked, by a number that its answer has too. */
export interface Asked {
  readonly id: number
  readonly ask:
    | {
        readonly kind: 'add'
        readonly batch: readonly Row[]
        readonly plans: readonly WrittenPlan[]
        readonly epoch: number
      }
    | { readonly kind: 'list'; readonly query: ListQuery; readonly epoch: number }
    | { readonly kind: 'get'; readonly run: string }
    | { readonly kind: 'size' }
    | { readonly kind: 'close' }
}

export interface Answered {
  readonly id: number
  readonly value?: unknown
  /** In the words of SQLite. */
  readonly error?: string
}

/** What came of an `add`. */
export interface Added {
  readonly size: StoreSize
  /** Names of plans that no recording has any more. */
  readonly forgotten: readonly string[]
}
