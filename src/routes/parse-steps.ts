import * as z from 'zod'
import { condition } from '../binding/scalars.ts'
import { checkShape, describe, type Position, within } from '../binding/shape.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { EnvText } from '../environment.ts'
import {
  type BlockShape,
  defineStep,
  type ParsedBlock,
  type ParsedStep,
  type StepKind,
  type StepKinds,
} from '../steps/step.ts'

/** Parses a list of steps; what is faulty is reported, and its place kept by a step of which nothing is known. */
export function parseBlock(
  shape: BlockShape,
  owner: Position,
  kinds: StepKinds,
  diagnostics: DiagnosticCollector,
): ParsedBlock {
  const position = within(owner, ...shape.path)
  const steps = shape.steps.map((raw, index) => {
    const here = within(position, index)
    return parseStep(raw, here, kinds, diagnostics) ?? unknownStep(here)
  })
  return { order: shape.order, steps, position }
}

/** Parses the handlers of a `catch:` at the top of a file. */
export function parseHandlers(
  raw: unknown,
  owner: Position,
  kinds: StepKinds,
  diagnostics: DiagnosticCollector,
): ParsedBlock[] {
  return listOf(raw).map((arm, index) =>
    parseBlock(
      { order: 'sequence', steps: listOf((arm as { do?: unknown } | null)?.do), path: ['catch', index, 'do'] },
      owner,
      kinds,
      diagnostics,
    ),
  )
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function unknownStep(position: Position): ParsedStep {
  return { kind: unknownKind, id: undefined, when: undefined, config: undefined, blocks: [], isWhole: false, position }
}

function parseStep(
  raw: unknown,
  position: Position,
  kinds: StepKinds,
  diagnostics: DiagnosticCollector,
): ParsedStep | undefined {
  // `- empty` is the one step that needs no value.
  const value = raw === 'empty' ? { empty: null } : raw
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof EnvText) {
    const at = position.source.locate(position.path)
    diagnostics.add(
      'unknown-step-kind',
      `a step is a mapping with one kind, found ${describe(raw)}`,
      at,
      kindsHelp(kinds),
    )
    return undefined
  }
  const members: Record<string, unknown> = { ...value }
  const kind = findKind(members, position, kinds, diagnostics)
  const checked = kind && checkShape(shapeOf(kind), members, position, diagnostics)
  if (!kind || checked === undefined) return undefined
  const { id, when, ...config } = checked as { id?: string; when?: string } & Record<string, unknown>
  return {
    kind,
    id,
    when,
    config,
    blocks: (kind.blocks?.(config) ?? []).map((block) => parseBlock(block, position, kinds, diagnostics)),
    isWhole: (id !== undefined || members['id'] === undefined) && (when !== undefined || members['when'] === undefined),
    position,
  }
}

const commonKeys = {
  id: z
    .string()
    .regex(/^[A-Za-z][\w-]*$/, 'an id begins with a letter and has letters, digits, - and _')
    .optional(),
  when: condition.optional(),
}

/** Of a kind, with what every step has; made once for each. */
function shapeOf(kind: StepKind): z.ZodObject {
  const shape = shapes.get(kind) ?? (kind.shape as z.ZodObject).safeExtend(commonKeys)
  shapes.set(kind, shape)
  return shape
}

const shapes = new WeakMap<StepKind, z.ZodObject>()

function hasKey({ shape }: StepKind, key: string): boolean {
  return Object.hasOwn((shape as z.ZodObject).shape, key)
}

/** The kind of a step by its members; a misspelt one is reported, and corrected in them. */
function findKind(
  members: Record<string, unknown>,
  { source, path }: Position,
  kinds: StepKinds,
  diagnostics: DiagnosticCollector,
): StepKind | undefined {
  const keys = Object.keys(members).filter((key) => !Object.hasOwn(commonKeys, key))
  const named = keys.filter((key) => kinds.has(key))
  // One kind may have a key by the name of another.
  const [kind = named[0]] = named.filter((key) => named.every((other) => hasKey(kinds.get(key)!, other)))
  const other = named.find((key) => key !== kind && !hasKey(kinds.get(kind!)!, key))
  if (kind !== undefined && other !== undefined) {
    const message = `a step has one kind, this has \`${kind}\` and \`${other}\``
    diagnostics.add('unknown-step-kind', message, source.locateKey([...path, other]), 'make it two steps')
    return undefined
  }
  if (kind !== undefined) return kinds.get(kind)
  const [first] = keys
  if (first === undefined) {
    diagnostics.add('unknown-step-kind', 'a step needs a kind', source.locate(path), kindsHelp(kinds))
    return undefined
  }
  const slips = keys.map((key) => ({ key, meant: key === 'catch' ? 'try' : suggest(key, kinds.keys()) }))
  const slip = slips.find(({ meant }) => meant !== undefined) ?? { key: first, meant: undefined }
  if (slip.meant === undefined && kinds.isWhole === false) return undefined
  const help = slip.meant === undefined ? kindsHelp(kinds) : `did you mean \`${slip.meant}\`?`
  const at = source.locateKey([...path, slip.key])
  diagnostics.add('unknown-step-kind', `\`${slip.key}\` is not a kind of step`, at, help)
  if (slip.meant === undefined || slip.key === 'catch') return undefined
  members[slip.meant] = members[slip.key]
  delete members[slip.key]
  return kinds.get(slip.meant)
}

/** What stands where a step could not be read. */
const unknownKind = defineStep({
  kind: 'unknown',
  category: 'activity',
  summary: 'A step that could not be read.',
  example: '',
  shape: z.any(),
  bind: () => ({ incomplete: true, compile: () => () => {} }),
}) as StepKind

function kindsHelp(kinds: StepKinds): string {
  return `kinds: ${[...kinds.keys()].join(', ')}`
}
