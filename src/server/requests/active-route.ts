import { type Browsers, compileBrowsers } from '../../browsers/browsers.ts'
import type { Call } from '../../calls/call.ts'
import type { Backends, OpenBackends, OpenService } from '../../calls/registry.ts'
import { tellLineage } from '../../history/lineage/lineage.ts'
import type { Hold } from '../../identity/open-scheme.ts'
import type { SignIn } from '../../identity/sign-in.ts'
import type { RouteAccess } from '../../plan/access.ts'
import { admitUnmatched } from '../../plan/admission/route.ts'
import type { SchemeQuestion } from '../../plan/scheme-question.ts'
import type { AggregatedRoute, PassthroughRoute, Route, Snapshot } from '../../plan/snapshot.ts'
import { type ExecutionParts, executeSteps } from '../../run/execute.ts'
import type { Outcome } from '../../run/outcome.ts'
import { gates, openPipeline, type Pipeline, passOn } from '../../run/pipeline.ts'
import type { Handle, Stage, StageParts } from '../../run/stage.ts'
import type { StagedRoute, UnmatchedRoute } from '../../run/staged-route.ts'
import { leftOutOutcome } from '../../steps/context.ts'
import type { ClientMetrics, RouteMetrics } from '../../telemetry/bound-metrics.ts'
import { methodOfTitle } from '../../telemetry/methods.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { DurableRuns } from '../lifecycle/durable-runs.ts'

export type ActiveRoute = ActiveAggregate | ActivePassthrough

/** A route with all that a request of it would otherwise look up. */
interface ActiveCommon {
  readonly metrics: RouteMetrics
  /** `GET /mobile/{city}` */
  readonly title: string
  /** What stands before it, and its end. */
  readonly pipeline: Pipeline
}

export interface ActiveAggregate extends ActiveCommon {
  readonly route: AggregatedRoute
}

export interface ActivePassthrough extends ActiveCommon {
  readonly route: PassthroughRoute
  readonly service: OpenService
  /** What is counted of its attempts, by their method. */
  readonly client: (method: string) => ClientMetrics
}

/** What the spans of a request are called: by its own method, which a route may take for another. */
export function titleOf({ title, route: { match } }: ActiveRoute, { method }: { method?: string | undefined }): string {
  return match.method === method ? title : `${methodOfTitle(method)} ${match.path}`
}

export interface ActiveUnmatched {
  readonly route: UnmatchedRoute
  readonly pipeline: Pipeline
}

export function isAggregate(active: ActiveRoute): active is ActiveAggregate {
  return active.route.kind === 'aggregate'
}

export interface ActiveRoutesParts extends Omit<StageParts, 'hold' | 'metrics'> {
  readonly backends: Backends
  readonly metrics: Metrics
  /** Executes the runs of durable routes. */
  readonly durable: Pick<DurableRuns, 'end'>
  /** Writes to a stream. */
  readonly emit?: ExecutionParts['emit']
  /** The same calls, paced where the process has more to do than it can. */
  readonly pace: (calls: readonly Call[]) => readonly Call[]
}

/** The routes that some activation uses. One that a reload leaves as it was stays open. */
export class ActiveRoutes {
  readonly #parts: ActiveRoutesParts
  readonly #entries = new Map<Route, { active: ActiveRoute; opened: OpenBackends; users: number }>()

  constructor(parts: ActiveRoutesParts) {
    this.#parts = parts
  }

