import { type BoundRoute, everyStep } from '../../plan/bound-route.ts'
import { findProgress, pathOfMember } from '../../plan/progress.ts'
import type { RouteSettings } from '../../plan/route-settings.ts'
import type { AggregatedRoute, PassthroughRoute, Snapshot } from '../../plan/snapshot.ts'
import { mask } from '../../redaction.ts'
import { printMatch, printWhere } from '../../routes/match.ts'
import type { BoundStep } from '../../steps/step.ts'
import { describeAccess } from '../access.ts'
import { describeRouteAdmission, describeServiceAdmission } from '../admission.ts'
import { describeBrowsers, describeCompression } from '../browsers.ts'
import { describeRouteCaching } from '../caching.ts'
import { describeDurable } from '../durable.ts'
import { identifySteps } from '../graph/build.ts'
import { describePassed } from '../passed-request.ts'
import { findWires, nameRead } from '../wires.ts'
import { type CallCount, countCalls } from './calls.ts'
import { describeForwarding, type Forwarding } from './forwarding.ts'
import { type Latency, latencyOf } from './latency.ts'
import { type OutlineLine, outlineBlock } from './outline.ts'
import { describeOrigin, type Origin, printPlace } from './places.ts'
import { type SensitiveValue, traceSensitive } from './sensitive.ts'
import { type ExplainedSetting, explainSettings } from './settings.ts'
import { type Fed, SourceFinder } from './sources.ts'

/** The effective route: what holds when all files are taken together. Plain data (`--format json`). */
export interface RouteExplanation {
  readonly route: string
  readonly match: string
  readonly summary: string | undefined
  readonly file: string
  readonly budget: { readonly ms: number } & Origin
  /** Calls and units of work that one request may be. */
  readonly bounds: Readonly<Record<'maxCalls' | 'maxWork', { readonly value: number } & Origin>>
  /** What is kept of whole answers; undefined where nothing is. */
  readonly caching: string | undefined
  /** What becomes of its runs; undefined where it is over with its answer. */
  readonly durable: string | undefined
  /** Who may ask. */
  readonly access: readonly string[]
  /** What stands before the route: its class, limits and bulkhead. */
  readonly admission: readonly string[]
  /** Who says what of it, beside what is built in. */
  readonly settings: readonly ExplainedSetting[]
  /** What browsers are told. */
  readonly browsers: readonly string[]
  readonly inputs: readonly ExplainedInput[]
  /** Steps in the order of the file, indented by what they lie in. */
  readonly outline: readonly OutlineLine[]
  /** What the answer is made of; undefined when no way leads to it. */
  readonly response:
    | {
        readonly status: number | string
        readonly inputs: readonly AnsweredValue[]
        /** What goes out when, where the page goes out in parts. */
        readonly parts: readonly ExplainedPart[]
      }
    | undefined
  readonly latency: Latency & { readonly cutMs: number }
  readonly calls: readonly CallCount[]
  readonly forwards: readonly Forwarding[]
}

export interface ExplainedInput {
  readonly color: string
  /** `query.city` */
  readonly from: string
  readonly required: boolean
  readonly default: unknown
  readonly sensitivity: string
  readonly at: string
}

/** A part of a page: its path, and the steps it waits for. That of the head is ''. */
export interface ExplainedPart {
  readonly path: string
  readonly after: readonly string[]
}

export interface AnsweredValue extends Fed {
  /** What of it the client gets to see that is pii. */
  readonly sensitive: readonly SensitiveValue[]
}

/** Explains an aggregated route. */
export function explainRoute(route: AggregatedRoute, { colors }: Pick<Snapshot, 'colors'>): RouteExplanation {
  const { bound } = route
  const settings = bound.settings!
  const ids = identifySteps([...everyStep(bound.body)])
  const sources = new SourceFinder(bound, findWires(bound), ids)
  const latency = latencyOf(bound.body)
  const sensitiveIn = traceSensitive(bound, colors)
  return {
    route: route.name,
    match: printMatch(route.match),
    summary: route.summary,
    file: route.file,
    budget: { ms: bound.timeoutMs, ...describeOrigin(settings.timeout.origin) },
    bounds: { maxCalls: describeBound(settings.maxCalls), maxWork: describeBound(settings.maxWork) },
    caching: route.caching && describeRouteCaching(route.caching),
    durable: route.durable && describeDurable(route),
    access: describeAccess(route),
    admission: describeRouteAdmission(route.admission),
    settings: explainSettings(settings),
    browsers: [...describeBrowsers(route.browsers), ...describeCompression(route.compression)],
    inputs: bound.inputs.map(({ color, from, required, default: value, sensitivity, at }) => ({
      color,
      from,
      required,
      default: mask(value, sensitivity),
      sensitivity,
      at: printPlace(at),
    })),
    outline: outlineBlock(bound.body, { ids, sources, colors }),
    response: bound.response && {
      status: bound.response.status.fixed ?? bound.response.status.shown,
      inputs: sources.feeding(bound.response.reads, undefined).map((fed) => ({
        ...fed,
        sensitive: sensitiveIn(bound.response!.reads.filter((read) => nameRead(read).includes(fed.what))),
      })),
      parts: describeParts(bound),
    },
    latency: { ...latency, cutMs: Math.min(latency.ms, bound.timeoutMs) },
    calls: countCalls(bound.body),
    forwards: describeForwarding(bound, colors),
  }
}

function describeParts(route: BoundRoute): ExplainedPart[] {
  const progress = route.response?.streams ? findProgress(route) : undefined
  if (!progress) return []
  const named = (steps: readonly BoundStep[]) => steps.map(({ name }) => name)
  return [
    { path: '', after: named(progress.head) },
    ...progress.members.map(({ name, after }) => ({ path: pathOfMember(name), after: named(after) })),
  ]
}

function describeBound({ value, origin }: RouteSettings['maxCalls']): { value: number } & Origin {
  return { value, ...describeOrigin(origin) }
}

/** A route that hands the request to a service as it is. */
export interface PassthroughExplanation {
  readonly route: string
  readonly match: string
  readonly summary: string | undefined
  readonly file: string
  readonly service: string
  readonly timeoutMs: number
  /** Who says so. */
  readonly timeout: Origin
  /** What becomes of the request on its way, a line each. */
  readonly passes: readonly string[]
  readonly access: readonly string[]
  readonly admission: readonly string[]
  /** Who says what of it, beside what is built in. */
  readonly settings: readonly ExplainedSetting[]
  readonly browsers: readonly string[]
}

export function explainPassthrough(route: PassthroughRoute): PassthroughExplanation {
  const { name, match, summary, file, service, timeoutMs } = route
  const method = match.method === '*' ? 'any method,' : match.method
  const browsers = [...describeBrowsers(route.browsers), ...describeCompression(route.compression)]
  const ofService = describeServiceAdmission(service).map((words) => `${service.name}’s, with its calls: ${words}`)
  const admission = [...describeRouteAdmission(route.admission), ...ofService]
  const passes = describePassed(route)
  const settings = explainSettings(route.settings)
  return {
    route: name,
    match: `${method} ${match.path}${printWhere(match)}`,
    summary,
    file,
    service: service.name,
    timeoutMs,
    timeout: describeOrigin(route.timeoutOrigin),
    passes,
    access: describeAccess(route),
    admission,
    browsers,
    settings,
  }
}
