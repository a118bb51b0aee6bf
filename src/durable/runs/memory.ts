import type { Message, Sent } from '../inbox/message.ts'
import { isEnd, type RunState } from '../state.ts'
import { digestOfKey } from './key.ts'
import {
  type Claim,
  type Delivery,
  defaultLimit,
  type NewRun,
  type Purge,
  type RunEnding,
  type RunFilter,
  type RunRecord,
  type RunRecords,
} from './record.ts'

interface Kept {
  record: RunRecord
  readonly key: string | undefined
  readonly digest: string | undefined
  readonly messages: Message[]
}

/** Records of runs that are forgotten with whoever made them. `sent` is told of each message. */
export class MemoryRecords implements RunRecords {
  readonly #runs = new Map<string, Kept>()
  readonly #sent: (run: string, message: Message) => void

  constructor(sent: (run: string, message: Message) => void = () => {}) {
    this.#sent = sent
  }

  async claim(run: NewRun): Promise<Claim> {
    const { key, at, ...rest } = run
    const digest = digestOfKey(run)
    const other = [...this.#runs.values()].find((kept) => digest !== undefined && kept.digest === digest)
    if (other) return { isNew: false, run: other.record }
    const times = { since: at, startedAt: at, endedAt: undefined }
    const record: RunRecord = { ...rest, ...times, state: 'pending', answer: undefined }
    this.#runs.set(run.id, { record, key, digest, messages: [] })
    return { isNew: true }
  }

  async discard(id: string): Promise<void> {
    if (!this.#isEnded(id)) this.#runs.delete(id)
  }

  async find(id: string): Promise<RunRecord | undefined> {
    return this.#runs.get(id)?.record
  }

  async list({ states, route, before, key, behind, limit = defaultLimit }: RunFilter): Promise<readonly RunRecord[]> {
    const found = [...this.#runs.values()].filter(
      (kept) =>
        (!states || states.includes(kept.record.state)) &&
        (route === undefined || kept.record.route === route) &&
        (before === undefined || kept.record.startedAt < before) &&
        (key === undefined || kept.key === key) &&
        (!behind || newestFirst(behind, kept.record) < 0),
    )
    return found
      .map(({ record }) => record)
      .sort(newestFirst)
      .slice(0, limit)
  }

  async enter(id: string, state: RunState, at: number): Promise<void> {
    if (!this.#isEnded(id)) this.#change(id, { state, since: at })
  }

  async end(id: string, { state, at, answer }: RunEnding): Promise<void> {
    if (!this.#isEnded(id)) this.#change(id, { state, since: at, endedAt: at, answer })
  }

  async purge(id: string): Promise<Purge> {
    if (!this.#runs.has(id)) return 'unknown-run'
    if (!this.#isEnded(id)) return 'open'
    this.#runs.delete(id)
    return 'purged'
  }

  async send(id: string, sent: Sent): Promise<Delivery> {
    const kept = this.#runs.get(id)
    if (!kept) return 'unknown-run'
    if (isEnd(kept.record.state)) return 'ended'
    const message = { ...sent, seq: kept.messages.length + 1 }
    kept.messages.push(message)
    this.#sent(id, message)
    return { seq: message.seq }
  }

  async read(after: ReadonlyMap<string, number>): Promise<readonly (readonly [string, Message])[]> {
    return [...after].flatMap(([id, seq]) =>
      (this.#runs.get(id)?.messages.slice(seq) ?? []).map((message) => [id, message] as const),
    )
  }

  #isEnded(id: string): boolean {
    const kept = this.#runs.get(id)
    return kept !== undefined && isEnd(kept.record.state)
  }

  #change(id: string, change: Partial<RunRecord>): void {
    const kept = this.#runs.get(id)
    if (kept) kept.record = { ...kept.record, ...change }
  }
}

function newestFirst(a: Pick<RunRecord, 'id' | 'startedAt'>, b: Pick<RunRecord, 'id' | 'startedAt'>): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
}
