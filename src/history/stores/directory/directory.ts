import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { HistoryStore, Page, Query, StoreParts, StoreSize, Written, WrittenPlan } from '../store.ts'
import type { DatabaseOptions } from './database.ts'
import type { Added, Answered, Asked } from './messages.ts'

/** What may wait for the disk. */
const mostWaiting = 16 * 1024 * 1024
const mostInBatch = 256
const keyBytes = 32

/** Recordings in a directory, which one gateway has: a file of SQLite, written in a thread of its own. */
export class DirectoryHistory implements HistoryStore {
  readonly key: Uint8Array
  readonly #parts: StoreParts
  readonly #worker: Worker
  readonly #waiting = new Map<number, { done(value: unknown): void; failed(error: Error): void }>()
  /** Names of those that are kept. */
  readonly #plans = new Set<string>()
  #queue: Written[] = []
  #bytes = 0
  #isWriting = false
  #isTrouble = false
  #hasEnded = false
  #asked = 0
  #size: StoreSize = { runs: 0, bytes: 0 }

  private constructor(key: Uint8Array, worker: Worker, parts: StoreParts) {
    this.key = key
    this.#worker = worker
    this.#parts = parts
    worker.on('message', (answered: Answered) => this.#answered(answered))
    worker.on('error', (error: unknown) => this.#end(error as Error))
    worker.on('exit', () => this.#end(new Error('the thread of the store has ended')))
  }

  /** Rejects with an Error that says why where the directory cannot be used. */
  static async open(directory: string, parts: StoreParts): Promise<DirectoryHistory> {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const { keepMs, maxBytes, mostPages } = parts
    const workerData: DatabaseOptions = { file: join(directory, 'history.sqlite'), keepMs, maxBytes, mostPages }
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    const store = new DirectoryHistory(readKey(join(directory, 'key')), worker, parts)
    store.#size = await store.#ask<StoreSize>({ kind: 'size' })
    worker.unref()
    return store
  }

  add(written: Written): void {
    const { dropped } = this.#parts
    if (this.#hasEnded) dropped('store')
    else if (this.#bytes + written.text.length > mostWaiting) dropped('pressure')
    else {
      this.#queue.push(written)
      this.#bytes += written.text.length
      if (!this.#isWriting) void this.#write()
    }
  }

  async list({ filter: { conditions }, before, limit }: Query): Promise<Page> {
    const plain = conditions.map(({ sql, values }) => ({ sql, values }))
    return this.#ask({ kind: 'list', query: { conditions: plain, before, limit }, epoch: this.#parts.epoch() })
  }

  get(id: string) {
    return this.#ask<Awaited<ReturnType<HistoryStore['get']>>>({ kind: 'get', run: id })
  }

  size(): StoreSize {
    return this.#size
  }

  async close(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs
    while (this.#isWriting && !this.#hasEnded && performance.now() < end) await new Promise(setImmediate)
    await this.#ask({ kind: 'close' }).catch(() => {})
    this.#hasEnded = true
    await this.#worker.terminate()
  }

  /** One batch after the other, each of what has come meanwhile. */
  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#queue.length > 0 && !this.#hasEnded) {
      const batch = this.#queue.splice(0, mostInBatch)
      const plans = this.#plansOf(batch)
      try {
        const rows = batch.map(({ summary, text, plan }) => ({ summary, text, plan: plan.name }))
        const ask = { kind: 'add', batch: rows, plans, epoch: this.#parts.epoch() } as const
        const { size, forgotten } = await this.#ask<Added>(ask)
        this.#size = size
        for (const name of forgotten) this.#plans.delete(name)
        this.#isTrouble = false
      } catch (error) {
        for (const { name } of plans) this.#plans.delete(name)
        this.#parts.dropped('store', batch.length)
        this.#trouble(error as Error)
      }
      for (const { text } of batch) this.#bytes -= text.length
    }
    this.#isWriting = false
  }

  /** Those that are not kept yet. */
  #plansOf(batch: readonly Written[]): WrittenPlan[] {
    const plans = new Map(batch.map(({ plan }) => [plan.name, plan]))
    const lacking = [...plans.values()].filter(({ name }) => !this.#plans.has(name))
    for (const { name } of lacking) this.#plans.add(name)
    return lacking
  }

  /** Told once, until it is well again. */
  #trouble({ message }: Error): void {
    if (this.#isTrouble) return
    this.#isTrouble = true
    this.#parts.tell('warn', `recordings are dropped, they cannot be written: ${message}`)
  }

  #ask<Value>(ask: Asked['ask']): Promise<Value> {
    if (this.#hasEnded) return Promise.reject(new Error('the store has ended'))
    const id = ++this.#asked
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(id, { done: (value) => resolve(value as Value), failed: reject })
      this.#worker.postMessage({ id, ask } satisfies Asked)
    })
  }

  #answered({ id, value, error }: Answered): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.done(value)
    else waiting?.failed(new Error(error))
  }

  #end(error: Error): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    for (const { failed } of this.#waiting.values()) failed(error)
    this.#waiting.clear()
    this.#parts.dropped('store', this.#queue.length)
    this.#trouble(error)
  }
}

/** Made when the directory is first used; without it its tokens could not be told from others. */
function readKey(file: string): Uint8Array {
  try {
    writeFileSync(file, randomBytes(keyBytes), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = readFileSync(file)
  if (key.length !== keyBytes) throw new Error(`${file} is no key of recordings`)
  return key
}
