import { readFileSync } from 'node:fs'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly pattern?: string
  readonly 'x-tessera'?: string
}

/** Where a text may stand in a file: `services.*.headers.x`, and what a file is that has one there. */
export interface Place {
  readonly name: string
  /** Whether it is a quantity, or names something of the configuration: such a text is no secret's place. */
  readonly isPlain: boolean
  with(text: string): Record<string, unknown>
}

/** Deeper than any key of the configuration: steps stand in steps. */
const deepest = 9

/** Every place in a kind of file where a text may stand, as its JSON Schema has it: so a new key is here by itself. */
export function placesOf(kind: string): Place[] {
  const root = JSON.parse(
    readFileSync(new URL(`../../../schemas/${kind}.schema.json`, import.meta.url), 'utf8'),
  ) as Schema
  const definitions = (root as { definitions?: Record<string, Schema> }).definitions ?? {}
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : resolve(definitions[schema.$ref.split('/').at(-1)!]!)
  const found = new Map<string, Place>()

  /** `wrap` makes the whole file of what stands here. */
  function walk(
    given: Schema,
    name: string,
    depth: number,
    refs: readonly string[],
    wrap: (value: unknown) => unknown,
  ): void {
    if (depth > deepest || refs.filter((ref) => ref === given.$ref).length > 1) return
    const inside = given.$ref === undefined ? refs : [...refs, given.$ref]
    const schema = resolve(given)
    if (takesText(schema) && !found.has(name))
      found.set(name, { name, isPlain: isPlain(schema), with: (text) => wrap(text) as Record<string, unknown> })
    const go = (next: Schema, step: string, around: (value: unknown) => unknown) =>
      walk(next, `${name}${step}`, depth + 1, inside, (value) => wrap(around(value)))
    for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
      walk(one, name, depth, inside, wrap)
    for (const [key, member] of Object.entries(schema.properties ?? {}))
      go(member, `.${key}`, (value) => ({ ...requiredBeside(schema, key), [key]: value }))
    const others = [...Object.values(schema.patternProperties ?? {}), schema.additionalProperties]
    for (const other of others)
      if (typeof other === 'object') go(other, '.*', (value) => ({ ...requiredBeside(schema, ''), some: value }))
    if (schema.items) go(schema.items, '[]', (value) => [value])
  }

  function requiredBeside(schema: Schema, key: string): Record<string, unknown> {
    const names = (schema.required ?? []).filter((name) => name !== key)
    return Object.fromEntries(names.map((name) => [name, sample(schema.properties?.[name] ?? {}, 0)]))
  }

  function sample(given: Schema, depth: number): unknown {
    const schema = resolve(given)
    if (schema.default !== undefined) return schema.default
    if (schema.examples?.length) return schema.examples[0]
    if (schema.const !== undefined) return schema.const
    if (schema.enum) return schema.enum[0]
    const some = schema.anyOf?.[0] ?? schema.oneOf?.[0]
    if (some) return sample(some, depth + 1)
    if (schema.items && depth < deepest) return [sample(schema.items, depth + 1)]
    if (schema.properties && depth < deepest) return requiredBeside(schema, '')
    return schema.type === 'object' ? {} : schema.type === 'array' ? [] : schema.type === 'integer' ? 1 : 'x'
  }

  walk(root, kind, 0, [], (value) => value)
  return [...found.values()].filter(({ name }) => name !== kind)
}

function isPlain(schema: Schema): boolean {
  return schema.pattern !== undefined || schema['x-tessera'] !== undefined
}

function takesText(schema: Schema): boolean {
  if (schema.const !== undefined || schema.enum) return false
  const { type } = schema
  if (type === undefined) return !schema.anyOf && !schema.oneOf && !schema.allOf && !schema.properties
  return type === 'string' || (Array.isArray(type) && type.includes('string'))
}
