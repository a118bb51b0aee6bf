import { ExtensionFault } from '../definition.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Area } from '../expressions/area.ts'
import type { Document } from '../expressions/document.ts'
import { compileExpression, type ExpressionOptions } from '../expressions/expression.ts'
import { compilePath, isPath, type Path as JsonPath } from '../expressions/path.ts'
import type { JsonSchema } from '../expressions/schema.ts'
import {
  compileTemplate,
  parseTemplate,
  readsOf,
  schemaOf,
  type Template,
  type Where,
} from '../expressions/template.ts'
import type { Language } from './color.ts'
import { describeType } from './describe-type.ts'
import { isRaw, type Read, type Reference, readOf, resolveReference } from './reference.ts'
import { type Position, within } from './shape.ts'
import { metered } from './too-much-work.ts'

/** A template with everything known that loading can know. */
export interface BoundTemplate {
  readonly template: Template
  readonly reads: readonly Read[]
  /** What it gives, as far as that can be told; undefined is anything. */
  readonly schema: JsonSchema | undefined
  readonly at: Location
  /** Where something in one of its strings stands in the file. */
  readonly locate: (where: Where, offset: number, length: number) => Location
  readonly evaluate: (document: Document) => unknown
}

/** A color and the template that it is made of. */
export interface Derivation {
  readonly color: string
  readonly value: BoundTemplate
  /** True when the template is filled once for each element, where `item` is there. */
  readonly inside?: boolean
  /** Where in the color lies what lies here in the template's value; by default in the same place. */
  readonly placed?: (area: Area) => Area
}

/** Parses and compiles a template, and finds what it reads. Its faults are reported at their characters. */
export function bindTemplate(value: unknown, position: Position, language: Language): BoundTemplate {
  return bind(value, position, language, false)
}

/** The same for a `body`, which may be one that came. */
export function bindBody(value: unknown, position: Position, language: Language): BoundTemplate {
  return bind(value, position, language, true)
}

/** Whether what it gives is a body as it came. */
export function givesRaw({ template, reads }: BoundTemplate): boolean {
  return template.kind === 'path' && reads.some(({ reference }) => isRaw(reference))
}

function bind(value: unknown, position: Position, language: Language, isBody: boolean): BoundTemplate {
  const { template, faults, isWhole } = parseTemplate(value, language.types, language)
  for (const fault of faults) {
    const { source, path } = within(position, ...fault.path)
    // An operator is a key, all other faults sit in a string.
    const at =
      fault.code === 'unknown-operator' ? source.locateKey(path) : source.locateInside(path, fault.offset, fault.length)
    language.diagnostics.add(fault.code, fault.message, at, fault.help)
  }
  const locate: BoundTemplate['locate'] = (where, offset, length) =>
    position.source.locateInside([...position.path, ...where], offset, length)
  const reads: Read[] = []
  const hasMembers = isBody && template.kind === 'object'
  for (const read of readsOf(template)) {
    const at = locate(read.at, read.offset, read.length)
    const mayBeRaw = isBody && template.kind === 'path' && read.prefix.at(-1) === 'raw'
    const reference = resolveReference(read.prefix, at, language, mayBeRaw)
    if (!reference) continue
    const found = readOf(reference, at, read)
    reads.push(hasMembers ? { ...found, member: String(read.at[0]) } : found)
  }
  let schema: JsonSchema | undefined
  return {
    template,
    reads,
    // Few ask for it, and it is as large as the template.
    get schema() {
      if (isWhole) schema ??= schemaOf(template, (path) => schemaOfPath(path, language))
      return schema
    },
    at: position.source.locate(position.path),
    locate,
    evaluate: isWhole ? compileOrTell(template, reads, position, language) : () => undefined,
  }
}

/** An operator of an extension may fail here; ours do not. */
function compileOrTell(
  template: Template,
  reads: readonly Read[],
  { source, path }: Position,
  { diagnostics }: Language,
) {
  try {
    return compileMetered(template, reads)
  } catch (thrown) {
    if (!(thrown instanceof ExtensionFault)) throw thrown
    diagnostics.add('invalid-extension', thrown.message, source.locate(path), 'mend the extension, or do not use it')
    return () => undefined
  }
}

/** What only looks at one place, or is there before a request comes, is no work. */
function compileMetered(template: Template, reads: readonly Read[]): BoundTemplate['evaluate'] {
  const evaluate = compileTemplate(template)
  const isPlain = template.kind === 'literal' || (template.kind === 'path' && template.path.singular)
  return isPlain ? evaluate : metered(evaluate, reads)
}

