import * as z from 'zod'
import type { BoundTemplate } from '../binding/bind.ts'
import { bindTemplate } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import { describeType } from '../binding/describe-type.ts'
import { findColor, type Read } from '../binding/reference.ts'
import { colorKey, template } from '../binding/scalars.ts'
import { type Position, within } from '../binding/shape.ts'
import { asWritten } from '../binding/written.ts'
import { compileColorWriter } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { fits, type JsonSchema } from '../expressions/schema.ts'
import { printTemplate } from './caption.ts'
import { defineStep } from './step.ts'

/** Writes colors from templates. */
export const assign = defineStep({
  kind: 'assign',
  category: 'activity',
  summary: 'Writes colors from templates, in the order of the file.',
  example: `- assign: { user.segment: anonymous, order.total: '\${ cart.sum * 1.06 }' }`,
  shape: z.strictObject({
    assign: z.record(colorKey, template).describe('Color: template; each sees what those above it wrote.'),
  }),
  bind(step, binder) {
    const assignments = bindAssignments(step.config.assign, within(step.position, 'assign'), binder)
    return {
      caption: { title: 'assign', lines: assignments.map(({ color, text }) => `${color} = ${printTemplate(text)}`) },
      reads: readsOf(assignments),
      writes: assignments,
      derives: assignments,
      compile: () => {
        const write = compileAssignments(assignments)
        return (context) => write(context.document)
      },
    }
  },
})

/** Each assignment sees what those above it wrote, where they gave something. */
function readsOf(assignments: readonly Assignment[]): Read[] {
  return assignments.flatMap(({ value }, index) => {
    const above = new Set(assignments.slice(0, index).map(({ color }) => color))
    const isOwn = ({ reference }: Read) => reference.kind === 'color' && above.has(reference.color)
    return value.reads.map((read) => (isOwn(read) ? { ...read, own: true, needed: false } : read))
  })
}

interface Assignment {
  readonly color: string
  readonly at: ReturnType<Position['source']['locate']>
  /** As the file has it. */
  readonly text: unknown
  readonly value: BoundTemplate
}

/** Binds `color: template` pairs and checks that each template can be of its color's type. */
export function bindAssignments(
  entries: Record<string, unknown>,
  position: Position,
  language: Language,
): Assignment[] {
  const assignments: Assignment[] = []
  for (const [name, text] of Object.entries(entries)) {
    const at = position.source.locateKey([...position.path, name])
    const color = findColor(name, at, language)
    const here = within(position, name)
    const value = bindTemplate(asWritten(text, color?.schema, here), here, language)
    if (!color) continue
    if (!fits(value.schema, color.schema)) reportMisfit(name, value, color.schema, language)
    assignments.push({ color: color.name, at, text, value })
  }
  return assignments
}

/** Says that a template's value cannot be of its color's type. */
export function reportMisfit(
  color: string,
  value: BoundTemplate,
  wanted: JsonSchema | undefined,
  language: Language,
): void {
  language.diagnostics.add(
    'type-mismatch',
    `\`${color}\` is ${describeType(wanted)}, this is ${describeType(value.schema)}`,
    value.at,
  )
}

/** An absent value leaves its color as it is. */
export function compileAssignments(assignments: readonly Assignment[]): (document: Document) => void {
  const compiled = assignments.map(({ color, value }) => ({
    write: compileColorWriter(color),
    evaluate: value.evaluate,
  }))
  return (document) => {
    for (const { write, evaluate } of compiled) {
      const value = evaluate(document)
      if (value !== undefined) write(document, value)
    }
  }
}
