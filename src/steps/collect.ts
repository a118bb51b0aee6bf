import { type BoundTemplate, bindTemplate } from '../binding/bind.ts'
import { findColor, type Write } from '../binding/reference.ts'
import { within } from '../binding/shape.ts'
import { fits, type JsonSchema } from '../expressions/schema.ts'
import { reportMisfit } from './assign.ts'
import type { Binder, ParsedStep } from './step.ts'

/** A color, and what of each run is gathered in it. */
export interface Collected extends Write {
  readonly value: BoundTemplate
}

/**
 * Binds a `collect:`.
 * @param gather the type of what is gathered, by the type of what one run gives
 */
export function bindCollected(
  entries: Record<string, unknown>,
  gather: (schema: JsonSchema | undefined) => JsonSchema,
  step: Pick<ParsedStep, 'position'>,
  binder: Binder,
): Collected[] {
  const collected: Collected[] = []
  for (const [name, text] of Object.entries(entries)) {
    const position = within(step.position, 'collect', name)
    const at = position.source.locateKey(position.path)
    const value = bindTemplate(text, position, binder)
    const color = findColor(name, at, binder)
    if (!color) continue
    const gathered = gather(value.schema)
    if (!fits(gathered, color.schema)) reportMisfit(name, { ...value, schema: gathered }, color.schema, binder)
    collected.push({ color: color.name, at, value })
  }
  return collected
}

/** A list of what each run gives. */
export function listOf(schema: JsonSchema | undefined): JsonSchema {
  return { type: 'array', ...(schema && { items: schema }) }
}
