import * as z from 'zod'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { type ColorDefinition, sensitivities } from '../language/color.ts'
import { checkShape } from '../language/shape.ts'
import { isColorName } from '../values/color.ts'
import { reservedNames } from '../values/document.ts'
import { compileSchema } from '../values/schema.ts'
import type { Source } from '../yaml/source.ts'

const colorShape = z
  .looseObject({
    description: z.string().optional().describe('What it means, for people.'),
    sensitivity: z
      .enum(sensitivities)
      .default('public')
      .describe('pii and secret are masked in logs, spans and console; a secret may not reach a response.'),
  })
  .meta({ description: 'A color: a JSON Schema of its values, and how sensitive they are.' })

/** `config/dictionary.yaml` */
export const dictionaryShape = z
  .strictObject({
    colors: z
      .record(z.string(), z.union([colorShape, z.null()]))
      .default({})
      .describe('Color: its type, a JSON Schema in these same keys, and what stands below. Null: anything.'),
  })
  .meta({ description: 'The data dictionary: every color, its type and its sensitivity.' })

/** Reads the dictionary; faulty colors are reported and still known by name, so that their uses are not reported too. */
export function readDictionary(source: Source, diagnostics: DiagnosticCollector): Map<string, ColorDefinition> {
  const place = { source, path: [] }
  const definition = checkShape(dictionaryShape, source.value ?? {}, place, diagnostics)
  const raw = (source.value as { colors?: Record<string, Record<string, unknown> | null> } | null)?.colors ?? {}
  const colors = new Map<string, ColorDefinition>()
  for (const [name, entry] of Object.entries(definition?.colors ?? (typeof raw === 'object' ? raw : {}))) {
    const at = source.locateKey(['colors', name])
    if (!isColorName(name)) {
      const reserved = (reservedNames as readonly string[]).includes(name.split('.')[0]!)
      const help = reserved
        ? `${reservedNames.join(', ')} are reserved`
        : 'segments of [a-z][A-Za-z0-9_]*, joined by dots'
      diagnostics.add('invalid-color-name', `\`${name}\` is not a name for a color`, at, help)
      continue
    }
    const { sensitivity, description, ...schema } = (entry ?? {}) as {
      sensitivity?: ColorDefinition['sensitivity']
      description?: string
    }
    const compiled = compileSchema(schema)
    if ('code' in compiled)
      diagnostics.add(compiled.code, `\`${name}\`: ${compiled.message}`, source.locate(['colors', name]), compiled.help)
    colors.set(name, {
      name,
      schema: 'code' in compiled ? {} : schema,
      sensitivity: sensitivity ?? 'public',
      description,
      at,
    })
  }
  for (const name of findNested(colors, diagnostics)) colors.delete(name)
  return colors
}

/** `user` and `user.id` cannot both be: one would have to hold the other. Gives the inner ones, which give way. */
function findNested(colors: ReadonlyMap<string, ColorDefinition>, diagnostics: DiagnosticCollector): Set<string> {
  const inner = new Set<string>()
  for (const { name, at } of colors.values()) {
    const segments = name.split('.')
    for (let length = 1; length < segments.length; length += 1) {
      const prefix = segments.slice(0, length).join('.')
      if (!colors.has(prefix)) continue
      diagnostics.add('color-prefix', `\`${name}\` lies inside the color \`${prefix}\``, at, 'rename one of them')
      inner.add(name)
    }
  }
  return inner
}
