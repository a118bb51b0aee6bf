import { memory } from './memory.ts'
import type { StoreKind } from './store.ts'

/** A new store is one file and one line here. */
export const stores: ReadonlyMap<string, StoreKind> = new Map([memory].map((kind) => [kind.name, kind]))
