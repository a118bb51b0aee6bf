import { findColor, type Read } from '../binding/reference.ts'
import { within } from '../binding/shape.ts'
import { compileSchema, fillValue } from '../expressions/schema.ts'
import type { ParsedPart } from '../routes/part.ts'
import type { Binder, BoundPart, GivenColor, PartInput } from '../steps/step.ts'
import { bindGuarded } from './bind-guarded.ts'
import { producedInside } from './bound-route.ts'
import { readsOfBlock } from './reads.ts'

/** Binds what a part does, takes and gives, for one step that runs it. */
export function bindPart(parsed: ParsedPart, binder: Binder): BoundPart {
  const inputs = bindInputs(parsed, binder)
  const gives = bindGiven(parsed, binder)
  const guarded = bindGuarded(parsed, parsed.name, binder)
  const block = {
    ...guarded,
    receives: inputs.map(({ color, isOptional, default: value }) => ({
      color,
      certain: !isOptional || value !== undefined,
    })),
    finalReads: gives.map(
      ({ color, at, isCertain }): Read => ({
        reference: { kind: 'color', color, rest: [] },
        at,
        demand: isCertain ? 'required' : 'guarded',
      }),
    ),
  }
  const colors = new Set([...inputs.map(({ color }) => color), ...producedInside(block)])
  for (const { read } of readsOfBlock(block)) {
    if (read.reference.kind === 'color') colors.add(read.reference.color)
    else if (read.reference.kind === 'colors') for (const color of read.reference.colors) colors.add(color)
  }
  return { name: parsed.name, inputs, gives, block, colors }
}

function bindInputs({ definition, position }: ParsedPart, binder: Binder): PartInput[] {
  const { source } = position
  return definition.in.flatMap((entry, index) => {
    const here = within(position, 'in', index)
    const entries = typeof entry === 'string' ? [[entry, undefined] as const] : Object.entries(entry)
    return entries.flatMap(([key, settings]): PartInput[] => {
      const at = settings === undefined ? source.locate(here.path) : source.locateKey([...here.path, key])
      const color = findColor(key.replace(/\?$/, ''), at, binder)
      if (!color) return []
      const value = settings && fillValue(settings.default, color.schema)
      const schema = compileSchema(color.schema)
      const [fault] = value === undefined || 'code' in schema ? [] : schema.validate(value)
      if (fault !== undefined)
        binder.diagnostics.add('type-mismatch', `the default of \`${color.name}\` does not fit: ${fault}`, at)
      return [{ color: color.name, at, isOptional: key.endsWith('?'), default: value }]
    })
  })
}

function bindGiven({ definition, position }: ParsedPart, binder: Binder): GivenColor[] {
  return definition.out.flatMap((key, index) => {
    const at = position.source.locate([...position.path, 'out', index])
    const color = findColor(key.replace(/\?$/, ''), at, binder)
    return color ? [{ color: color.name, at, isCertain: !key.endsWith('?') }] : []
  })
}
