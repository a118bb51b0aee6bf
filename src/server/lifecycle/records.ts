import type { Clock } from '../../clock.ts'
import type { HistorySettings } from '../../config/history.ts'
import type { EndedRequest } from '../../history/capture/ended.ts'
import { CaptureSpan } from '../../history/capture/span.ts'
import { History } from '../../history/history.ts'
import { Recorder } from '../../history/recorder.ts'
import { openHistoryStore } from '../../history/stores/open.ts'
import type { HistoryStore } from '../../history/stores/store.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Span } from '../../telemetry/span.ts'

export interface RecordsParts {
  readonly settings: HistorySettings
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** What directories of stores are beside. */
  readonly base: string
  readonly isShedding: () => boolean
  /** The dictionary of now. */
  readonly colors: () => Snapshot['colors']
}

/** What is recorded of requests, from the first to the last of a gateway. */
export class Records {
  readonly history: History
  readonly #recorder: Recorder
  readonly #store: HistoryStore

  private constructor(store: HistoryStore, { settings, clock, logger, metrics, isShedding, colors }: RecordsParts) {
    this.#store = store
    this.#recorder = new Recorder({
      settings,
      store,
      clock,
      isShedding,
      recorded: (why) => metrics.history.recorded.count(why),
      dropped: (why) => metrics.history.dropped.count(why),
      failed: (thrown) => logger.error({ err: thrown }, 'a request could not be recorded'),
    })
    metrics.history.follow(() => store.size())
    this.history = new History({
      store,
      recorder: this.#recorder,
      epoch: () => clock.epoch(),
      colors,
    })
  }

  /** Rejects where the store cannot be opened. */
  static async open(parts: RecordsParts): Promise<Records> {
    const { settings, clock, logger, metrics, base } = parts
    const store = await openHistoryStore(settings.store, base, {
      keepMs: settings.keep,
      maxBytes: settings.max,
      epoch: () => clock.epoch(),
      dropped: (why, count = 1) => metrics.history.dropped.count(why, count),
      tell: (level, message) => logger[level]({ subject: 'history' }, message),
    })
    return new Records(store, parts)
  }

  /** @param mayBeAsked whether its client asks for that; whether he may is told at the end */
  begin(span: Span, title: string, mayBeAsked: boolean): Span {
    return this.#recorder.begin(span, title, mayBeAsked)
  }

  /** Whether a request is recorded, and has not been told of. */
  follows(span: Span): span is CaptureSpan {
    return span instanceof CaptureSpan && !span.recording.isOver
  }

  end(ended: EndedRequest): void {
    // Of a call of a tool there are two ends: its own comes first, and tells more.
    ended.span.recording.isOver = true
    this.#recorder.end(ended)
  }

  close(timeoutMs: number): Promise<void> {
    return this.#store.close(timeoutMs)
  }
}
