import type { CapturedCall } from '../../calls/capture.ts'
import type { Clock } from '../../clock.ts'
import type { Attributes, Span, SpanKind } from '../../telemetry/span.ts'

/** Beyond so many, those of a request are counted and not kept. */
const mostSpans = 1000
const mostEvents = 100

export interface SpanEvent {
  readonly name: string
  /** On `Clock.now()`'s scale. */
  readonly at: number
  readonly attributes: Attributes | undefined
}

/** All that is captured of one request, unmasked, while it runs. */
export class Capture {
  readonly clock: Clock
  readonly spans: CaptureSpan[] = []
  readonly calls: { readonly span: CaptureSpan; readonly call: CapturedCall }[] = []
  /** Spans that were too many. */
  more = 0
  /** Whether the coin fell for it when it began; undefined where it is tossed at the end. */
  readonly isDrawn: boolean | undefined
  /** Whether it was told of. */
  isOver = false

  constructor(clock: Clock, isDrawn: boolean | undefined) {
    this.isDrawn = isDrawn
    this.clock = clock
  }
}

/**
 * A span of a request that is recorded: what is told of it is kept here, and goes on to the trace, where there is one.
 * It makes no ids, so that it costs little more than the clock.
 */
export class CaptureSpan implements Span {
  readonly sampled = true
  readonly name: string
  readonly kind: SpanKind
  readonly recording: Capture
  readonly parent: CaptureSpan | undefined
  readonly given: Attributes | undefined
  readonly startedAt: number
  readonly inner: Span
  endedAt: number | undefined = undefined
  attributes: Attributes | undefined = undefined
  events: SpanEvent[] | undefined = undefined
  error: string | undefined = undefined

  constructor(
    inner: Span,
    recording: Capture,
    parent: CaptureSpan | undefined,
    name: string,
    kind: SpanKind,
    given?: Attributes,
  ) {
    this.inner = inner
    this.recording = recording
    this.parent = parent
    this.name = name
    this.kind = kind
    this.given = given
    this.startedAt = recording.clock.now()
    if (recording.spans.length < mostSpans) recording.spans.push(this)
    else recording.more++
  }

  get isTraced(): boolean {
    return this.inner.isTraced
  }

  get traceId(): string {
    return this.inner.traceId
  }

  get traceparent(): string {
    return this.inner.traceparent
  }

  child(name: string, kind: SpanKind, attributes?: Attributes): CaptureSpan {
    return new CaptureSpan(this.inner.child(name, kind, attributes), this.recording, this, name, kind, attributes)
  }

  set(attributes: Attributes): void {
    this.attributes = this.attributes ? { ...this.attributes, ...attributes } : attributes
    this.inner.set(attributes)
  }

  event(name: string, attributes?: Attributes): void {
    this.events ??= []
    if (this.events.length < mostEvents) this.events.push({ name, at: this.recording.clock.now(), attributes })
    this.inner.event(name, attributes)
  }

  fail(errorType: string): void {
    this.error = errorType
    this.inner.fail(errorType)
  }

  end(): void {
    this.endedAt = this.recording.clock.now()
    this.inner.end()
  }

  capture(call: CapturedCall): void {
    if (this.recording.calls.length < mostSpans) this.recording.calls.push({ span: this, call })
  }
}
