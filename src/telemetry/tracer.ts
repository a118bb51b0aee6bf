import { newSpanId, newTraceId } from './ids.ts'
import { type Propagators, readPropagators } from './propagators.ts'
import { planTracing, type TracerSettings } from './sampling.ts'
import type { Recorder } from './sdk.ts'
import type { Attributes, Span } from './span.ts'
import {
  parseTraceparent,
  parseTracestate,
  printTraceparent,
  randomFlag,
  sampledFlag,
  type TraceHeaders,
  type Traceparent,
} from './traceparent.ts'

export interface Tracer {
  /** Loads the exporter, if one is configured. Never rejects: without an exporter requests run untraced. */
  start(): Promise<void>
  /** In which headers traces come and go on. */
  readonly propagators: Propagators
  /** The span of one request: continues the caller's trace or begins one. */
  startRequest(headers: TraceHeaders, name: string, attributes?: Attributes): Span
  /** Sends what is left, for at most `timeoutMs`. Never rejects. */
  shutdown(timeoutMs?: number): Promise<void>
}

const shutdownTimeoutMs = 3000

/**
 * The sampling decision comes first and is ours; a recorder is asked only for requests that are sampled and loaded only
 * if spans go somewhere. `warn` hears of a collector that fails, at most once a minute.
 */
export function createTracer(settings: TracerSettings, warn: (message: string) => void): Tracer {
  const plan = planTracing(settings, process.env)
  for (const warning of plan.warnings) warn(warning)
  let recorder: Recorder | undefined

  return {
    propagators: readPropagators(process.env, warn),
    async start() {
      if (!plan.exports || recorder) return
      try {
        recorder = await startRecorder(plan.service, warn)
      } catch (thrown) {
        warn(`Tracing is off: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      }
    },
    startRequest(headers, name, attributes) {
      const parent = parseTraceparent(headers.traceparent)
      const traceId = parent ? parent.traceId : newTraceId()
      const sampled = plan.sample(traceId, parent)
      if (!sampled || !recorder) return new UnrecordedSpan(traceId, parent, sampled)
      return recorder.startRequest(traceId, parent, parent && parseTracestate(headers.tracestate), name, attributes)
    },
    async shutdown(timeoutMs = shutdownTimeoutMs) {
      const stopping = recorder
      recorder = undefined
      await stopping?.stop(timeoutMs)
    },
  }
}

/** Ours where spans go by OTLP over HTTP and nothing more is asked for, else the SDK's, which takes longer to load. */
async function startRecorder(service: string, warn: (message: string) => void): Promise<Recorder> {
  const { readDestination, readResourceAttributes } = await import('./otlp/settings.ts')
  const destination = readDestination(process.env)
  if (!destination) return (await import('./sdk.ts')).startRecorder(service, warn)
  const { startOtlpRecorder } = await import('./otlp/recorder.ts')
  return startOtlpRecorder(service, readResourceAttributes(process.env), destination, warn)
}

/**
 * The span of a request that is not recorded here: ids, nothing else. It keeps the caller's parent id, so that the spans
 * of callers and backends still link up around a gateway that does not trace; only when the sampled flag changes does
 * Trace Context ask for a new one.
 */
class UnrecordedSpan implements Span {
  readonly sampled = false
  readonly isTraced = false
  readonly traceId: string
  readonly traceparent: string

  constructor(traceId: string, parent: Traceparent | undefined, sampled: boolean) {
    const flags = (sampled ? sampledFlag : 0) | (parent ? parent.flags & randomFlag : 0)
    const keepsParent = parent !== undefined && (parent.flags & sampledFlag) === (flags & sampledFlag)
    this.traceId = traceId
    this.traceparent = printTraceparent(traceId, keepsParent ? parent.parentId : newSpanId(), flags)
  }

  child(): Span {
    return this
  }
  set(): void {}
  event(): void {}
  fail(): void {}
  end(): void {}
}
