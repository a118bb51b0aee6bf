import {
  type Context,
  createTraceState,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SamplingDecision,
  type Span as SdkSpan,
  SpanKind as SdkSpanKind,
  type Tracer as SdkTracer,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node'
import { readPackageVersion } from '../version.ts'
import { newSpanId } from './ids.ts'
import { routeSdkMessages } from './sdk-messages.ts'
import type { Attributes, Span, SpanKind } from './span.ts'
import { printTraceparent, randomFlag, sampledFlag, type Traceparent } from './traceparent.ts'

/** The only file that knows OpenTelemetry's SDK; loading it costs a third of a second, so tracer.ts imports it when spans go somewhere. */
export interface Recorder {
  startRequest(
    traceId: string,
    parent: Traceparent | undefined,
    tracestate: string | undefined,
    name: string,
    attributes: Attributes | undefined,
  ): Span
  stop(timeoutMs: number): Promise<void>
}

const kinds: Record<SpanKind, SdkSpanKind> = {
  internal: SdkSpanKind.INTERNAL,
  client: SdkSpanKind.CLIENT,
  server: SdkSpanKind.SERVER,
}

/**
 * Starts NodeSDK as a pipe for spans: exporter, batching, limits and resource come from the OTEL_* variables. Its context
 * manager, propagators, metrics, logs and automatic instrumentation stay off; what it is asked to record was sampled already.
 */
export function startRecorder(service: string, warn: (message: string) => void): Recorder {
  let newTraceId = ''
  const sdk = new NodeSDK({
    serviceName: service,
    sampler: { shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED }) },
    idGenerator: { generateTraceId: () => newTraceId, generateSpanId: newSpanId },
    textMapPropagator: null,
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    // `null` means none (setupContextManager); the types have yet to say so.
    ...({ contextManager: null } as unknown as Partial<NodeSDKConfiguration>),
  })
  routeSdkMessages(warn)
  sdk.start()
  // NodeSDK offers its provider only as the global one, which in a process that traces itself is not ours.
  const provider = sdk['_tracerProvider']
  if (!provider) throw new Error('OTEL_TRACES_EXPORTER names no exporter that exists')
  const global = trace.getTracerProvider()
  if (global instanceof ProxyTracerProvider && global.getDelegate() === provider) trace.disable()
  const tracer: SdkTracer = provider.getTracer('tessera', readPackageVersion())

  return {
    startRequest(traceId, parent, tracestate, name, attributes = {}) {
      newTraceId = traceId
      const context = parent ? remoteContext(parent, tracestate) : ROOT_CONTEXT
      const span = tracer.startSpan(name, { kind: SdkSpanKind.SERVER, attributes }, context)
      return new RecordedSpan(tracer, span, sampledFlag | (parent ? parent.flags & randomFlag : 0))
    },
    async stop(timeoutMs) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`spans not sent within ${timeoutMs} ms`)), timeoutMs)
      })
      await Promise.race([sdk.shutdown(), late]).catch((thrown) =>
        warn(`Tracing stopped: ${thrown?.message ?? thrown}`),
      )
      clearTimeout(timer)
    },
  }
}

function remoteContext(parent: Traceparent, tracestate: string | undefined): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.parentId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate && { traceState: createTraceState(tracestate) }),
  })
}

/** A span that will be exported. Calls after `end` do nothing: a cancelled call may still come back. */
class RecordedSpan implements Span {
  readonly sampled = true
  readonly isTraced = true
  readonly traceId: string
  readonly #tracer: SdkTracer
  readonly #span: SdkSpan
  readonly #flags: number
  #context: Context | undefined
  #ended = false

  constructor(tracer: SdkTracer, span: SdkSpan, flags: number) {
    this.#tracer = tracer
    this.#span = span
    this.#flags = flags
    this.traceId = span.spanContext().traceId
  }

  get traceparent(): string {
    return printTraceparent(this.traceId, this.#span.spanContext().spanId, this.#flags)
  }

  child(name: string, kind: SpanKind, attributes: Attributes = {}): Span {
    this.#context ??= trace.setSpan(ROOT_CONTEXT, this.#span)
    const span = this.#tracer.startSpan(name, { kind: kinds[kind], attributes }, this.#context)
    return new RecordedSpan(this.#tracer, span, this.#flags)
  }

  set(attributes: Attributes): void {
    if (!this.#ended) this.#span.setAttributes(attributes)
  }

  event(name: string, attributes?: Attributes): void {
    if (!this.#ended) this.#span.addEvent(name, attributes)
  }

  fail(errorType: string): void {
    if (this.#ended) return
    this.#span.setStatus({ code: SpanStatusCode.ERROR })
    this.#span.setAttribute('error.type', errorType)
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#span.end()
  }
}
