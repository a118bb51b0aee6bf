import * as z from 'zod'
import type { BoundTemplate } from '../binding/bind.ts'
import type { Read, Write } from '../binding/reference.ts'
import { meaning, template, timeSpan } from '../binding/scalars.ts'
import { within } from '../binding/shape.ts'
import type { GatewayError } from '../errors.ts'
import { printDuration } from '../expressions/units.ts'
import { compileHandlers, guardRun } from './catch.ts'
import { type BoundOut, bindOut } from './out.ts'
import { bindOverrides } from './overrides.ts'
import { compilePart, noteLoss } from './part-run.ts'
import type { BoundPart } from './step.ts'
import { type Binder, type BoundBlock, type BoundStep, defineStep, type ParsedStep, type StepBinding } from './step.ts'

const fallbackEntry = z.union([
  z.strictObject({ assign: z.record(z.string(), template).describe('Writes these colors instead.') }),
  z.strictObject({ invoke: z.string().describe('Another operation, `service.operation`.') }),
])

const shape = z.strictObject({
  part: meaning(z.string().describe('The name of a file in `parts`.'), 'part'),
  with: z.record(z.string(), template).optional().describe('Color: template, in place of the caller’s color.'),
  out: z
    .record(z.string(), template)
    .optional()
    .describe('Color: template over what the part gives, in place of its own `out`.'),
  timeout: timeSpan.optional().describe('Of the whole part.'),
  optional: z.boolean().default(false).describe('On failure its colors stay absent and the route goes on.'),
  fallback: z
    .union([fallbackEntry, z.array(fallbackEntry).min(1)])
    .transform((entry) => (Array.isArray(entry) ? entry : [entry]))
    .optional()
    .describe('What stands in when the part fails; of a list the first that does not fail.'),
})
type Config = z.output<typeof shape>

/** Runs a part: steps of a file of their own, with colors of their own. */
export const part = defineStep({
  kind: 'part',
  category: 'activity',
  summary: 'Runs a part: steps that several routes share, with colors of their own.',
  example: '- { part: shelf, timeout: 300ms, fallback: { assign: { product.list: [] } } }',
  shape,
  // What stands in is a step like any other, and gives what the part would have given.
  blocks: ({ fallback = [], out }) => [
    {
      order: 'sequence',
      steps: fallback.map((entry) => ('invoke' in entry && out ? { ...entry, out } : entry)),
      path: ['fallback'],
    },
  ],
  bind(step, binder) {
    const { config, position } = step
    const name = binder.nameCall(step as ParsedStep, config.part)
    const [stepsInstead] = step.blocks
    const hasFallback = stepsInstead!.steps.length > 0
    const isLenient = config.optional || hasFallback
    const found = binder.part(config.part, name, within(position, 'part'), isLenient)
    if (!found) return { incomplete: true, compile: () => () => {} }
    const own = bindRun(step, found, { name, isLenient, isOptional: config.optional && !hasFallback }, binder)
    if (!hasFallback) return own
    const inner: BoundStep = {
      ...own,
      kind: 'part',
      name,
      at: position.source.locateKey([...position.path, 'part']),
      condition: undefined,
    }
    return withFallbacks(
      inner,
      stepsInstead!.steps.map((instead) => binder.block({ ...stepsInstead!, steps: [instead] })),
      config.optional,
    )
  },
})

interface Parts {
  readonly name: string
  readonly isLenient: boolean
  readonly isOptional: boolean
}

