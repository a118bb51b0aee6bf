import type { Language } from '../binding/color.ts'
import { describeType } from '../binding/describe-type.ts'
import { checkHeaderName } from '../binding/headers.ts'
import { findColor } from '../binding/reference.ts'
import { type Position, within } from '../binding/shape.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { compileBuilder } from '../expressions/builder.ts'
import { fits } from '../expressions/schema.ts'
import type { OperationInput } from './bound-operation.ts'
import { placeOfVariable } from './graphql/places.ts'
import { type Locator, locate, rejectJoin } from './locator.ts'
import type { OperationDefinition } from './operation.ts'
import { findPlaceholder, type PathTemplate } from './path-template.ts'

/** Binds the colors that an operation takes: those of its `in:`, and the placeholders of its path. */
export function bindOperationInputs(
  definition: OperationDefinition,
  path: PathTemplate,
  methodKey: string,
  position: Position,
  language: Language,
): OperationInput[] {
  const pathPlace = within(position, methodKey)
  const placeholders = new Map<string, Location>()
  for (const part of path.parts) {
    if ('literal' in part) continue
    const at = position.source.locateInside(pathPlace.path, part.offset, part.placeholder.length)
    placeholders.set(part.placeholder, at)
  }
  const inputs = Object.entries(definition.in ?? {}).flatMap(([key, text]): readonly OperationInput[] => {
    const here = within(position, 'in', key)
    if (isOutsideVariables(definition, text)) {
      const help = 'write `variables.NAME`'
      const at = here.source.locate(here.path)
      language.diagnostics.add('invalid-locator', 'a query takes its variables, and nothing else in its body', at, help)
      return []
    }
    const place = definition.graphql === undefined ? undefined : placeOfVariable(text)
    const input = bindInput(key, place ?? text, placeholders, here, language)
    return input ? [input] : []
  })
  rejectSecondOfAll(inputs, language)
  const placed = Object.values(definition.in ?? {})
  for (const [name, at] of placeholders) {
    const color = placed.includes(`path.${name}`) ? undefined : findColor(name, at, language)?.name
    if (color === undefined) continue
    const locator = { in: 'path', name } as const
    rejectComposite(color, locator, at, language)
    inputs.push({ color, optional: false, locator, at })
  }
  checkLiterals(path, definition[methodKey as 'get'] ?? '', pathPlace, language)
  checkBody(definition, inputs, methodKey, position, language)
  return inputs
}

/** A variable of a query is a place in the body; nothing else there is anybody's to give. */
function isOutsideVariables({ graphql }: OperationDefinition, text: string): boolean {
  return graphql !== undefined && (text.startsWith('$') || text === 'variables')
}

function bindInput(
  key: string,
  text: string,
  placeholders: ReadonlyMap<string, Location>,
  position: Position,
  language: Language,
): OperationInput | undefined {
  const { source, path } = position
  const at = source.locateKey(path)
  const color = findColor(key.replace(/\?$/, ''), at, language)?.name
  const valueAt = source.locate(path)
  const locator = locate(text, 'request', position, language)
  if (color === undefined || !locator) return undefined
  if (locator.in === 'path' && !placeholders.has(locator.name)) {
    const names = [...placeholders.keys()].map((name) => `{${name}}`)
    const help = `it has ${names.join(', ') || 'none'}`
    language.diagnostics.add('invalid-locator', `the path has no placeholder {${locator.name}}`, valueAt, help)
  }
  if (locator.in === 'body' && !locator.path.singular) {
    language.diagnostics.add('invalid-locator', `\`${text}\` may name many places, a body locator names one`, valueAt)
    return undefined
  }
  if (locator.in === 'header' && !checkHeaderName(locator.name, 'request', valueAt, language.diagnostics))
    return undefined
  rejectComposite(color, locator, valueAt, language)
  rejectJoin(color, locator, valueAt, language)
  return { color, optional: key.endsWith('?'), locator, at }
}

/** `query.*` stands once: which of two objects would win nobody could say. */
function rejectSecondOfAll(inputs: readonly OperationInput[], { diagnostics }: Language): void {
  for (const { at } of inputs.filter(({ locator }) => locator.in === 'queries').slice(1))
    diagnostics.add('invalid-locator', '`query.*` stands once', at, 'put the objects together with `$merge`')
}

/** A path segment or cookie holds one scalar, a query parameter or header a list of them, a body anything. */
function rejectComposite(color: string, locator: Locator, at: Location, language: Language): void {
  if (locator.in === 'body') return
  const scalar = ['string', 'number', 'boolean', 'null']
  const isObject = locator.in === 'queries'
  const many = locator.in === 'query' || locator.in === 'header'
  const schema = language.colors.get(color)?.schema
  if (fits(schema, { type: isObject ? 'object' : many ? [...scalar, 'array'] : scalar })) return
  const where = isObject ? '`query.*`' : locator.in === 'query' ? 'a query parameter' : `a ${locator.in}`
  language.diagnostics.add(
    'type-mismatch',
    `\`${color}\` is ${describeType(schema)}, which cannot stand in ${where}`,
    at,
  )
}

/** A brace without its pair, or a placeholder in the query, which is literal, is a slip. */
function checkLiterals(path: PathTemplate, text: string, position: Position, language: Language): void {
  const report = (message: string, offset: number, length: number, help: string) =>
    language.diagnostics.add(
      'invalid-locator',
      message,
      position.source.locateInside(position.path, offset, length),
      help,
    )
  const found = findPlaceholder(text, text.indexOf('?'))
  if (found) {
    const help = `write it as \`in: { ${found.text}: query.… }\``
    report('the query behind a path has no placeholders', found.offset, found.text.length, help)
  }
  for (const part of path.parts) {
    if (!('literal' in part)) continue
    const brace = part.literal.search(/[{}]/)
    if (brace >= 0) report('this brace has no pair', text.indexOf(part.literal) + brace, 1, 'write {color}')
  }
}

/** A body is made in one way, and only where the method has one. */
function checkBody(
  definition: OperationDefinition,
  inputs: readonly OperationInput[],
  methodKey: string,
  position: Position,
  language: Language,
): void {
  const parts = inputs.filter(({ locator }) => locator.in === 'body')
  const report = (message: string, at: Location) => language.diagnostics.add('invalid-locator', message, at)
  const at =
    parts[0]?.at ?? (definition.body === undefined ? undefined : position.source.locateKey([...position.path, 'body']))
  if (!at) return
  if (methodKey === 'get' || methodKey === 'head') report(`a ${methodKey.toUpperCase()} has no body`, at)
  else if (parts.length > 0 && definition.body !== undefined) report('`body` makes the whole body already', at)
  else {
    const paths = parts.map(({ locator }) => (locator as Locator & { in: 'body' }).path)
    const builder = compileBuilder(paths.map((path) => ({ path, read: () => undefined })))
    if (typeof builder !== 'function') report(builder.message, parts[builder.part]!.at)
  }
}
