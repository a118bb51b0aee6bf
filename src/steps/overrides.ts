import { type BoundTemplate, bindTemplate } from '../binding/bind.ts'
import { findColor } from '../binding/reference.ts'
import { type Position, within } from '../binding/shape.ts'
import { asWritten } from '../binding/written.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { fits } from '../expressions/schema.ts'
import { reportMisfit } from './assign.ts'
import type { Binder } from './step.ts'

/** Binds a `with:`: each template must be for a color that is taken, and of its type. */
export function bindOverrides(
  entries: Record<string, unknown>,
  taken: ReadonlySet<string>,
  taker: string,
  owner: Position,
  binder: Binder,
): Map<string, BoundTemplate> {
  const overrides = new Map<string, BoundTemplate>()
  for (const [color, text] of Object.entries(entries)) {
    const position = within(owner, 'with', color)
    const at = position.source.locateKey(position.path)
    const wanted = taken.has(color) ? findColor(color, at, binder)?.schema : undefined
    const value = bindTemplate(asWritten(text, wanted, position), position, binder)
    if (!taken.has(color)) {
      const help = didYouMean(color, taken) ?? `it takes ${[...taken].join(', ') || 'nothing'}`
      binder.diagnostics.add('unknown-color', `${taker} does not take \`${color}\``, at, help)
      continue
    }
    if (!fits(value.schema, wanted)) reportMisfit(color, value, wanted, binder)
    overrides.set(color, value)
  }
  return overrides
}
