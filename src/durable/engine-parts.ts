import type { Clock } from '../clock.ts'
import type { Document } from '../expressions/document.ts'
import type { DurableSettings } from '../routes/durable.ts'
import type { Notify } from '../telemetry/notice.ts'
import type { PlanText } from './plan-text.ts'
import type { RunStart } from './run.ts'
import type { DurableStore } from './store/store.ts'

/** A route as a run executes it, until it is released. */
export interface OpenPlan<Outcome> {
  readonly settings: DurableSettings
  readonly maxWork: number
  /** Signals that its runs wait for, and what is wrong with what comes by one. */
  readonly signals?: ReadonlyMap<string, (body: unknown) => readonly string[]> | undefined
  /** Never rejects. */
  execute(start: RunStart, about: RunAbout): Promise<Outcome>
  isFailure(outcome: Outcome): boolean
  release(): void
}

/** What a run knows of the request that began it. */
export interface RunAbout {
  readonly id: string
  readonly requestId: string
  readonly loop: string | undefined
}

export interface EngineParts<Outcome> {
  readonly store: DurableStore
  readonly clock: Clock
  readonly notify: Notify
  /** Rejects with why the runs of a plan cannot go on for now. */
  /** What is kept of what a run came to. */
  print(outcome: Outcome): string
  openPlan(route: string, hash: string, load: () => Promise<string>): Promise<OpenPlan<Outcome>>
  /** Told of a run that is done, before that is recorded: once more where it crashes meanwhile. */
  readonly done?: ((route: string, id: string) => Promise<void>) | undefined
}

/** What is recorded of a run before its first step. */
export interface Recorded {
  readonly plan: string
  readonly route: string
  /** As `packDocument` made it. */
  readonly document: string
  readonly seed: string
  readonly startBy: number
  readonly requestId: string
  readonly loop?: string | undefined
}

export interface RunRequest extends Pick<Recorded, 'route' | 'requestId' | 'loop'> {
  /** Who begins it; undefined where nobody proved who he is. */
  readonly by?: string | undefined
  /** One run for one key of a route and of one `by`. */
  readonly key?: string | undefined
  /** Of the request, where it has a key. */
  readonly digest?: string | undefined
  readonly plan: PlanText
  readonly document: Document
}
