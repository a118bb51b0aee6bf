import type { Fallback } from '../calls/call.ts'
import { type BackendMetrics, uncounted } from '../calls/metrics.ts'
import type { CallSite } from '../calls/policy.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { GatewayError } from '../errors.ts'
import { leftOut } from '../expressions/document.ts'
import type { BoundRoute } from '../plan/bound-route.ts'
import { RouteCompiler } from '../plan/compile.ts'
import { findProgress } from '../plan/progress.ts'
import { everyRead, RecordsRead } from '../plan/reads.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import type { Context, Recover, Run, StepRun } from '../steps/context.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'
import { CoverageMap, type Part, type StepParts } from './coverage-map.ts'
import type { Observer } from './run-test.ts'

/** How much of a route its tests reached. */
export interface RouteCoverage {
  readonly route: string
  readonly file: string
  readonly total: number
  readonly reached: number
  /** What no test reached; parts of a part that is missed itself are not named again. */
  readonly missed: readonly { readonly at: Location; readonly what: string }[]
}

/**
 * Watches which parts of a route are reached. The route is compiled once more, by the same compiler, with a counter
 * at each part; nothing of the engine or of the gateway's own snapshot knows of it.
 */
export class CoverageObserver implements Observer {
  readonly run: Run
  readonly recover: Recover | undefined
  readonly metrics: BackendMetrics
  readonly #route: AggregatedRoute
  readonly #map: CoverageMap

  constructor(route: AggregatedRoute) {
    this.#route = route
    this.#map = new CoverageMap(route.bound.body)
    const compiler = new CountingCompiler(route.bound, this.#map)
    this.run = compiler.block(route.bound.body)
    this.recover = compiler.recover
    this.metrics = { ...uncounted, forSite: (site) => this.#watchStale(site) }
  }

  /** The site with a counter at each fallback that runs; a last good answer tells of itself as a metric. */
  readonly observeSite = (site: CallSite): CallSite => {
    const fallbacks = site.fallbacks.map((fallback): Fallback => {
      const part = this.#map.fallbacks.get(fallback)
      if (fallback.kind === 'lastGood' || !part) return fallback
      const { kind, run } = fallback
      return {
        kind,
        run: async (error, context) => {
          const response = await run(error, context)
          part.count++
          return response
        },
      }
    })
    return { ...site, fallbacks }
  }

  report(): RouteCoverage {
    const { parts } = this.#map
    const reached = parts.filter(({ count }) => count > 0).length
    const missed = parts.filter(({ count, inside }) => count === 0 && inside?.count !== 0)
    const { name, file } = this.#route
    return { route: name, file, total: parts.length, reached, missed: missed.map(({ at, what }) => ({ at, what })) }
  }

  #watchStale(site: CallSite) {
    const lastGood = site.fallbacks.find(({ kind }) => kind === 'lastGood')
    const part = lastGood && this.#map.fallbacks.get(lastGood)
    const silent = uncounted.forSite(site)
    if (!part) return silent
    return {
      ...silent,
      fallback: (source: string) => {
        if (source === 'stale') part.count++
      },
    }
  }
}

/** Compiles a route as the plan does, with a counter at each part. */
class CountingCompiler extends RouteCompiler {
  readonly #map: CoverageMap

  constructor(route: BoundRoute, map: CoverageMap) {
    super(
      new RecordsRead(everyRead(route)),
      undefined,
      undefined,
      route.response?.streams ? findProgress(route)?.settledBy : undefined,
    )
    this.#map = map
  }

  override readonly won = (step: BoundStep): void => {
    this.#map.wins.get(step)!.count++
  }

  override block(block: BoundBlock): Run {
    const run = super.block(block)
    const part = this.#map.blocks.get(block)
    if (!part) return run
    return (context) => {
      part.count++
      return run(context)
    }
  }

  override step(step: BoundStep): Run {
    const parts = this.#map.steps.get(step)!
    const { condition } = step
    return super.step({
      ...step,
      condition: condition && { ...condition, test: countFalse(condition.test, parts.skipped) },
      compile: (compiler) => countEnds(countRuns(step.compile(compiler), parts), step.name, parts.ends),
    })
  }
}

function countFalse<Subject>(
  test: (subject: Subject) => boolean,
  part: Part | undefined,
): (subject: Subject) => boolean {
  return (subject) => {
    const holds = test(subject)
    if (!holds && part) part.count++
    return holds
  }
}

function countRuns(run: StepRun, { step, arms, passedBy }: StepParts): StepRun {
  const taken = () => arms.reduce((sum, { count }) => sum + count, 0)
  return (context, startedAt) => {
    step.count++
    const before = taken()
    const pending = run(context, startedAt)
    // A branch has chosen when it returns: its arm has been entered, or there was none.
    if (passedBy && taken() === before) passedBy.count++
    return pending
  }
}

/** How the turns of a `repeat` ended: its condition held, or there were too many. */
function countEnds(run: StepRun, name: string, ends: StepParts['ends']): StepRun {
  if (!ends) return run
  const stops = ({ document }: Context) => document[leftOut]?.filter(({ step }) => step === name).length ?? 0
  return async (context, startedAt) => {
    const before = stops(context)
    try {
      await run(context, startedAt)
    } catch (thrown) {
      if (thrown instanceof GatewayError && thrown.code === 'not-done' && thrown.step === name) ends.tooMany.count++
      throw thrown
    }
    const end = stops(context) > before ? ends.tooMany : ends.done
    end.count++
  }
}
