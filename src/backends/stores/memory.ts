import type { ResponseStore, StoredResponse, StoreKind } from './store.ts'

/** What an entry takes besides its text: objects, map slot, key. */
const entryOverheadBytes = 300

/** In this process; when it is full, what was used longest ago goes first. An answer over a tenth of it is not kept. */
export class MemoryStore implements ResponseStore {
  readonly #maxBytes: number
  readonly #entries = new Map<string, { response: StoredResponse; bytes: number }>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** An estimate from above of what is held. */
  get bytes(): number {
    return this.#bytes
  }

  get(key: string): StoredResponse | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.response
  }

  set(key: string, response: StoredResponse): void {
    this.#delete(key)
    const bytes = sizeOf(key, response)
    if (bytes > this.#maxBytes / 10) return
    this.#entries.set(key, { response, bytes })
    this.#bytes += bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break
      this.#delete(oldest)
    }
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
  }
}

/** Two bytes a character, the most that a string takes. */
function sizeOf(key: string, { headers, text }: StoredResponse): number {
  let characters = key.length + (text?.length ?? 0)
  for (const name in headers) characters += name.length + String(headers[name]).length
  return 2 * characters + entryOverheadBytes
}

export const memory: StoreKind = {
  name: 'memory',
  summary: 'In the memory of this process, bounded in bytes, least recently used first out',
  open: ({ maxBytes }) => new MemoryStore(maxBytes),
}
