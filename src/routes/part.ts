import * as z from 'zod'
import { colorKey } from '../binding/scalars.ts'
import { checkShape, type Position } from '../binding/shape.ts'
import { steps } from '../binding/steps.ts'
import { withRole } from '../binding/variables.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { catchArm } from '../steps/catch.ts'
import type { ParsedBlock, StepKinds } from '../steps/step.ts'
import type { Source } from '../yaml/source.ts'
import { listOf, parseBlock, parseHandlers } from './parse-steps.ts'

const input = z.union([
  colorKey,
  z.record(
    z.string(),
    z.strictObject({
      // Its color says what a variable in it is.
      default: withRole(z.any(), 'inside').describe('What it is where the caller does not have it.'),
    }),
  ),
])

/** `parts/**\/*.yaml` */
export const partShape = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][\w-]*$/, 'a part is named by letters, digits, - and _')
      .optional()
      .describe('What steps call it; the file’s name by default.'),
    summary: z.string().optional().describe('What it is for, in a line.'),
    in: z
      .array(input)
      .default([])
      .describe('The colors that it takes of its caller; `color?` may be absent, `color: { default: … }` too.'),
    do: steps.describe('What happens, one step after the other.'),
    catch: z.array(catchArm).min(1).optional().describe('What to do when a step fails and nothing else handles it.'),
    out: z.array(colorKey).min(1).describe('The colors that it gives; `color?` may be absent.'),
  })
  .meta({ description: 'Steps that several routes share, with colors of their own.' })

export type PartDefinition = z.output<typeof partShape>

/** A part whose shape is right. */
export interface ParsedPart {
  readonly name: string
  readonly definition: PartDefinition
  readonly body: ParsedBlock
  readonly handlers: readonly ParsedBlock[]
  readonly position: Position
}

/** Parses a part's file down to its last step; every fault is reported. */
export function parsePart(source: Source, kinds: StepKinds, diagnostics: DiagnosticCollector): ParsedPart | undefined {
  const position: Position = { source, path: [] }
  const definition = checkShape(partShape, source.value ?? {}, position, diagnostics)
  const raw = (source.value ?? {}) as { do?: unknown; catch?: unknown }
  const body = parseBlock({ order: 'sequence', steps: listOf(raw.do), path: ['do'] }, position, kinds, diagnostics)
  const handlers = parseHandlers(raw.catch, position, kinds, diagnostics)
  if (!definition) return undefined
  return { name: definition.name ?? nameOfFile(source.path), definition, body, handlers, position }
}

/** `parts/shelf.yaml` → `shelf` */
export function nameOfFile(path: string): string {
  return path.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, '')
}
