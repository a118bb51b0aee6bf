import type { Schema } from '../../src/describe/json-schema.ts'
import { code, table } from './markdown.ts'

export interface KeyTableOptions {
  /** Keys whose members have a table elsewhere, by the last part of their name: a link to it. */
  readonly elsewhere?: Readonly<Record<string, string>>
  /** Outermost keys that have a table elsewhere, too. */
  readonly without?: readonly string[]
}

/**
 * The keys of a mapping, or of the forms of a value that are mappings; nested ones as `retry.attempts`: their types,
 * defaults and meanings.
 * @throws Error where there are none: a page with an empty table says that there is nothing to say
 */
export function keyTable(schema: Schema, options: KeyTableOptions = {}): string {
  const mappings = alternativesOf(schema).filter((alternative) => alternative['properties'])
  const rows = mappings.flatMap((mapping) => listKeys(mapping, '', options))
  if (rows.length === 0) throw new Error('a table of keys has no keys')
  return table(['key', 'type', 'default', 'meaning'], rows)
}

/** Whether a value is a mapping, or may be one. */
export function hasKeys(schema: Schema): boolean {
  return alternativesOf(schema).some((alternative) => alternative['properties'] !== undefined)
}

function listKeys(schema: Schema, prefix: string, options: KeyTableOptions): string[][] {
  const required = new Set((schema['required'] as string[] | undefined) ?? [])
  const keys = Object.entries((schema['properties'] as Record<string, Schema> | undefined) ?? {})
  return keys.flatMap(([key, member]) => {
    if (prefix === '' && options.without?.includes(key)) return []
    const name = prefix + key
    const place = options.elsewhere?.[key]
    const meaning = [meaningOf(member), ...(place === undefined ? [] : [place])].join(' ')
    const row = [code(name), describeType(member), describeDefault(member, required.has(key)), meaning]
    return [row, ...(place === undefined ? listNested(member, name, options) : [])]
  })
}

/** The keys inside a value: of a mapping, of each entry of a list (`name[]`), of each member of a map (`name.*`). */
function listNested(schema: Schema, name: string, options: KeyTableOptions): string[][] {
  const alternatives = alternativesOf(schema)
  const isChoice = alternatives.filter((alternative) => alternative['properties']).length > 1
  const single = new Set(alternatives.map((alternative) => JSON.stringify(alternative)))
  return alternatives.flatMap((alternative) => {
    const { items, additionalProperties } = alternative as { items?: Schema; additionalProperties?: Schema | boolean }
    if (alternative['properties']) {
      // What one of several forms requires is not required of all.
      return listKeys(isChoice ? { ...alternative, required: [] } : alternative, `${name}.`, options)
    }
    // `x`, or a list of such: one of them tells its keys.
    if (items && !single.has(JSON.stringify(items))) return listNested(items, `${name}[]`, options)
    if (typeof additionalProperties === 'object') return listNested(additionalProperties, `${name}.*`, options)
    return []
  })
}

/** A type in a few words: `duration`, `text`, `list of text`, `map of template`. */
function describeType(schema: Schema): string {
  const told = new Set(alternativesOf(schema).map(describeOne))
  return [...told].join(' or ')
}

function describeOne(schema: Schema): string {
  const { $ref, title, type, items, additionalProperties } = schema
  if (typeof title === 'string') return title
  if (typeof $ref === 'string') return $ref.replace(/^.*\//, '')
  if (schema['enum']) return (schema['enum'] as unknown[]).map((value) => code(String(value))).join(' or ')
  if ('const' in schema) return code(String(schema['const']))
  if (type === 'array') return describeContainer('list', items as Schema | undefined)
  if (type === 'object') return schema['properties'] ? 'mapping' : describeContainer('map', additionalProperties)
  if (type === 'integer') return describeInteger(schema)
  if (Array.isArray(type)) return type.map((one) => describeOne({ type: one })).join(' or ')
  return { string: 'text', number: 'number', boolean: 'true or false', null: 'null' }[String(type)] ?? 'anything'
}

/** What a container holds, unless that takes too many words: then the meaning has to say it. */
function describeContainer(name: string, content: unknown): string {
  const told = typeof content === 'object' && content !== null ? describeType(content as Schema) : 'anything'
  return told === 'anything' || told.length > 40 ? name : `${name} of ${told}`
}

/** zod bounds every whole number by what JavaScript can hold, which says nothing. */
function describeInteger({ minimum, maximum }: Schema): string {
  const from = Number(minimum ?? Number.NEGATIVE_INFINITY)
  const to = Number(maximum ?? Number.POSITIVE_INFINITY)
  if (to < Number.MAX_SAFE_INTEGER) return `${from} to ${to}`
  return from > Number.MIN_SAFE_INTEGER ? `whole number from ${from}` : 'whole number'
}

function describeDefault(schema: Schema, required: boolean): string {
  const value = schema['default']
  if (required) return '**required**'
  if (value === undefined || JSON.stringify(value) === '{}') return 'none'
  return code(typeof value === 'string' ? value : JSON.stringify(value))
}

/** What is said of a key, or else of all the forms that it may have. */
function meaningOf(schema: Schema): string {
  if (typeof schema['description'] === 'string') return schema['description']
  return alternativesOf(schema)
    .flatMap(({ description }) => (typeof description === 'string' ? [description] : []))
    .join(' ')
}

function alternativesOf(schema: Schema): Schema[] {
  const nested = (schema['anyOf'] ?? schema['allOf']) as Schema[] | undefined
  return nested && schema['title'] === undefined ? nested.flatMap(alternativesOf) : [schema]
}
