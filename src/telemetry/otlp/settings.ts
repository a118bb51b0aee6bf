import type { Destination } from './sender.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The variables that our own exporter understands. Where another one is set, OpenTelemetry's SDK exports. */
const understood = new Set([
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SDK_DISABLED',
  'OTEL_TRACES_EXPORTER',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_BSP_SCHEDULE_DELAY',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
  'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
])
/** Variables of metrics and logs, which do not go this way, and of propagators, which are ours. */
const foreign = /^OTEL_(?:EXPORTER_OTLP_)?(?:METRICS?|LOGS)_|^OTEL_(?:PROPAGATORS|BLRP_\w+)$/
const defaultTimeoutMs = 10_000
const defaultDelayMs = 5000

/**
 * Where spans go, if they go by OTLP over HTTP in its binary form and nothing else is asked for ("OpenTelemetry Protocol
 * Exporter" of the specification); undefined where the SDK has to export them.
 */
export function readDestination(env: Environment): Destination | undefined {
  const read = (name: string) => env[name]?.trim() || undefined
  const readTraces = (name: string) => read(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? read(`OTEL_EXPORTER_OTLP_${name}`)
  const isKnown = (name: string) => understood.has(name) || foreign.test(name)
  const isUnknown = (name: string) => name.startsWith('OTEL_') && read(name) !== undefined && !isKnown(name)
  if (Object.keys(env).some(isUnknown) || (read('OTEL_TRACES_EXPORTER') ?? 'otlp') !== 'otlp') return undefined
  if ((readTraces('PROTOCOL') ?? 'http/protobuf') !== 'http/protobuf') return undefined
  const base = read('OTEL_EXPORTER_OTLP_ENDPOINT') ?? 'http://localhost:4318'
  const text = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? `${base.replace(/\/+$/, '')}/v1/traces`
  const url = URL.canParse(text) ? new URL(text) : undefined
  const headers = readHeaders(readTraces('HEADERS'))
  const timeoutMs = Number(readTraces('TIMEOUT') ?? defaultTimeoutMs)
  const delayMs = Number(read('OTEL_BSP_SCHEDULE_DELAY') ?? defaultDelayMs)
  // What is faulty is the SDK's to tell.
  if (!url || !/^https?:$/.test(url.protocol) || !headers || !isDuration(timeoutMs) || !isDuration(delayMs))
    return undefined
  return { url, headers, timeoutMs, delayMs }
}

/** What Node's timers take. */
function isDuration(ms: number): boolean {
  return ms > 0 && ms < 2 ** 31
}

/** `name=value,…` with percent-encoded values, as W3C baggage; undefined where it cannot be read. */
function readHeaders(text: string | undefined): Record<string, string> | undefined {
  const pairs = readPairs(text)
  const isValid = Object.entries(pairs ?? {}).every(
    ([name, value]) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
  )
  return isValid ? pairs : undefined
}

/** Attributes of the resource that the variables name. */
export function readResourceAttributes(env: Environment): Record<string, string> {
  return readPairs(env['OTEL_RESOURCE_ATTRIBUTES']) ?? {}
}

function readPairs(text: string | undefined): Record<string, string> | undefined {
  const pairs: Record<string, string> = {}
  for (const part of text?.split(',') ?? []) {
    if (part.trim() === '') continue
    const at = part.indexOf('=')
    if (at < 1) return undefined
    try {
      pairs[part.slice(0, at).trim()] = decodeURIComponent(part.slice(at + 1).trim())
    } catch {
      return undefined
    }
  }
  return pairs
}
