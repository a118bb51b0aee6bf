import type { Attributes, Span } from '../telemetry/span.ts'
import type { PolicyKind } from './policy.ts'

/** Counts events of one policy around one site, by the value of their label. */
export type EventCounter = (value: string) => void

/** A metric that a kind of policy has, for telemetry to make. */
export interface PolicyMeter {
  readonly type: 'counter' | 'gauge'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

/** Tells what happens in a policy to metrics and traces, both by the policy's name. */
export class PolicyEvents {
  readonly count: EventCounter
  readonly #name: string

  constructor(kind: PolicyKind, count: EventCounter) {
    this.count = count
    this.#name = `tessera.${eventName(kind)}`
  }

  /** Notes it in the trace alone. */
  trace(span: Span, attributes?: Attributes): void {
    if (span.sampled) span.event(this.#name, attributes)
  }

  /** Counts it and notes it in the trace. */
  emit(span: Span, value: string, attributes?: Attributes): void {
    this.count(value)
    if (span.sampled) span.event(this.#name, attributes)
  }
}

/** The metrics of all these kinds. */
export function metersOf(kinds: readonly PolicyKind[]): PolicyMeter[] {
  return kinds.flatMap((kind) => [counterOf(kind) ?? [], gaugeOf(kind) ?? []].flat())
}

/** The counter of what happens in policies of a kind; undefined where nothing is counted. */
export function counterOf(kind: PolicyKind): PolicyMeter | undefined {
  const { events } = kind
  if (!events) return undefined
  const { help, label } = events
  return {
    type: 'counter',
    name: `tessera_${eventName(kind)}_total`,
    help,
    labels: ['service', 'operation', ...(label === undefined ? [] : [label])],
  }
}

/** What the shared states of a kind show; undefined where they show nothing. */
export function gaugeOf({ name, gauge }: PolicyKind): PolicyMeter | undefined {
  if (!gauge) return undefined
  return { type: 'gauge', name: `tessera_${name}_${gauge.name}`, help: gauge.help, labels: ['service', 'operation'] }
}

function eventName({ name, events }: PolicyKind): string {
  return events?.name ?? name
}
