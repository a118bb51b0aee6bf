import { randomBytes } from 'node:crypto'
import type { Summary } from '../recording.ts'
import type { HistoryStore, Page, Query, StoreParts, StoreSize, Written, WrittenPlan } from './store.ts'

/** What a summary takes beside its text, about. */
const summaryBytes = 1024
const compactAfter = 1024

interface Entry {
  readonly summary: Summary
  readonly text: Buffer
  readonly plan: string
}

/** The newest recordings, in this process. */
export class MemoryHistory implements HistoryStore {
  readonly key: Uint8Array = randomBytes(32)
  readonly #parts: StoreParts
  readonly #plans = new Map<string, { readonly text: string; users: number }>()
  /** The oldest first, from `#first` on. */
  #entries: Entry[] = []
  readonly #byId = new Map<string, Entry>()
  #first = 0
  #bytes = 0

  constructor(parts: StoreParts) {
    this.#parts = parts
  }

  add({ summary, text, plan }: Written): void {
    const entry = { summary, text: Buffer.from(text), plan: plan.name }
    if (sizeOf(entry) > this.#parts.maxBytes) {
      this.#parts.dropped('pressure')
      return
    }
    this.#entries.push(entry)
    this.#byId.set(summary.id, entry)
    this.#bytes += sizeOf(entry)
    this.#use(plan)
    this.#forget()
  }

  async list({ filter, before, limit }: Query): Promise<Page> {
    this.#forget()
    const runs: Summary[] = []
    for (let at = this.#entries.length - 1; at >= this.#first; at--) {
      const { summary } = this.#entries[at]!
      if ((before !== undefined && summary.id >= before) || !filter.test(summary)) continue
      if (runs.length === limit) return { runs, next: runs.at(-1)!.id }
      runs.push(summary)
    }
    return { runs, next: undefined }
  }

  async get(id: string) {
    this.#forget()
    const entry = this.#byId.get(id)
    return entry && { text: entry.text.toString(), plan: this.#plans.get(entry.plan)?.text }
  }

  size(): StoreSize {
    return { runs: this.#entries.length - this.#first, bytes: this.#bytes }
  }

  async close(): Promise<void> {}

  #forget(): void {
    const { maxBytes, keepMs, epoch } = this.#parts
    const since = epoch() - keepMs
    while (this.#first < this.#entries.length) {
      const oldest = this.#entries[this.#first]!
      if (this.#bytes <= maxBytes && oldest.summary.at >= since) break
      this.#bytes -= sizeOf(oldest)
      this.#byId.delete(oldest.summary.id)
      this.#release(oldest.plan)
      this.#entries[this.#first++] = undefined as unknown as Entry
    }
    if (this.#first < compactAfter) return
    this.#entries = this.#entries.slice(this.#first)
    this.#first = 0
  }

  #use({ name, text }: WrittenPlan): void {
    const plan = this.#plans.get(name)
    if (plan) plan.users++
    else {
      this.#plans.set(name, { text, users: 1 })
      this.#bytes += text.length
    }
  }

  #release(name: string): void {
    const plan = this.#plans.get(name)
    if (!plan || --plan.users > 0) return
    this.#plans.delete(name)
    this.#bytes -= plan.text.length
  }
}

function sizeOf({ text }: Entry): number {
  return text.length + summaryBytes
}
