import { sampledFlag, type Traceparent } from './traceparent.ts'

export interface TracerSettings {
  /** `service.name` of the gateway's spans. */
  readonly service: string
  /** Share of the requests without a sampled or unsampled parent that are traced, 0..1. */
  readonly sampling: number
}

/** Settings after the OTEL_* variables had their say. */
export interface TracingPlan {
  readonly service: string
  readonly sample: Sampler
  /** Whether spans go anywhere; if not, the OpenTelemetry SDK is never loaded. */
  readonly exports: boolean
  /** What was wrong with the variables, for the log. */
  readonly warnings: readonly string[]
}

/** Whether a request is traced. Decided before any span exists, so that the others cost next to nothing. */
export type Sampler = (traceId: string, parent: Traceparent | undefined) => boolean

type Environment = Readonly<Record<string, string | undefined>>

const alwaysOn: Sampler = () => true
const alwaysOff: Sampler = () => false

/** Merges settings and environment as the OpenTelemetry specification has it ("Environment Variable Specification"): variables win. */
export function planTracing(settings: TracerSettings, env: Environment): TracingPlan {
  const warnings: string[] = []
  const disabled = read(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true'
  return {
    service: read(env, 'OTEL_SERVICE_NAME') ?? resourceAttribute(env, 'service.name') ?? settings.service,
    sample: disabled ? parentBased(alwaysOff) : chooseSampler(settings.sampling, env, warnings),
    exports: !disabled && hasExporter(env),
    warnings,
  }
}

function hasExporter(env: Environment): boolean {
  const exporter = read(env, 'OTEL_TRACES_EXPORTER')
  if (exporter !== undefined) return exporter !== 'none'
  return (read(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? read(env, 'OTEL_EXPORTER_OTLP_ENDPOINT')) !== undefined
}

function chooseSampler(share: number, env: Environment, warnings: string[]): Sampler {
  const name = read(env, 'OTEL_TRACES_SAMPLER')
  switch (name) {
    case undefined:
      return parentBased(sampleShare(share))
    case 'always_on':
      return alwaysOn
    case 'always_off':
      return alwaysOff
    case 'traceidratio':
      return sampleShare(readShare(env, warnings))
    case 'parentbased_always_on':
      return parentBased(alwaysOn)
    case 'parentbased_always_off':
      return parentBased(alwaysOff)
    case 'parentbased_traceidratio':
      return parentBased(sampleShare(readShare(env, warnings)))
    default:
      warnings.push(`OTEL_TRACES_SAMPLER=${name} is not a sampler we know; the configured share applies`)
      return parentBased(sampleShare(share))
  }
}

function readShare(env: Environment, warnings: string[]): number {
  const text = read(env, 'OTEL_TRACES_SAMPLER_ARG')
  if (text === undefined) return 1
  const share = Number(text)
  if (share >= 0 && share <= 1) return share
  warnings.push(`OTEL_TRACES_SAMPLER_ARG=${text} is not a share between 0 and 1; 1 applies`)
  return 1
}

/** A parent that decided is followed either way. */
function parentBased(root: Sampler): Sampler {
  return (traceId, parent) => (parent ? (parent.flags & sampledFlag) !== 0 : root(traceId, parent))
}

const randomDigitsAt = 18
const digits = 13

/**
 * Samples the trace ids whose rightmost 56 bits lie in the topmost `share` of their range, as OpenTelemetry's consistent
 * probability sampling does, so that services with equal shares choose the same traces. (52 of the bits: what a double
 * holds exactly.)
 */
export function sampleShare(share: number): Sampler {
  if (share >= 1) return alwaysOn
  if (!(share > 0)) return alwaysOff
  const threshold = (1 - share) * 16 ** digits
  return (traceId) => Number.parseInt(traceId.slice(randomDigitsAt, randomDigitsAt + digits), 16) >= threshold
}

function resourceAttribute(env: Environment, key: string): string | undefined {
  for (const pair of read(env, 'OTEL_RESOURCE_ATTRIBUTES')?.split(',') ?? []) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === key && value) return decode(value.trim())
  }
  return undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The specification treats an empty variable as unset. */
function read(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined
}
