import type { Read } from '../../binding/reference.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { type BoundRoute, everyStep } from '../../plan/bound-route.ts'
import { flowDependencies } from '../../plan/dependencies.ts'
import type { Producer } from '../../plan/knowledge.ts'
import type { PassthroughRoute, Route, Snapshot } from '../../plan/snapshot.ts'
import type { StandingPart } from '../../plan/standing-part.ts'
import { isSensitive } from '../../redaction.ts'
import type { BoundBlock, BoundStep } from '../../steps/step.ts'
import { describeDrawnPolicies } from '../drawn-policies.ts'
import { describeEndpoints } from '../endpoints.ts'
import { describePassed } from '../passed-request.ts'
import { findWires, nameRead } from '../wires.ts'
import { levelsOf, withoutShortcuts } from './levels.ts'
import { endsRoute, type Flow, type RouteGraph, type Shape } from './model.ts'

/** Describes a route as a graph. It knows orders and compositions, no kind of step. */
export function buildGraph(route: Route, snapshot: Pick<Snapshot, 'colors'>): RouteGraph {
  const sensitive = [...snapshot.colors.values()].filter(isSensitive).map(({ name }) => name)
  if (route.kind === 'passthrough') return buildPassthrough(route)
  const { bound } = route
  const title = bound.response ? `respond ${bound.response.status.shown}` : 'respond 204'
  return { ...headOf(route), ...buildSteps(bound, sensitive, title) }
}

/** Describes a part as a graph of its own. */
export function buildPartGraph(
  { name, summary, file, bound }: StandingPart,
  snapshot: Pick<Snapshot, 'colors'>,
): RouteGraph {
  const sensitive = [...snapshot.colors.values()].filter(isSensitive).map(({ name }) => name)
  const head = { route: name, match: `part ${name}`, summary, file, timeoutMs: undefined }
  return { ...head, ...buildSteps(bound, sensitive, 'what it gives') }
}

type Head = Pick<RouteGraph, 'route' | 'match' | 'summary' | 'file' | 'timeoutMs'>

const headOf = ({ name, match, summary, file, timeoutMs }: Route): Head => ({
  route: name,
  match: `${match.method === '*' ? 'any' : match.method} ${match.path}`,
  summary,
  file,
  timeoutMs,
})

function buildPassthrough(route: PassthroughRoute): RouteGraph {
  const body: Shape = {
    shape: 'step',
    id: 'proxy',
    kind: 'proxy',
    name: 'proxy',
    title: route.service.name,
    lines: ['request and answer pass through', ...describePassed(route)],
    calls: true,
    needs: [],
    gives: [],
    fallbacks: [],
    optional: false,
    ends: undefined,
    at: `${route.file}:1:1`,
  }
  return {
    ...headOf(route),
    request: { id: 'request', gives: [] },
    body,
    response: { id: 'response', title: `what ${route.service.name} answers`, needs: [] },
    flows: [],
    sensitive: [],
  }
}

/** The steps of what is drawn; a part that one of them runs is a box. */
function* drawnSteps(block: BoundBlock): Generator<BoundStep> {
  for (const step of block.steps) {
    yield step
    if (step.composition !== 'part') for (const inner of step.blocks ?? []) yield* drawnSteps(inner)
  }
}

function buildSteps(bound: BoundRoute, sensitive: readonly string[], answer: string): Omit<RouteGraph, keyof Head> {
  const ids = identifySteps([...everyStep(bound.body)])
  const drawn = new Set<BoundStep>(drawnSteps(bound.body))
  const flows: Flow[] = []
  const seen = new Set<string>()
  for (const { what, from, to } of findWires(bound)) {
    // What goes on inside a part is its own affair.
    if ((to && !drawn.has(to)) || (from !== 'request' && !drawn.has(from))) continue
    const flow = { what, from: idOf(from, ids), to: to ? ids.get(to)! : 'response' }
    const key = JSON.stringify(flow)
    if (!seen.has(key) && flow.from !== flow.to) flows.push(flow)
    seen.add(key)
  }
  const body = new ShapeBuilder(ids, flows).block(bound.body)
  const kept = new Set(sensitive)
  return {
    request: { id: 'request', gives: given('request', flows) },
    body,
    response: endsRoute(body)
      ? undefined
      : {
          id: 'response',
          title: answer,
          needs: needed('response', flows, bound.response?.reads ?? []),
        },
    flows,
    sensitive: [...new Set(flows.map(({ what }) => what))].filter((what) => kept.has(what)),
  }
}

const idOf = (producer: Producer, ids: ReadonlyMap<BoundStep, string>) =>
  producer === 'request' ? 'request' : ids.get(producer)!

