import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Attributes } from '../../telemetry/span.ts'
import type { ResponseMasks, RouteMasks } from '../masking/route-masks.ts'
import type {
  Outcome,
  RecordedAttempt,
  RecordedEvent,
  RecordedResponse,
  RecordedStep,
  Recording,
  Summary,
  Why,
} from '../recording.ts'
import type { EndedRequest } from './ended.ts'
import type { CaptureSpan } from './span.ts'
import { shortOf, textOf, type Writing, writeBody, writeCall, writeColors, writeHeaders } from './write-call.ts'

/** What is known of a recording before it is written down. */
export interface Decided {
  readonly id: string
  readonly at: number
  readonly outcome: Outcome
  readonly isSlow: boolean
  readonly why: Why
}

const none: Attributes = {}
const mostBodyBytes = 1024 * 1024

/** Headers of answers that the gateway itself makes. */
const ownHeaders = [
  'content-type',
  'cache-control',
  'tessera-degraded',
  'cache-status',
  'server-timing',
  'etag',
  'vary',
]

/** A request as it is kept, and as lists show it. `masks` are of its route; undefined where it has no plan. */
export function writeRecording(
  ended: EndedRequest,
  decided: Decided,
  masks: RouteMasks | undefined,
  writing: Writing,
): { readonly summary: Summary; readonly recording: Recording } {
  const { span, route, document, snapshot } = ended
  const inputs = masks && document ? writeColors(document, masks.inputs, writing) : {}
  const colors: Record<string, string> = {}
  for (const [color, value] of Object.entries(inputs)) {
    const short = shortOf(value)
    if (short !== undefined) colors[color] = short
  }
  const summary: Summary = {
    ...decided,
    ms: round(ended.ms),
    route: route?.name,
    method: ended.method,
    path: ended.path,
    status: ended.status,
    error: ended.errorCode,
    bytes: ended.bytes,
    traceId: span.traceId,
    requestId: ended.requestId,
    version: snapshot.version,
    calls: ended.records.map(({ step, source, error, status, attempts, startedMs, ms }) => ({
      step,
      source,
      error,
      status,
      attempts,
      startedMs: round(startedMs),
      ms: round(ms),
    })),
    colors,
  }
  const steps = writeSteps(ended, masks, writing)
  const exit = steps.findLast(({ kind, error }) => kind === 'respond' && error === undefined)?.name
  // Of one that came whole from a cache nobody knows which of several it was.
  const isKnown = steps.length > 0 || masks?.exits.size === 0
  const shown = isKnown ? (exit === undefined ? masks?.response : masks?.exits.get(exit)) : undefined
  const recording: Recording = {
    ...summary,
    request: { method: ended.method, path: ended.path, inputs, attributes: ofRequest(span.attributes) },
    steps,
    events: writeEvents(span, span.startedAt),
    document: masks && document ? writeColors(document, masks.colors, writing) : {},
    response: writeResponse(ended, shown, writing),
    failures: ended.failures,
    exit,
    passedTo: ended.passedTo,
    more: span.recording.more,
  }
  return { summary, recording }
}

/** Who asks, from where and with what, no color names. */
function ofRequest(attributes: Attributes = none): Attributes {
  const isKept = (name: string) => /^(?:http|network\.protocol|tessera)\.|^url\.scheme$/.test(name)
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isKept(name)))
}

function writeSteps({ span }: EndedRequest, masks: RouteMasks | undefined, writing: Writing): RecordedStep[] {
  const { spans, calls } = span.recording
  const origin = span.startedAt
  const own = spans.filter(isStep)
  const indexOf = new Map<CaptureSpan | undefined, number>(own.map((step, index) => [step, index]))
  const attempts = Map.groupBy(
    spans.filter(({ kind }) => kind === 'client'),
    ({ parent }) => parent,
  )
  const callsOf = Map.groupBy(calls, ({ span: of }) => of)
  return own.map((step) => {
    const { startedAt, endedAt, error } = step
    return {
      name: String(step.given!['tessera.step']),
      kind: String(step.given!['tessera.step.kind']),
      parent: indexOf.get(step.parent),
      startMs: round(startedAt - origin),
      endMs: endedAt === undefined ? undefined : round(endedAt - origin),
      error,
      events: writeEvents(step, origin),
      attempts: (attempts.get(step) ?? []).map((attempt) => writeAttempt(attempt, origin)),
      calls: (callsOf.get(step) ?? []).map(({ call }) => writeCall(call, masks?.ofCall(call.site), writing)),
    }
  })
}

function isStep({ given }: CaptureSpan): boolean {
  return given?.['tessera.step'] !== undefined
}

function writeAttempt({ startedAt, endedAt, attributes = none, error }: CaptureSpan, origin: number): RecordedAttempt {
  const status = attributes['http.response.status_code']
  const host = attributes['server.address']
  const port = attributes['server.port']
  return {
    startMs: round(startedAt - origin),
    endMs: endedAt === undefined ? undefined : round(endedAt - origin),
    endpoint: host === undefined ? undefined : `${host}:${port}`,
    status: typeof status === 'number' ? status : undefined,
    error,
    isHedge: attributes['tessera.hedge'] === true,
    isMirror: attributes['tessera.mirror'] === true,
    attributes,
  }
}

function writeEvents({ events = [] }: CaptureSpan, origin: number): RecordedEvent[] {
  return events.map(({ name, at, attributes = none }) => ({ name, atMs: round(at - origin), attributes }))
}

function writeResponse(
  { status, bytes, answer }: EndedRequest,
  masks: ResponseMasks | undefined,
  writing: Writing,
): RecordedResponse {
  const headers = answer?.headers ?? {}
  const type = textOf(headers['content-type'])
  const shown = new Map([...ownHeaders.map((name) => [name, []] as const), ...(masks?.headers ?? [])])
  const whole = answer?.body && masks && decode(answer.body, textOf(headers['content-encoding']))
  const body = whole && writeBody(whole, type, masks.body, writing)
  return {
    status,
    headers: writeHeaders(headers, shown, writing),
    type,
    bytes,
    ...(body !== undefined && { body }),
  }
}

/** A body before it was coded for its client. */
function decode(body: Uint8Array, coding: string | undefined): Uint8Array | undefined {
  const limit = { maxOutputLength: mostBodyBytes }
  try {
    if (coding === undefined) return body
    if (coding === 'gzip') return gunzipSync(body, limit)
    if (coding === 'br') return brotliDecompressSync(body, limit)
    return coding === 'zstd' ? zstdDecompressSync(body, limit) : undefined
  } catch {
    return undefined
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