function bindRun(
  { config, position }: ParsedStep<Config>,
  bound: BoundPart,
  { name, isLenient, isOptional }: Parts,
  binder: Binder,
): StepBinding {
  const at = position.source.locate([...position.path, 'part'])
  const title = `part ${bound.name}`
  const taken = new Set(bound.inputs.map(({ color }) => color))
  const overrides = bindOverrides(config.with ?? {}, taken, `the part \`${bound.name}\``, position, binder)
  const out = config.out && bindOut(config.out, position, new Set(bound.gives.map(({ color }) => color)), binder)
  const writes = out ? takenWrites(out, bound) : bound.gives.map(({ color, isCertain }) => ({ color, at, isCertain }))
  const { timeout } = config
  return {
    name,
    caption: { title, lines: timeout === undefined ? [] : [`${printDuration(timeout)} in all`] },
    reads: [...inputReads(bound, overrides, at, isLenient), ...(out?.reads ?? [])],
    writes,
    mayLeaveOut: new Set(isOptional ? writes.map(({ color }) => color) : []),
    derives: [...[...overrides].map(([color, value]) => ({ color, value })), ...(out?.taken ?? [])],
    blocks: [bound.block],
    composition: 'part',
    ...(timeout !== undefined && {
      within: { ms: timeout, at: position.source.locate([...position.path, 'timeout']) },
    }),
    compile: (compiler) =>
      compilePart({
        part: bound,
        name,
        overrides,
        timeoutMs: timeout,
        isOptional,
        take: out?.take,
        run: compiler.block(bound.block),
      }),
  }
}

/** What is made of a color that the part may not give may be absent too. */
function takenWrites({ taken }: BoundOut, { gives }: BoundPart): Write[] {
  const uncertain = new Set(gives.flatMap(({ color, isCertain }) => (isCertain ? [] : [color])))
  return taken.map(({ color, at, value }) => ({
    color,
    at,
    isCertain: !value.reads.some(({ reference }) => reference.kind === 'color' && uncertain.has(reference.color)),
  }))
}

function inputReads(
  { inputs }: BoundPart,
  overrides: ReadonlyMap<string, BoundTemplate>,
  at: Read['at'],
  isLenient: boolean,
): Read[] {
  return inputs.flatMap(({ color, isOptional, default: value }): readonly Read[] => {
    const demand = isOptional || value !== undefined ? 'guarded' : isLenient ? 'tolerated' : 'required'
    return overrides.get(color)?.reads ?? [{ reference: { kind: 'color', color, rest: [] }, at, demand }]
  })
}

/** A part whose failure something stands in for is a `try` around it. */
function withFallbacks(inner: BoundStep, instead: readonly BoundBlock[], isOptional: boolean): StepBinding {
  const { at, name } = inner
  const last: BoundBlock[] = isOptional ? [{ order: 'sequence', steps: [], at }] : []
  const [first, ...rest] = [...instead, ...last]
  const attempt: BoundBlock = { order: 'sequence', steps: [inner], at }
  const handler: BoundBlock = { ...first!, handles: ['all'], locals: ['error'] }
  const guarded = rest.length === 0 ? handler : nest(handler, rest, name)
  const note = (context: Parameters<typeof noteLoss>[0], error: GatewayError) =>
    noteLoss(context, name, error, 'fallback')
  return {
    name,
    blocks: [attempt, guarded],
    composition: 'attempt',
    compile: (compiler) => guardRun(compiler.block(attempt), compileHandlers([['all']], [guarded], compiler, note)),
  }
}

/** Of several, each is tried when the one before has failed. */
function nest(tried: BoundBlock, [next, ...rest]: readonly BoundBlock[], name: string): BoundBlock {
  const attempt: BoundBlock = { ...tried, handles: [], locals: [] }
  const handler: BoundBlock = { ...next!, handles: ['all'], locals: ['error'] }
  const guarded = rest.length === 0 ? handler : nest(handler, rest, name)
  const step: BoundStep = {
    kind: 'try',
    name,
    at: tried.at,
    condition: undefined,
    blocks: [attempt, guarded],
    composition: 'attempt',
    compile: (compiler) => guardRun(compiler.block(attempt), compileHandlers([['all']], [guarded], compiler)),
  }
  return { order: 'sequence', steps: [step], at: tried.at, handles: ['all'], locals: ['error'] }
}