  /** Uses a route until it is released, once for every time. */
  acquire(route: Route): ActiveRoute {
    let entry = this.#entries.get(route)
    if (!entry) {
      entry = { ...this.#open(route), users: 0 }
      this.#entries.set(route, entry)
    }
    entry.users++
    return entry.active
  }

  release(route: Route): void {
    const entry = this.#entries.get(route)
    if (!entry || --entry.users > 0) return
    this.#entries.delete(route)
    entry.opened.release()
    entry.active.pipeline.release()
  }

  /** Opens what stands before requests that no route takes, and before those that the gateway answers by itself. */
  openUnmatched({ settings }: Snapshot, access?: RouteAccess, browsers?: Browsers): ActiveUnmatched {
    return this.#openOutside(settings, access, settings.limit, browsers)
  }

  /** Opens what stands before the admin listener, where no client's limit counts. */
  openGuard({ settings }: Snapshot, access: RouteAccess): ActiveUnmatched {
    return this.#openOutside(settings, access, undefined)
  }

  #openOutside(
    settings: Snapshot['settings'],
    access: RouteAccess | undefined,
    limit: Snapshot['settings']['limit'],
    browsers = compileBrowsers(settings, []),
  ): ActiveUnmatched {
    const route: UnmatchedRoute = {
      kind: 'unmatched',
      name: '',
      access,
      admission: limit && admitUnmatched(limit),
      browsers,
    }
    return { route, pipeline: this.#openWithQuestions(route, passOn) }
  }

  /** Of what makes no calls but those of its schemes. */
  #openWithQuestions(route: StagedRoute, end: Handle, among?: readonly Stage[]): Pipeline {
    const questions = questionsOf(route)
    const opened = this.#parts.backends.open(questions.map(({ site }) => site))
    const parts = { ...this.#parts, questions: callsOf(questions, opened.calls) }
    const pipeline = openPipeline(route, parts, end, among)
    return {
      answer: pipeline.answer,
      release() {
        pipeline.release()
        opened.release()
      },
    }
  }

  /** Opens the schemes by which people sign in, whether or not a route asks for one now. */
  openSignIns({ auth }: Snapshot): { readonly opened: readonly SignIn[]; readonly release: () => void } {
    const releases: (() => void)[] = []
    const opened = [...auth.schemes.values()].flatMap((scheme) => {
      if (!scheme.kind.signsIn) return []
      const hold: Hold = ({ value, release }) => {
        releases.push(release)
        return value
      }
      return this.#parts.schemes.open(scheme, hold).signIn ?? []
    })
    return {
      opened,
      release() {
        for (const release of releases) release()
      },
    }
  }

  /** Opens what tells who may ask a route, without anything of its limits being used up. What `allow` reads of a request is not asked. */
  openGates(route: AggregatedRoute): Pipeline {
    const { grants } = route
    const isOfClaims = grants?.reads.every(
      ({ reference: read }) => read.kind === 'request' && (read.rest[0] === 'claims' || read.rest[0] === 'auth'),
    )
    const told: AggregatedRoute = {
      ...route,
      grants: grants && (isOfClaims ? grants : { ...grants, test: undefined }),
    }
    return this.#openWithQuestions(told, () => passes, gates)
  }

  #open(route: Route): { active: ActiveRoute; opened: OpenBackends } {
    const { metrics, backends } = this.#parts
    const { method, path } = route.match
    const questions = questionsOf(route)
    const common = { metrics: metrics.route(method, path), title: `${method} ${path}` }
    if (route.kind === 'passthrough') {
      const opened = backends.open(
        questions.map(({ site }) => site),
        [route.service],
      )
      const client = memoize((method) => metrics.client(route.service.name, route.name, method))
      const pipeline = openPipeline(route, { ...this.#parts, questions: callsOf(questions, opened.calls) }, passOn)
      return { active: { ...common, route, pipeline, service: opened.services[0]!, client }, opened }
    }
    const opened = backends.open([...route.callSites, ...questions.map(({ site }) => site)])
    return { active: { ...common, route, pipeline: this.#openAggregate(route, opened, questions) }, opened }
  }

  #openAggregate(route: AggregatedRoute, opened: OpenBackends, questions: readonly SchemeQuestion[]): Pipeline {
    const calls = opened.calls.slice(0, route.callSites.length)
    const { metrics, clock, pace, emit } = this.#parts
    const steps = route.steps.map(({ name }) => metrics.step(route.name, name))
    if (route.caching?.ttlMs !== undefined)
      for (const result of ['hit', 'miss', 'stored']) metrics.countRouteCache(route.name, result, 0)
    const firstPart = route.progressive && metrics.firstPart(route.name)
    const execution = {
      clock,
      firstPart: firstPart && ((ms: number) => firstPart.observe(ms / 1000)),
      calls: () => pace(calls),
      emit,
      stepEnded: (step: number, outcome: string, ms: number) => {
        steps[step]?.observe(outcome, ms / 1000)
        if (outcome === leftOutOutcome) steps[step]?.countFallback('skipped')
      },
    } satisfies ExecutionParts
    const hold = () => {
      this.acquire(route)
      return () => this.release(route)
    }
    const end = route.durable ? this.#parts.durable.end(route, execution, hold) : executeSteps(route, execution)
    const asking = callsOf(questions, opened.calls.slice(calls.length))
    return openPipeline(route, { ...this.#parts, lineageOf: tellLineage, questions: asking }, end)
  }
}

/** What its schemes ask. */
function questionsOf({ access }: Pick<Route, 'access'>): readonly SchemeQuestion[] {
  return [...(access?.asks?.values() ?? [])]
}

function callsOf(questions: readonly SchemeQuestion[], calls: readonly Call[]): ReadonlyMap<string, Call> {
  return new Map(questions.map(({ scheme }, at) => [scheme.name, calls[at]!]))
}

const passes: Outcome = { kind: 'answer', status: 204, headers: {}, body: undefined, records: [], degraded: [] }

/** Of methods there are few. */
function memoize<Value>(make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, Value>()
  return (key) => {
    let value = made.get(key)
    if (value === undefined) {
      value = make(key)
      made.set(key, value)
    }
    return value
  }
}
