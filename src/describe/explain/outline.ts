import type { ColorDefinition } from '../../binding/color.ts'
import type { ResolvedPolicy } from '../../operations/policies/resolve.ts'
import type { BoundBlock, BoundStep } from '../../steps/step.ts'
import type { StepCall } from '../../steps/step-call.ts'
import { describeEndpoints } from '../endpoints.ts'
import { partsOfOperation } from './inputs.ts'
import { describeOrigin, type Origin, printPlace } from './places.ts'
import type { Fed, SourceFinder } from './sources.ts'

/** One line of a route's outline: a heading (`when …`, `parallel`), or a step. */
export interface OutlineLine {
  readonly depth: number
  readonly heading: string | undefined
  readonly step: ExplainedStep | undefined
}

export interface ExplainedStep {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly lines: readonly string[]
  readonly at: string
  readonly inputs: readonly ExplainedRead[]
  readonly gives: readonly string[]
  /** Of an invoke. */
  readonly policies: ExplainedPolicies | undefined
}

export interface ExplainedRead {
  /** Where it goes: `query.seg`; undefined where the step just reads it. */
  readonly to: string | undefined
  /** The color that is taken there, if another value stands in for it (`with`). */
  readonly insteadOf: string | undefined
  readonly optional: boolean
  readonly values: readonly Fed[]
  /** Of a header that a file gives: who says it. */
  readonly origin?: Origin
  /** pii or secret, of the colors themselves. */
  readonly sensitivity: 'pii' | 'secret' | undefined
}

export interface ExplainedPolicies {
  /** Outermost first. */
  readonly around: readonly ExplainedPolicy[]
  readonly fallbacks: readonly { readonly summary: string; readonly at: string }[]
  readonly optional: boolean
  /** Nothing but the answer reads its body, which is checked and passed on without being parsed. */
  readonly keepsBytes: boolean
  /** How the endpoints of the service are found, chosen and looked after, where it says so. */
  readonly endpoints: readonly string[]
}

/** What is said of one policy, and by whom. */
export interface ExplainedPolicy extends Origin {
  readonly name: string
  /** Undefined where it does not hold. */
  readonly policy: unknown
  /** What it does, or why nothing. */
  readonly summary: string
}

interface Surroundings {
  readonly ids: ReadonlyMap<BoundStep, string>
  readonly sources: SourceFinder
  readonly colors: ReadonlyMap<string, ColorDefinition>
}

export function outlineBlock(block: BoundBlock, around: Surroundings, depth = 0): OutlineLine[] {
  const heading = block.order === 'sequence' || block.steps.length < 2 ? undefined : block.order
  const inside = heading === undefined ? depth : depth + 1
  return [
    ...(heading === undefined ? [] : [line(depth, heading)]),
    ...block.steps.flatMap((step) => outlineStep(step, around, inside)),
  ]
}

const line = (depth: number, heading: string): OutlineLine => ({ depth, heading, step: undefined })

function outlineStep(step: BoundStep, around: Surroundings, depth: number): OutlineLine[] {
  if (!step.condition) return outlineComposed(step, around, depth)
  return [line(depth, `when ${step.condition.source}`), ...outlineComposed(step, around, depth + 1)]
}

function outlineComposed(step: BoundStep, around: Surroundings, depth: number): OutlineLine[] {
  const blocks = step.blocks ?? []
  const inner = (block: BoundBlock | undefined) => (block ? outlineBlock(block, around, depth + 1) : [])
  switch (step.composition) {
    case 'alternatives':
      return blocks.flatMap((block, index) => {
        const test = block.condition ? `${index === 0 ? 'if' : 'else if'} ${block.condition.source}` : 'otherwise'
        return [line(depth, test), ...inner(block)]
      })
    case 'attempt': {
      const [attempt, ...handlers] = blocks
      const caught = handlers.flatMap((block) => [
        line(depth, `catch ${(block.handles ?? []).join(', ')}`),
        ...inner(block),
      ])
      return [line(depth, 'try'), ...inner(attempt), ...caught]
    }
    default: {
      if (blocks.length > 0 && !step.caption) return blocks.flatMap((block) => outlineBlock(block, around, depth))
      return [{ depth, heading: undefined, step: explainStep(step, around) }, ...blocks.flatMap(inner)]
    }
  }
}

function explainStep(step: BoundStep, { ids, sources, colors }: Surroundings): ExplainedStep {
  const { title, lines = [] } = step.caption ?? { title: step.kind }
  const sensitivityOf = (values: readonly Fed[]) => {
    const found = values.map(({ what }) => colors.get(what)?.sensitivity)
    return found.includes('secret') ? 'secret' : found.includes('pii') ? 'pii' : undefined
  }
  const parts = step.call
    ? partsOfOperation(step.call.operation, step.call.overrides)
    : (step.reads ?? []).map((read) => ({
        origin: undefined,
        to: undefined,
        color: undefined,
        optional: read.demand !== 'required',
        reads: [read],
      }))
  const inputs = parts.map(({ to, color, optional, reads, origin }): ExplainedRead => {
    const values = sources.feeding(reads, step)
    const isOverride = color !== undefined && step.call?.overrides.has(color)
    const told = origin && { origin: describeOrigin(origin) }
    const sensitivity = sensitivityOf(values)
    return { to, insteadOf: isOverride ? color : undefined, optional, values, ...told, sensitivity }
  })
  const unique = new Map(
    inputs.filter(({ values, to }) => to || values.length > 0).map((input) => [JSON.stringify(input), input]),
  )
  return {
    id: ids.get(step)!,
    kind: step.kind,
    title,
    lines,
    at: printPlace(step.at),
    inputs: [...unique.values()],
    gives: [...new Set((step.writes ?? []).map(({ color }) => color))],
    policies: step.call && explainPolicies(step.call),
  }
}

function explainPolicies({ operation, site, policies, fallbacks, optional }: StepCall): ExplainedPolicies {
  return {
    around: policies.map(explainPolicy),
    fallbacks: fallbacks.map(({ summary, at }) => ({ summary, at: printPlace(at) })),
    optional,
    keepsBytes: site.indexBody !== undefined,
    endpoints: describeEndpoints(operation.service),
  }
}

function explainPolicy({ kind, config, misfit, origin }: ResolvedPolicy): ExplainedPolicy {
  const without = misfit ? `none: ${misfit.short}` : 'none'
  const summary = config === undefined ? without : kind.caption(config)
  return { name: kind.name, policy: config, summary, ...describeOrigin(origin) }
}
