import { memory } from './memory.ts'
import { redis } from './redis.ts'
import type { ResponseStore, StoreKind, StoreObserver, StoreTarget } from './store.ts'

/** A new store is one file and one line here. */
export const stores: ReadonlyMap<string, StoreKind> = new Map([memory, redis].map((kind) => [kind.name, kind]))

/** Opens a store. `epoch` gives milliseconds since the Unix epoch. */
export function openStore(target: StoreTarget, epoch: () => number, observer: StoreObserver): ResponseStore {
  return stores.get(target.kind)!.open(target, epoch, observer)
}