/** What it gives: its colors; where it gives none, the parts of it that are read (`steps.reco`). */
function given(id: string, flows: readonly Flow[]): string[] {
  const all = [...new Set(flows.filter(({ from }) => from === id).map(({ what }) => what))].sort()
  const colors = all.filter((what) => !/^(steps|request)\b/.test(what))
  return colors.length > 0 ? colors : all
}

function needed(id: string, flows: readonly Flow[], reads: readonly Read[]): string[] {
  const named = new Set(reads.flatMap(nameRead))
  return [...new Set(flows.filter(({ to, what }) => to === id && named.has(what)).map(({ what }) => what))].sort()
}

/** Steps by their names; arms of a branch may share one, then they are numbered. */
export function identifySteps(steps: readonly BoundStep[]): Map<BoundStep, string> {
  const ids = new Map<BoundStep, string>()
  const taken = new Set(['request', 'response'])
  for (const step of steps) {
    let id = step.name
    for (let number = 2; taken.has(id); number += 1) id = `${step.name}#${number}`
    taken.add(id)
    ids.set(step, id)
  }
  return ids
}

class ShapeBuilder {
  readonly #ids: ReadonlyMap<BoundStep, string>
  readonly #flows: readonly Flow[]

  constructor(ids: ReadonlyMap<BoundStep, string>, flows: readonly Flow[]) {
    this.#ids = ids
    this.#flows = flows
  }

  block(block: BoundBlock, id = ''): Shape {
    const shapes = block.steps.map((step) => this.step(step))
    if (shapes.length === 1 && block.order !== 'flow') return shapes[0]!
    if (block.order === 'parallel') return { shape: 'parallel', id, lanes: shapes }
    if (block.order === 'first') return { shape: 'parallel', id, lanes: shapes, isRace: true }
    if (block.order === 'sequence') {
      return { shape: 'sequence', items: shapes.flatMap((item) => (item.shape === 'sequence' ? item.items : [item])) }
    }
    const after = flowDependencies(block.steps)
    const levels = levelsOf(after)
    const reduced = withoutShortcuts(after)
    const items = shapes.map((body, index) => ({ body, level: levels[index]!, after: [...reduced[index]!] }))
    return { shape: 'flow', id, items }
  }

  step(step: BoundStep): Shape {
    const id = this.#ids.get(step)!
    const body = this.#composed(step, id)
    if (!step.condition) return body
    const arms = [{ label: step.condition.source, body }]
    return { shape: 'choice', id: `${id}?`, arms, needs: this.#needs(id, step.condition.reads), passable: true }
  }

  #composed(step: BoundStep, id: string): Shape {
    const blocks = step.blocks ?? []
    const { title, lines = [] } = step.caption ?? { title: step.kind }
    switch (step.composition) {
      case 'alternatives': {
        const arms = blocks.map((block) => ({
          label: block.condition?.source ?? 'otherwise',
          body: this.block(block),
        }))
        const needs = this.#needs(
          id,
          blocks.flatMap((block) => block.condition?.reads ?? []),
        )
        return { shape: 'choice', id, arms, needs, passable: !step.exhaustive }
      }
      case 'attempt': {
        const [attempt, ...handlers] = blocks
        const arms = handlers.map((block) => ({ label: (block.handles ?? []).join(', '), body: this.block(block) }))
        return { shape: 'attempt', id, body: this.block(attempt!), handlers: arms }
      }
      case 'turns':
      case 'each': {
        const [block] = blocks
        const provides = block!.provides?.color
        const own = {
          needs: this.#needs(id, step.reads),
          provides,
          gives: this.#gives(id).filter((color) => color !== provides),
        }
        return { shape: 'loop', id, title, lines, ...own, body: this.block(block!) }
      }
      default:
        // A part is a picture of its own.
        if (blocks.length > 0 && step.composition !== 'part') return this.block(blocks[0]!, id)
        return {
          shape: 'step',
          id,
          kind: step.kind,
          name: step.name,
          title,
          lines: [
            ...lines,
            ...(step.call
              ? [...describeEndpoints(step.call.operation.service), ...describeDrawnPolicies(step.call.site)]
              : []),
          ],
          calls: step.call !== undefined || step.composition === 'part',
          needs: this.#needs(id, step.reads),
          gives: this.#gives(id),
          fallbacks: (step.call?.fallbacks ?? []).map(({ summary }) => summary),
          optional: step.call?.optional ?? false,
          ends: step.ends ? (step.response ? 'answer' : 'error') : undefined,
          at: printPlace(step.at),
        }
    }
  }

  #needs(id: string, reads: readonly Read[] = []): string[] {
    return needed(id, this.#flows, reads)
  }

  #gives(id: string): string[] {
    return given(id, this.#flows)
  }
}

const printPlace = ({ file, line, column }: Location) => `${file}:${line}:${column}`
