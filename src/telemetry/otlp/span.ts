import { newSpanId } from '../ids.ts'
import type { Attributes, Span, SpanKind } from '../span.ts'
import { printTraceparent } from '../traceparent.ts'
import type { ProtobufWriter } from './protobuf.ts'

/** What the spans of one request have in common. */
export interface Trace {
  readonly traceId: string
  readonly flags: number
  readonly tracestate: string | undefined
  /** What `performance.now()` lacks to be milliseconds since the epoch. */
  readonly epochOffsetMs: number
  /** Takes a span that has ended. */
  readonly onEnd: (span: OtlpSpan) => void
}

interface SpanEvent {
  readonly name: string
  readonly epochMs: number
  readonly attributes: Attributes | undefined
}

/** `Span.SpanKind` of trace.proto. */
const kinds: Record<SpanKind, number> = { internal: 1, server: 2, client: 3 }
const errorStatus = 2
/** `SpanFlags` of trace.proto: whether the parent is known to be remote, and that it is. */
const hasIsRemote = 0x100
const isRemote = 0x200

/** A span that will be exported. Calls after `end` do nothing: a cancelled call may still come back. */
export class OtlpSpan implements Span {
  readonly sampled = true
  readonly isTraced = true
  readonly #trace: Trace
  readonly #id = newSpanId()
  readonly #parentId: string | undefined
  readonly #isParentRemote: boolean
  readonly #name: string
  readonly #kind: SpanKind
  readonly #startMs: number
  #endMs = 0
  #attributes: Attributes | undefined
  #events: SpanEvent[] | undefined
  #failure: string | undefined
  #hasEnded = false

  constructor(
    trace: Trace,
    parentId: string | undefined,
    isParentRemote: boolean,
    name: string,
    kind: SpanKind,
    attributes: Attributes | undefined,
  ) {
    this.#trace = trace
    this.#parentId = parentId
    this.#isParentRemote = isParentRemote
    this.#name = name
    this.#kind = kind
    this.#attributes = attributes
    this.#startMs = performance.now()
  }

  get traceId(): string {
    return this.#trace.traceId
  }

  get traceparent(): string {
    return printTraceparent(this.traceId, this.#id, this.#trace.flags)
  }

  child(name: string, kind: SpanKind, attributes?: Attributes): Span {
    return new OtlpSpan(this.#trace, this.#id, false, name, kind, attributes)
  }

  set(attributes: Attributes): void {
    if (this.#hasEnded) return
    // Never written into: an object that is given may belong to many spans.
    this.#attributes = this.#attributes === undefined ? attributes : { ...this.#attributes, ...attributes }
  }

  event(name: string, attributes?: Attributes): void {
    if (this.#hasEnded) return
    this.#events ??= []
    this.#events.push({ name, attributes, epochMs: this.#trace.epochOffsetMs + performance.now() })
  }

  fail(errorType: string): void {
    if (!this.#hasEnded) this.#failure = errorType
  }

  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#endMs = performance.now()
    this.#trace.onEnd(this)
  }

  /** Writes it as the `Span` of opentelemetry/proto/trace/v1/trace.proto, a member `spans` of `ScopeSpans`. */
  write(writer: ProtobufWriter): void {
    const { traceId, tracestate, flags, epochOffsetMs } = this.#trace
    const message = writer.begin(2)
    writer.hex(1, traceId)
    writer.hex(2, this.#id)
    if (tracestate !== undefined) writer.string(3, tracestate)
    if (this.#parentId !== undefined) writer.hex(4, this.#parentId)
    writer.string(5, this.#name)
    writer.varint(6, kinds[this.#kind])
    writer.nanoseconds(7, epochOffsetMs + this.#startMs)
    writer.nanoseconds(8, epochOffsetMs + this.#endMs)
    writeAttributes(9, this.#attributes, writer)
    if (this.#failure !== undefined) writeAttribute(9, 'error.type', this.#failure, writer)
    for (const event of this.#events ?? []) writeEvent(event, writer)
    if (this.#failure !== undefined) {
      const status = writer.begin(15)
      writer.varint(3, errorStatus)
      writer.end(status)
    }
    writer.fixed32(16, flags | hasIsRemote | (this.#isParentRemote ? isRemote : 0))
    writer.end(message)
  }
}

function writeEvent({ name, epochMs, attributes }: SpanEvent, writer: ProtobufWriter): void {
  const message = writer.begin(11)
  writer.nanoseconds(1, epochMs)
  writer.string(2, name)
  writeAttributes(3, attributes, writer)
  writer.end(message)
}

export function writeAttributes(field: number, attributes: Attributes | undefined, writer: ProtobufWriter): void {
  for (const key in attributes) writeAttribute(field, key, attributes[key]!, writer)
}

/** A `KeyValue` of common.proto. */
function writeAttribute(field: number, key: string, value: string | number | boolean, writer: ProtobufWriter): void {
  if (value === undefined) return
  const message = writer.begin(field)
  writer.string(1, key)
  const any = writer.begin(2)
  if (typeof value === 'string') writer.string(1, value)
  else if (typeof value === 'boolean') writer.varint(2, value ? 1 : 0)
  else if (Number.isSafeInteger(value) && value >= 0) writer.varint(3, value)
  else writer.double(4, value)
  writer.end(any)
  writer.end(message)
}
