import type { GatewayError } from '../errors.ts'

/** What the rest of the house sees of tracing. Whether OpenTelemetry records it is telemetry's own affair. */
export type SpanKind = 'internal' | 'client' | 'server'

/** An attribute named by OpenTelemetry's semantic conventions, or `tessera.*`. */
export type Attributes = Record<string, string | number | boolean>

/**
 * One timed piece of a request. When the request is not sampled every method does nothing and `child` gives the
 * same span back, so that callers never ask; build costly attributes only `if (span.sampled)`.
 */
export interface Span {
  readonly sampled: boolean
  /** Whether it goes to a collector, so that metrics may name its trace. */
  readonly isTraced: boolean
  /** 32 hex digits; there for unsampled requests too (logs, problem documents). */
  readonly traceId: string
  /** W3C `traceparent` to send with a call made inside this span. */
  readonly traceparent: string
  child(name: string, kind: SpanKind, attributes?: Attributes): Span
  set(attributes: Attributes): void
  event(name: string, attributes?: Attributes): void
  /** Marks the span as failed; `errorType` becomes `error.type`. */
  fail(errorType: string): void
  end(): void
}

/** Notes on a span what an error keeps from the client: which expression failed, and for what. */
export function noteReason(span: Span, { code, reason }: GatewayError): void {
  if (reason !== undefined && span.sampled)
    span.event('exception', { 'exception.type': code, 'exception.message': reason })
}

/** What goes out with every call besides `traceparent`. */
export interface Propagation {
  tracestate: string | undefined
  baggage: string | undefined
  requestId: string
  /** In which headers else than `traceparent` the trace goes on; undefined: in no other. */
  traceHeaders?: ((traceparent: string) => readonly string[]) | undefined
  /** The gateways that it has come by, this one too (`CDN-Loop`); undefined where nobody asks over a network. */
  loop?: string | undefined
}
