import type { Written } from '../store.ts'
import type { ListQuery } from './database.ts'

/** What the thread of a store is asked, by a number that its answer has too. */
export interface Asked {
  readonly id: number
  readonly ask:
    | { readonly kind: 'add'; readonly batch: readonly Written[]; readonly epoch: number }
    | { readonly kind: 'plan'; readonly name: string; readonly text: string }
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
