import type { CallContext, CallRequest, CallResponse } from '../../src/calls/call.ts'
import { budgetHeader } from '../../src/calls/headers.ts'
import { type Layer, OngoingCall, type Policy, passThrough } from '../../src/calls/layer.ts'
import { RetryBudget } from '../../src/calls/policies/retry-budget.ts'
import type { CallSite, PolicyKind, PolicyParts } from '../../src/calls/policy.ts'
import { type EventCounter, PolicyEvents } from '../../src/calls/policy-events.ts'
import type { ServiceTarget } from '../../src/calls/service-target.ts'
import type { SiteMetrics } from '../../src/calls/site-metrics.ts'
import { Scope } from '../../src/cancellation.ts'
import type { Clock } from '../../src/clock.ts'
import { roundRobin } from '../../src/endpoints/balancers/round-robin.ts'
import { judge } from '../../src/endpoints/verdict.ts'
import { GatewayError, toGatewayError } from '../../src/errors.ts'
import { Body } from '../../src/json/body.ts'
import { policyKinds } from '../../src/operations/policies/index.ts'
import type { Attributes, Span } from '../../src/telemetry/span.ts'

/** A span that remembers what was done to it. */
export class RecordingSpan implements Span {
  readonly traceId = '0af7651916cd43dd8448eb211c80319c'
  readonly traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  readonly children: RecordingSpan[] = []
  readonly events: { name: string; attributes: Attributes | undefined }[] = []
  readonly sampled: boolean
  readonly isTraced = false
  readonly name: string
  readonly kind: string
  readonly attributes: Attributes
  errorType: string | undefined
  isEnded = false

  constructor(sampled: boolean, name = 'step', kind = 'internal', attributes: Attributes = {}) {
    this.sampled = sampled
    this.name = name
    this.kind = kind
    this.attributes = attributes
  }

  child(name: string, kind: string, attributes: Attributes = {}): RecordingSpan {
    const child = new RecordingSpan(this.sampled, name, kind, { ...attributes })
    this.children.push(child)
    return child
  }

  set(attributes: Attributes): void {
    Object.assign(this.attributes, attributes)
  }

  event(name: string, attributes?: Attributes): void {
    this.events.push({ name, attributes })
  }

  fail(errorType: string): void {
    this.errorType = errorType
  }

  end(): void {
    this.isEnded = true
  }
}

export function serviceTarget(...urls: string[]): ServiceTarget {
  const endpoints = urls.map((url) => ({ url, weight: 1, zone: undefined }))
  return { name: 'reco', endpoints, balance: roundRobin, budgetHeader, key: urls.join() }
}

type Kinds = (typeof policyKinds)[number]

/** Parts of a site, its policies by their names. */
export type SiteOptions = Partial<CallSite> & {
  [Kind in Kinds as Kind['name']]?: Parameters<Kind['caption']>[0] | undefined
}

export function callSite(options: SiteOptions = {}): CallSite {
  const { cache, coalesce, mirror, retry, hedge, limit, bulkhead, breaker, timeoutMs = 60_000, ...site } = options
  const kinds: readonly PolicyKind[] = policyKinds
  const configs: Readonly<Record<string, unknown>> = {
    cache,
    coalesce,
    mirror,
    retry,
    hedge,
    limit,
    bulkhead,
    breaker,
    timeout: timeoutMs,
  }
  return {
    route: 'home',
    step: 'recommend',
    service: serviceTarget('http://127.0.0.1:1'),
    operation: 'recommend',
    template: 'GET /recommend/{geo.city}',
    timeoutMs,
    policies: kinds.flatMap((kind) => (configs[kind.name] ? [{ kind, config: configs[kind.name] }] : [])),
    fallbacks: [],
    maxResponseBytes: 1_000_000,
    isSuccess: (status) => status >= 200 && status < 300,
    isUsable: () => true,
    errorNames: new Map(),
    render: () => callRequest(),
    ...site,
  }
}

export function callRequest(request: Partial<CallRequest> = {}): CallRequest {
  return { method: 'GET', path: '/recommend/paris', headers: {}, body: undefined, ...request }
}

export function callContext(clock: Clock, context: Partial<CallContext> = {}): CallContext {
  return {
    document: { request: {}, steps: {} },
    deadline: clock.now() + 10_000,
    scope: new Scope(),
    span: new RecordingSpan(false),
    propagation: { tracestate: undefined, baggage: undefined, requestId: 'req-1' },
    ...context,
  }
}

export const live: CallResponse = {
  status: 200,
  headers: {},
  body: Body.ofValue({ ok: true }),
  source: 'live',
  attempts: 1,
}

/** A layer that does, call after call, what is listed: throws the errors, gives the responses; the last one for ever. */
export function scripted(...script: (GatewayError | CallResponse)[]): Layer & { calls: number } {
  const layer = async (_request: CallRequest, call: OngoingCall) => {
    const outcome = script[Math.min(layer.calls++, script.length - 1)]!
    call.attempts++
    if (outcome instanceof GatewayError) {
      // As the innermost layer does it.
      outcome.verdict = judge(outcome)
      throw outcome
    }
    return { ...outcome, attempts: call.attempts }
  }
  layer.calls = 0
  return layer
}

export function ongoing(clock: Clock, context: Partial<CallContext> = {}): OngoingCall {
  return new OngoingCall(callContext(clock, context))
}

/** What a promise rejected with; fails when it did not, or with anything but a GatewayError. */
export async function errorOf(promise: Promise<unknown>): Promise<GatewayError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if (!('error' in outcome)) throw new Error(`resolved with ${JSON.stringify(outcome.value)}`)
  if (!(outcome.error instanceof GatewayError)) throw toGatewayError(outcome.error).cause
  return outcome.error
}

/** Counts as text, one line a measurement. */
export class RecordingMetrics implements SiteMetrics {
  readonly lines: string[] = []
  attempt(status: number | undefined, errorCode: string | undefined): void {
    this.lines.push(`attempt ${status ?? '-'} ${errorCode ?? 'ok'}`)
  }
  fallback(source: string, errorCode: string): void {
    this.lines.push(`fallback ${source} ${errorCode}`)
  }
  events({ name, events }: PolicyKind): EventCounter {
    return (value) => this.lines.push(events?.label === undefined ? (events?.name ?? name) : `${name} ${value}`)
  }
}

/** One policy around what is inside of it, as the stack builds it. */
export function layerOf<Config>(
  kind: { readonly name: string; wrap(config: Config, parts: PolicyParts): Policy | undefined },
  config: Config,
  parts: Partial<PolicyParts> & { readonly clock: Clock },
): Policy {
  const metrics = parts.metrics ?? new RecordingMetrics()
  const events = new PolicyEvents(kind as unknown as PolicyKind, metrics.events(kind as unknown as PolicyKind))
  const retryBudget = parts.retryBudget ?? new RetryBudget(parts.clock)
  const surroundings = { site: callSite(), random: () => 0.5, metrics, events, retryBudget, deposits: true, ...parts }
  return kind.wrap(config, surroundings as unknown as PolicyParts) ?? passThrough
}
