import { explainRoute, type RouteExplanation } from '../../../describe/explain/route.ts'
import { buildGraph } from '../../../describe/graph/build.ts'
import type { Shape } from '../../../describe/graph/model.ts'
import { drawBareSvg } from '../../../describe/graph/svg/draw.ts'
import { secretsInLine } from '../../../diagnostics/secrets-in-line.ts'
import type { Route, Snapshot } from '../../../plan/snapshot.ts'
import { printMatch } from '../../../routes/match.ts'
import type { MetricWindows } from '../../../telemetry/windows.ts'
import { type Figures, figuresOf, type Labels, rateOf, type Trend, trendOf } from './figures.ts'
import { groupOf } from './overview.ts'

/** A route as it is declared. */
export interface RouteView {
  readonly name: string
  readonly match: string
  readonly kind: Route['kind']
  readonly summary: string | undefined
  readonly file: string
  /** Its file, secrets masked. */
  readonly source: string
  /** The flow drawing of `tessera graph`: boxes of steps have `data-id`, what stands in for them has `data-of`. */
  readonly picture: string
  readonly steps: readonly DrawnStep[]
  /** Undefined for `proxy`, which has no steps. */
  readonly explanation: RouteExplanation | undefined
}

/** A box of the picture. */
export interface DrawnStep {
  readonly id: string
  /** As metrics and `Tessera-Degraded` call it. */
  readonly name: string
  readonly title: string
  readonly kind: string
  readonly calls: boolean
  readonly needs: readonly string[]
  readonly gives: readonly string[]
  readonly fallbacks: readonly string[]
  /** `routes/home.yaml:12:9` */
  readonly at: string
}

/** How a route does just now. */
export interface RouteLive {
  readonly now: Figures
  readonly trend: Trend
  readonly steps: readonly StepLive[]
}

export interface StepLive {
  readonly name: string
  readonly now: Figures
  /** A second, by what stood in: `fallback`, `stale`, `skipped`. */
  readonly standIns: Readonly<Record<string, number>>
}

export function describeRouteView(route: Route, snapshot: Snapshot): RouteView {
  const graph = buildGraph(route, snapshot)
  return {
    name: route.name,
    match: printMatch(route.match),
    kind: route.kind,
    summary: route.summary,
    file: route.file,
    source: maskSource(snapshot.texts.routes.find(({ path }) => path === route.file)?.text ?? ''),
    picture: drawBareSvg(graph),
    steps: [...stepsOf(graph.body)],
    explanation: route.kind === 'aggregate' ? explainRoute(route, snapshot) : undefined,
  }
}

export function describeRouteLive(route: Route, windows: MetricWindows): RouteLive {
  const names = route.kind === 'aggregate' ? [...new Set(route.steps.map(({ name }) => name))] : []
  return {
    now: figuresOf(windows, groupOf(route)),
    trend: trendOf(windows, groupOf(route)),
    steps: names.map((name) => {
      const is = (labels: Labels) => labels['route'] === route.name && labels['step'] === name
      const wasRun = (labels: Labels) => is(labels) && labels['outcome'] !== 'skipped'
      return {
        name,
        now: figuresOf(windows, {
          metric: 'tessera_step_duration_seconds',
          is: wasRun,
          isFailure: ({ outcome }) => outcome !== 'ok',
        }),
        standIns: Object.fromEntries(
          ['fallback', 'stale', 'skipped'].map((source) => [
            source,
            rateOf(windows, 'tessera_fallback_total', (labels) => is(labels) && labels['source'] === source),
          ]),
        ),
      }
    }),
  }
}

function* stepsOf(shape: Shape): Generator<DrawnStep> {
  switch (shape.shape) {
    case 'step': {
      const { id, name, title, kind, calls, needs, gives, fallbacks, at } = shape
      yield { id, name, title, kind, calls, needs, gives, fallbacks, at }
      return
    }
    case 'sequence':
      for (const item of shape.items) yield* stepsOf(item)
      return
    case 'parallel':
      for (const lane of shape.lanes) yield* stepsOf(lane)
      return
    case 'flow':
      for (const { body } of shape.items) yield* stepsOf(body)
      return
    case 'choice':
      for (const { body } of shape.arms) yield* stepsOf(body)
      return
    case 'attempt':
      yield* stepsOf(shape.body)
      for (const { body } of shape.handlers) yield* stepsOf(body)
      return
    case 'loop':
      yield* stepsOf(shape.body)
  }
}

/** A file as it may be shown: secrets that somebody wrote into it are told by their place alone. */
export function maskSource(text: string): string {
  const lines = text.split('\n')
  return lines
    .map((line, index) =>
      [...secretsInLine(lines, index)]
        .sort((a, b) => b.start - a.start)
        .reduce((shown, { start, end }) => `${shown.slice(0, start)}***${shown.slice(end)}`, line),
    )
    .join('\n')
}
