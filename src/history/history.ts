import type { ColorDefinition } from '../binding/color.ts'
import { isSensitive } from '../redaction.ts'
import { parseFilter } from './filter.ts'
import { type Lineage, lineageOf } from './lineage/lineage.ts'
import type { RecordedPlan } from './plan.ts'
import type { Recorder } from './recorder.ts'
import type { Recording, Summary } from './recording.ts'
import type { HistoryStore, Page, StoreSize } from './stores/store.ts'

/** A recording, and where each member of its answer came from. */
export type RunShown = Recording & { readonly lineage: readonly Lineage[] }

export interface HistoryParts {
  readonly store: HistoryStore
  readonly recorder: Recorder
  readonly epoch: () => number
  /** The dictionary of now. */
  readonly colors: () => ReadonlyMap<string, ColorDefinition>
}

/** What may be asked of what was recorded. */
export class History {
  readonly #parts: HistoryParts

  constructor(parts: HistoryParts) {
    this.#parts = parts
  }

  /** The newest first; a text says what is wrong with the filter. */
  async list(filter: string, before: string | undefined, limit: number): Promise<Page | string> {
    const parsed = this.#parse(filter)
    return typeof parsed === 'string' ? parsed : this.#parts.store.list({ filter: parsed, before, limit })
  }

  async get(id: string): Promise<RunShown | undefined> {
    const found = await this.#parts.store.get(id)
    if (!found) return undefined
    const recording = JSON.parse(found.text) as Recording
    const plan = found.plan === undefined ? undefined : (JSON.parse(found.plan) as RecordedPlan)
    return { ...recording, lineage: lineageIn(recording, plan) }
  }

  /** Tells of every recording that the filter lets through; gives how to stop that, or what is wrong with the filter. */
  follow(filter: string, listener: (summary: Summary) => void): (() => void) | string {
    const parsed = this.#parse(filter)
    if (typeof parsed === 'string') return parsed
    return this.#parts.recorder.follow((summary) => parsed.test(summary) && listener(summary))
  }

  size(): StoreSize {
    return this.#parts.store.size()
  }

  #parse(filter: string) {
    const { recorder, epoch, colors } = this.#parts
    const isPersonal = (color: string) => {
      const definition = colors().get(color)
      return definition !== undefined && isSensitive(definition)
    }
    return parseFilter(filter, { tokens: recorder.tokens, epoch: epoch(), isPersonal })
  }
}

/** Only what the gateway's own template made has members. */
export function lineageIn({ calls, exit, response }: Recording, plan: RecordedPlan | undefined): Lineage[] {
  const members = response.body === undefined ? undefined : plan?.members[exit ?? '']
  return members ? lineageOf(members, calls) : []
}
