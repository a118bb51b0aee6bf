import { type JsonSchema, typesOf } from '../expressions/schema.ts'

const names: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

const plurals: Record<string, string> = {
  string: 'texts',
  number: 'numbers',
  integer: 'whole numbers',
  array: 'lists',
  object: 'objects',
}

/** How a person would call what a type allows: `a list`, `one of "new", "vip"`, `a number or null`. */
export function describeType(schema: JsonSchema | undefined): string {
  if (schema && 'const' in schema) return JSON.stringify(schema.const)
  if (schema?.enum) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`
  const [item, ...others] = [...(typesOf(schema?.items) ?? [])]
  const list = item !== undefined && others.length === 0 && plurals[item] ? `a list of ${plurals[item]}` : 'a list'
  const types = [...(typesOf(schema) ?? [])].map((type) => (type === 'array' ? list : (names[type] ?? type)))
  return types.length === 0 ? 'anything' : types.join(' or ')
}
