import { LRUCache } from 'lru-cache'
import {
  type Lookup,
  type PurgeTarget,
  type ResponseStore,
  type StoredResponse,
  type StoreKey,
  type StoreKind,
  type StoreObserver,
  unobserved,
} from './store.ts'

interface Entry {
  readonly key: StoreKey
  readonly response: StoredResponse
  readonly expiresAt: number
}

/** Of so many URIs it is known when they were forgotten last. */
const mostForgotten = 10_000

/** What an entry takes besides its bytes: objects, map slot, key. */
const entryOverheadBytes = 400

/** In this process; when it is full, what was used longest ago goes first. An answer over a tenth of it is not kept. */
export class MemoryStore implements ResponseStore {
  readonly #entries: LRUCache<string, Entry>
  readonly #epoch: () => number
  readonly #observer: StoreObserver
  readonly #byUri = new Map<string, Set<string>>()
  /** URIs that were forgotten, and by which purge. */
  readonly #forgotten: LRUCache<string, number>
  #purges = 0
  /** The last purge that counts for everything. */
  #lastOfAll = 0

  /** `epoch` gives milliseconds since the Unix epoch. */
  constructor(maxBytes: number, epoch: () => number, observer: StoreObserver = unobserved) {
    this.#epoch = epoch
    this.#observer = observer
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.max(1, Math.floor(maxBytes / 10)),
      sizeCalculation: sizeOf,
      dispose: ({ key }, digest, reason) => {
        if (reason === 'evict') observer.evicted()
        this.#leaveUri(key, digest)
      },
    })
    this.#forgotten = new LRUCache({
      max: mostForgotten,
      dispose: (purge, _uri, reason) => {
        if (reason === 'evict') this.#lastOfAll = Math.max(this.#lastOfAll, purge)
      },
    })
  }

  /** An estimate from above of what is held. */
  get bytes(): number {
    return this.#entries.calculatedSize
  }

  get({ digest }: StoreKey): Lookup {
    const entry = this.#entries.get(digest)
    const generation = String(this.#purges)
    if (!entry) return { response: undefined, generation }
    if (this.#epoch() < entry.expiresAt) return { response: entry.response, generation }
    this.#entries.delete(digest)
    this.#tell()
    return { response: undefined, generation }
  }

  /**
   * What was fetched before a purge is not kept, whatever was purged: it is fetched again, and purges are rare. Those of
   * one URI are not, and count for that one.
   */
  set(key: StoreKey, response: StoredResponse, keepMs: number, generation = String(this.#purges)): void {
    const { digest, uri } = key
    if (keepMs <= 0 || Number(generation) < this.#lastPurgeOf(uri)) return
    this.#entries.set(digest, { key, response: holdAlone(response), expiresAt: this.#epoch() + keepMs })
    if (uri !== undefined && this.#entries.has(digest)) {
      const same = this.#byUri.get(uri)
      if (same) same.add(digest)
      else this.#byUri.set(uri, new Set([digest]))
    }
    this.#tell()
  }

  purge(target: PurgeTarget): Promise<boolean> {
    this.#purges++
    if (target.kind === 'uri') {
      this.#forgotten.set(target.uri, this.#purges)
      for (const digest of [...(this.#byUri.get(target.uri) ?? [])]) this.#entries.delete(digest)
    } else {
      this.#lastOfAll = this.#purges
      for (const [digest, { key }] of this.#entries.entries()) if (isMeant(key, target)) this.#entries.delete(digest)
    }
    this.#tell()
    return Promise.resolve(true)
  }

  async close(): Promise<void> {
    this.#entries.clear()
  }

  #lastPurgeOf(uri: string | undefined): number {
    return Math.max(this.#lastOfAll, (uri !== undefined && this.#forgotten.get(uri)) || 0)
  }

  #leaveUri({ uri }: StoreKey, digest: string): void {
    const same = uri === undefined ? undefined : this.#byUri.get(uri)
    same?.delete(digest)
    if (same?.size === 0) this.#byUri.delete(uri!)
  }

  #tell(): void {
    this.#observer.size(this.#entries.calculatedSize, this.#entries.size)
  }
}

function isMeant(key: StoreKey, target: Exclude<PurgeTarget, { kind: 'uri' }>): boolean {
  switch (target.kind) {
    case 'all':
      return true
    case 'service':
      return key.service === target.service && (target.operation ?? key.operation) === key.operation
    case 'entry':
      return key.digest === target.digest
  }
}

/** Two bytes a character of text, the most that a string takes. */
function sizeOf({ key, response: { headers, bytes } }: Entry): number {
  let characters = key.digest.length + 2 * (key.uri?.length ?? 0)
  for (const name in headers) characters += name.length + String(headers[name]).length
  return 2 * characters + (bytes?.length ?? 0) + entryOverheadBytes
}

/** Small buffers share memory: what is kept long must not hold on to that of its neighbors. */
function holdAlone(response: StoredResponse): StoredResponse {
  const { bytes } = response
  if (!bytes || bytes.buffer.byteLength === bytes.length) return response
  return { ...response, bytes: Uint8Array.prototype.slice.call(bytes) }
}

export const memory: StoreKind = {
  name: 'memory',
  summary: 'In the memory of this process, bounded in bytes, least recently used first out',
  open(target, epoch, observer) {
    if (target.kind !== 'memory') throw new Error('not a store in memory')
    return new MemoryStore(target.maxBytes, epoch, observer)
  },
}
