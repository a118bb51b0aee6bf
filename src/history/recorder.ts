import type { Clock } from '../clock.ts'
import type { Cause, HistorySettings } from '../config/history.ts'
import { printJson } from '../json-text.ts'
import type { AggregatedRoute, Snapshot } from '../plan/snapshot.ts'
import type { Span } from '../telemetry/span.ts'
import type { EndedRequest } from './capture/ended.ts'
import { Capture, CaptureSpan } from './capture/span.ts'
import { mostBytesOfAll } from './capture/write-call.ts'
import { type Decided, writeRecording } from './capture/write-recording.ts'
import { RecordingIds } from './ids.ts'
import { RouteMasks } from './masking/route-masks.ts'
import { SensitiveTexts, Tokens } from './masking/tokens.ts'
import { printPlan } from './plan.ts'
import type { Outcome, Summary, Why } from './recording.ts'
import type { Dropped, HistoryStore, WrittenPlan } from './stores/store.ts'

export interface RecorderParts {
  readonly settings: HistorySettings
  readonly store: HistoryStore
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random?: () => number
  /** Whether the process has more to do than it can and turns requests away: then nothing is recorded but what went wrong. */
  readonly isShedding: () => boolean
  readonly recorded: (why: Why) => void
  readonly dropped: (why: Dropped) => void
  /** Told when something cannot be written down, which is a fault of ours. */
  readonly failed: (thrown: unknown) => void
}

interface OfRoute {
  readonly masks: RouteMasks | undefined
  readonly plan: WrittenPlan
}

const ofNone: OfRoute = { masks: undefined, plan: { name: '', text: 'null' } }

/** Follows requests, and says when they have ended whether they are kept. */
export class Recorder {
  readonly tokens: Tokens
  readonly #parts: RecorderParts
  readonly #ids = new RecordingIds()
  readonly #random: () => number
  readonly #listeners = new Set<(summary: Summary) => void>()
  readonly #routes = new WeakMap<AggregatedRoute, OfRoute>()

  constructor(parts: RecorderParts) {
    this.#parts = parts
    this.#random = parts.random ?? Math.random
    this.tokens = new Tokens(parts.store.key)
  }

  /** The span of a request that is followed, or the one that it has anyway. */
  begin(inner: Span, name: string, mayBeAsked: boolean): Span {
    const { settings, clock } = this.#parts
    // Where nothing can be told at the end, the coin is tossed at the beginning.
    const isDrawn = settings.always.length === 0 ? this.#random() < settings.sample : undefined
    if (isDrawn === false && !mayBeAsked) return inner
    return new CaptureSpan(inner, new Capture(clock, isDrawn), undefined, name, 'server')
  }

  /** Keeps a request that has ended, if it is one that is kept. Gives its id. Never throws. */
  end(ended: EndedRequest): string | undefined {
    const decided = this.#decide(ended)
    if (!decided) return undefined
    if (decided.why === 'sample' && this.#parts.isShedding()) {
      this.#parts.dropped('overload')
      return undefined
    }
    try {
      return this.#keep(ended, decided)
    } catch (thrown) {
      this.#parts.dropped('failed')
      this.#parts.failed(thrown)
      return undefined
    }
  }

  /** Tells of every recording from now on; gives how to stop that. */
  follow(listener: (summary: Summary) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #decide(ended: EndedRequest): Decided | undefined {
    const { settings, clock } = this.#parts
    const outcome = outcomeOf(ended)
    const isSlow = ended.ms > settings.slow
    const happened: Record<Cause, boolean> = {
      error: outcome === 'error',
      degraded: outcome === 'degraded',
      slow: isSlow,
    }
    const cause = settings.always.find((one) => happened[one])
    const why = ended.isAsked ? 'asked' : (cause ?? this.#draws(ended))
    if (why === undefined) return undefined
    const epoch = clock.epoch()
    return { id: this.#ids.next(epoch), at: Math.round(epoch - ended.ms), outcome, isSlow, why }
  }

  /** Where the coin was tossed at the beginning, what is followed is of the sample. */
  #draws({ span }: EndedRequest): Why | undefined {
    return (span.recording.isDrawn ?? this.#random() < this.#parts.settings.sample) ? 'sample' : undefined
  }

  #keep(ended: EndedRequest, decided: Decided): string {
    const { settings, store, recorded } = this.#parts
    const { masks, plan } = this.#viewOf(ended)
    const sensitive = new SensitiveTexts()
    const writing = { tokens: this.tokens, sensitive, bodies: settings.bodies === 'all', bytesLeft: mostBytesOfAll }
    const { summary, recording } = writeRecording(ended, decided, masks, writing)
    const text = sensitive.removeFrom(printJson(recording))
    const shown = sensitive.isEmpty ? summary : (JSON.parse(sensitive.removeFrom(printJson(summary))) as Summary)
    store.add({ summary: shown, text, plan })
    recorded(decided.why)
    for (const listener of this.#listeners) listener(shown)
    return decided.id
  }

  #viewOf({ route, snapshot }: EndedRequest): OfRoute {
    if (route?.kind !== 'aggregate') return ofNone
    let view = this.#routes.get(route)
    if (!view) {
      view = this.#open(route, snapshot)
      this.#routes.set(route, view)
    }
    return view
  }

  #open(route: AggregatedRoute, { colors, version }: Pick<Snapshot, 'colors' | 'version'>): OfRoute {
    const plan = { name: `${version}/${route.name}`, text: printPlan(route) }
    return { masks: new RouteMasks(route.bound, colors), plan }
  }
}

function outcomeOf({ status, errorCode, isDegraded }: EndedRequest): Outcome {
  if (errorCode === 'cancelled') return 'cancelled'
  if (status >= 500 || (errorCode !== undefined && status < 400)) return 'error'
  if (status >= 400) return 'refused'
  return isDegraded ? 'degraded' : 'ok'
}
