import * as z from 'zod'
import type { ColorDefinition } from '../binding/color.ts'
import { checkIsFixed, checkShape, type Position } from '../binding/shape.ts'
import { withRole } from '../binding/variables.ts'
import { schemaAsWritten } from '../binding/written.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { isColorName } from '../expressions/color.ts'
import { isReserved } from '../expressions/document.ts'
import { compileSchema, fillSchema } from '../expressions/schema.ts'
import { sensitivities } from '../redaction.ts'
import { mergeSources } from '../yaml/merged-source.ts'
import type { Source } from '../yaml/source.ts'

const colorShape = z
  .object({
    description: z.string().optional().describe('What it means, for people.'),
    sensitivity: z
      .enum(sensitivities)
      .default('public')
      .describe('pii and secret are masked in logs, spans and console; a secret may not reach a response.'),
  })
  // What a variable is in a type, JSON Schema says.
  .catchall(withRole(z.unknown(), 'inside'))
  .meta({ description: 'A color: a JSON Schema of its values, and how sensitive they are.' })

/** `config/dictionary.yaml`, or each file of `config/dictionary/` */
export const dictionaryShape = z
  .strictObject({
    colors: z
      .record(z.string(), z.union([colorShape, z.null()]))
      .default({})
      .describe('Color: its type, a JSON Schema in these same keys, and what stands below. Null: anything.'),
  })
  .meta({ description: 'The data dictionary: every color, its type and its sensitivity.' })

/**
 * Reads the dictionary, which may stand in several files; faulty colors are reported and still known by name, so that their uses are not reported too.
 * Undefined when it has no colors that could be read at all.
 */
export function readDictionary(
  sources: readonly [Source, ...Source[]],
  diagnostics: DiagnosticCollector,
): Map<string, ColorDefinition> | undefined {
  const source = mergeSources(sources, ['colors'], diagnostics)
  const definition = checkShape(dictionaryShape, source.value ?? {}, { source, path: [] }, diagnostics)
  const written = source.valueAt(['colors']) ?? {}
  if (!definition || typeof written !== 'object' || Array.isArray(written)) return undefined
  const colors = new Map<string, ColorDefinition>()
  for (const [name, entry] of Object.entries({ ...written, ...definition.colors })) {
    const position: Position = { source, path: ['colors', name] }
    const isName = isColorName(name)
    if (!isName) reportName(name, position, diagnostics)
    if (isName || isReadable(name)) {
      const isRead = Object.hasOwn(definition.colors, name)
      colors.set(name, readColor(name, isRead ? entry : null, position, diagnostics))
    }
  }
  for (const name of findNested(colors, diagnostics)) colors.delete(name)
  return colors
}

function reportName(name: string, { source, path }: Position, diagnostics: DiagnosticCollector): void {
  const [first] = name.split('.') as [string]
  const help = isReserved(first)
    ? `\`${first}\` is reserved; call it \`${first}_${name.slice(first.length + 1).replaceAll('.', '_') || 'value'}\``
    : 'segments of [a-z][A-Za-z0-9_]*, joined by dots'
  diagnostics.add('invalid-color-name', `\`${name}\` is not a name for a color`, source.locateKey(path), help)
}

/** A name that is wrong by its letters only can be found all the same: what uses it is not reported too. */
function isReadable(name: string): boolean {
  return /^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/.test(name) && isColorName(name.toLowerCase())
}

function readColor(
  name: string,
  entry: Record<string, unknown> | null,
  { source, path }: Position,
  diagnostics: DiagnosticCollector,
): ColorDefinition {
  const { sensitivity, description, ...type } = (entry ?? {}) as {
    sensitivity?: ColorDefinition['sensitivity']
    description?: string
  }
  const isFixed = !source.namesVariables || checkIsFixed(entry, { source, path }, diagnostics)
  const written = schemaAsWritten(type, { source, path })
  const schema = !isFixed ? {} : source.namesVariables ? fillSchema(written) : written
  const compiled = compileSchema(schema)
  if ('code' in compiled)
    diagnostics.add(compiled.code, `\`${name}\`: ${compiled.message}`, source.locate(path), compiled.help)
  return {
    name,
    schema: 'code' in compiled ? {} : schema,
    sensitivity: sensitivity ?? 'public',
    description,
    at: source.locateKey(path),
  }
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
