import type { Attributes, Span } from '../telemetry/span.ts'

/** What happens in a policy: counted as `tessera_<name>_total`, noted in traces as `tessera.<name>`. */
export interface EventsDefinition {
  /** The policy's own name unless given. */
  readonly name?: string
  readonly help: string
  /** The label that tells one event from another; without one there is one kind of event. */
  readonly label?: string
  /** Its values, where they are known beforehand: they are shown from the start, at zero. */
  readonly values?: readonly string[]
}

/** A number that a shared state shows as `tessera_<policy>_<name>`. */
export interface GaugeDefinition {
  readonly name: string
  readonly help: string
}

/** A kind of policy, as far as what it counts and shows goes. */
export interface MeteredKind {
  readonly name: string
  readonly events?: EventsDefinition
  readonly gauge?: GaugeDefinition
}

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

  constructor(kind: MeteredKind, count: EventCounter) {
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
export function metersOf(kinds: readonly MeteredKind[]): PolicyMeter[] {
  return kinds.flatMap((kind) => [counterOf(kind) ?? [], gaugeOf(kind) ?? []].flat())
}

/** The counter of what happens in policies of a kind; undefined where nothing is counted. */
export function counterOf(kind: MeteredKind): PolicyMeter | undefined {
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
export function gaugeOf({ name, gauge }: MeteredKind): PolicyMeter | undefined {
  if (!gauge) return undefined
  return { type: 'gauge', name: `tessera_${name}_${gauge.name}`, help: gauge.help, labels: ['service', 'operation'] }
}

function eventName({ name, events }: MeteredKind): string {
  return events?.name ?? name
}