/** A condition, compiled, with what it reads and which colors it proves to be there. */
export interface BoundCondition {
  readonly source: string
  readonly reads: readonly Read[]
  /** Paths that are surely there when it holds (`has(user.id)`), and when it does not (`!has(user.id)`), with dots. */
  readonly whenTrue: readonly string[]
  readonly whenFalse: readonly string[]
  /** True when it could not be read, so that what it proves is not known. */
  readonly isFaulty: boolean
  readonly at: Location
  readonly test: (document: Document) => boolean
}

/**
 * Compiles a `when`. `${ … }` around it is allowed and changes nothing. `strict` is for one that lets in, where what is
 * absent must not be compared either (expressions/expression/lets-in.ts).
 */
export function bindCondition(
  text: string,
  position: Position,
  language: Language,
  options: ExpressionOptions = {},
): BoundCondition {
  const at = position.source.locate(position.path)
  const wrapped = /^\s*\$\{([\s\S]*)\}\s*$/.exec(text)
  const source = wrapped ? wrapped[1]! : text
  const shift = wrapped ? text.indexOf('{') + 1 : 0
  const locate = (offset: number, length: number) => position.source.locateInside(position.path, offset + shift, length)
  const expression = compileExpression(source, language.types, options)
  if ('code' in expression) {
    language.diagnostics.add(
      expression.code,
      expression.message,
      locate(expression.offset, expression.length),
      expression.help,
    )
    return { source: text, reads: [], whenTrue: [], whenFalse: [], isFaulty: true, at, test: () => false }
  }
  if (expression.type !== 'bool' && expression.type !== 'dyn') {
    language.diagnostics.add(
      'invalid-expression',
      `a condition must be true or false, this is ${describeType(expression.schema)}`,
      at,
    )
  }
  if (expression.mayBeAbsent === 'optional') {
    const help = 'open it with `.orValue(false)`'
    language.diagnostics.add('invalid-expression', 'a condition must be true or false, this may be absent', at, help)
  }
  const reads: Read[] = []
  let isFaulty = false
  for (const read of expression.reads) {
    const where = locate(read.offset, read.length)
    const reference = resolveReference(read.path, where, language)
    const needed = read.needed || (!read.guarded && expression.mayBeAbsent === 'path')
    if (reference) reads.push(readOf(reference, where, { ...read, needed, areas: [read.path] }))
    isFaulty ||= !reference || (reference.kind === 'color' && reference.guessed === true)
  }
  const { whenTrue, whenFalse } = expression.proves
  const join = (paths: typeof whenTrue) => paths.map((path) => path.join('.'))
  return {
    source: source.trim(),
    reads,
    whenTrue: join(whenTrue),
    whenFalse: join(whenFalse),
    isFaulty,
    at,
    test: metered(expression.test, reads),
  }
}

/** A JSONPath on the context that stands where only a path may (`forEach.in`, a locator). */
export function bindPath(
  query: string,
  position: Position,
  language: Language,
): { path: JsonPath; reference: Reference | undefined; at: Location } | undefined {
  const at = position.source.locate(position.path)
  if (!isPath(query)) {
    language.diagnostics.add('invalid-jsonpath', `expected a JSONPath that begins with $, found \`${query}\``, at)
    return undefined
  }
  const path = compilePath(query)
  if ('code' in path) {
    const where = position.source.locateInside(position.path, path.offset, path.length)
    language.diagnostics.add(path.code, path.message, where, path.help)
    return undefined
  }
  return { path, reference: resolveReference(path.prefix, at, language), at }
}

/** The JSON Schema of what a path of the context gives: its color's, walked down. */
export function schemaOfPath(segments: readonly (string | number)[], language: Language): JsonSchema | undefined {
  const found = segments.length > 0 ? colorOfSegments(segments, language) : undefined
  if (!found) return undefined
  let schema: JsonSchema | undefined = language.colors.get(found.color)?.schema
  for (const segment of found.rest) {
    const inside = schema as { properties?: Record<string, JsonSchema>; items?: JsonSchema } | undefined
    schema = typeof segment === 'number' ? inside?.items : inside?.properties?.[segment]
  }
  return schema
}

function colorOfSegments(segments: readonly (string | number)[], language: Language) {
  for (let length = segments.length; length > 0; length -= 1) {
    const color = segments.slice(0, length).join('.')
    if (language.colors.has(color)) return { color, rest: segments.slice(length) }
  }
  return undefined
}
