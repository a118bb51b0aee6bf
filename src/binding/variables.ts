import * as z from 'zod'
import { EnvText } from '../environment.ts'

/**
 * What a place makes of `${env.NAME}` where its type alone does not tell:
 * - `template`: stays as it is; the template takes the value as text
 * - `inside`: stays, for what stands inside is checked on its own
 * - `language`: an error, since the value would be read as CEL, a path or a name of a color
 * - `path`: text in which braces are no placeholders
 * - `list`: split at commas, even where one text would do
 */
type Role = 'template' | 'inside' | 'language' | 'path' | 'list'

const roles = z.registry<{ role: Role }>()

/** Marks a place of the language. */
export function withRole<Schema extends z.ZodType>(schema: Schema, role: Role): Schema {
  roles.add(schema, { role })
  return schema
}

/** Puts in the place of every `EnvText` what its place wants: a number, true or false, a list, else text. */
export function fillIn(schema: z.ZodType, value: unknown): unknown {
  return fill([schema], value)
}

function fill(schemas: readonly z.ZodType[], value: unknown): unknown {
  if (value instanceof EnvText) return choose(schemas, value)
  if (typeof value !== 'object' || value === null) return value
  const members = schemas.flatMap(unite)
  if (members.some((schema) => roleOf(schema) === 'inside' || roleOf(schema) === 'template')) return value
  const inner = members.flatMap(unfold)
  // A key that is not known may be one that was meant.
  const below = (key: string, member: unknown) => {
    const found = inner.flatMap((schema) => inside(schema, key))
    return found.length > 0 ? fill(found, member) : member
  }
  if (Array.isArray(value)) return value.map((item, index) => below(String(index), item))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, below(key, member)]))
}

function choose(schemas: readonly z.ZodType[], env: EnvText): unknown {
  const members = schemas.flatMap(unite)
  // What changes with a file stays as it is, and fits only where it is read again and again.
  if (env.isLive) return env
  if (members.some((schema) => roleOf(schema) === 'template' || roleOf(schema) === 'inside')) return env
  const typed = members.filter((schema) => !isLanguage(schema))
  const fits = (value: unknown) => typed.some((schema) => schema.safeParse(value).success)
  const isPath = members.some((schema) => roleOf(schema) === 'path')
  const text = isPath ? env.fill(withoutBraces) : env.text
  const list = () => {
    const elements = typed.flatMap(unfold).flatMap((schema) => inside(schema, '0'))
    const parts = text.split(',').map((part) => new EnvText(env.written, [{ ...whole(env), value: part.trim() }]))
    const found = elements.length > 0 ? parts.map((part) => choose(elements, part)) : undefined
    return found && fits(found) ? found : undefined
  }
  const isList = members.some((schema) => roleOf(schema) === 'list')
  const number = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  // What is the same as a number and as text may be either.
  if (String(number) === text && fits(number)) return number
  if ((text === 'true' || text === 'false') && fits(text === 'true')) return text === 'true'
  if (!isList && fits(text)) return text
  if (Number.isFinite(number) && fits(number)) return number
  const found = list()
  if (found) return found
  return typed.length === members.length ? text : env
}

function withoutBraces(value: string): string {
  return value.replaceAll('{', '%7B').replaceAll('}', '%7D')
}

function whole({ references, written }: EnvText) {
  return { ...references[0]!, offset: 0, length: written.length }
}

/** Whether what stands at a path would be read as the language, so that no variable may stand there. */
export function isOfLanguage(schema: z.ZodType, path: readonly PropertyKey[]): boolean {
  let found = [schema]
  for (const segment of path) found = found.flatMap(unfold).flatMap((one) => inside(one, String(segment)))
  return found.flatMap(unite).some(isLanguage)
}

/** The variables' text that a value of a file came from: of the value itself, or of the list that it is split from. */
export function findVariables(root: unknown, path: readonly (string | number)[]): EnvText | undefined {
  let value = root
  for (const segment of path) {
    if (value instanceof EnvText) return value
    value = (value as Record<string | number, unknown> | null | undefined)?.[segment]
  }
  return value instanceof EnvText ? value : undefined
}

/** A copy that a checker may change. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  if (typeof value !== 'object' || value === null || value instanceof EnvText) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyOf(member)]))
}

/** A description or a refinement makes a copy, which knows what it is a copy of. */
function roleOf(schema: z.ZodType): Role | undefined {
  return roles.get(schema)?.role
}

/** The members of a union, itself for all else. */
function unite(schema: z.ZodType): z.ZodType[] {
  if (roleOf(schema) !== undefined) return [schema]
  if (isWrapper(schema)) return unite(schema.unwrap() as z.ZodType)
  return schema instanceof z.ZodUnion ? (schema.options as z.ZodType[]).flatMap(unite) : [schema]
}

/** A transformation of what is of the language is so too. */
function isLanguage(schema: z.ZodType): boolean {
  const role = roleOf(schema)
  if (role === undefined && schema instanceof z.ZodPipe) return unite(schema.in as z.ZodType).some(isLanguage)
  return role === 'language'
}

/** What a schema looks like from inside: without defaults, transformations and unions. */
function unfold(schema: z.ZodType): z.ZodType[] {
  if (isWrapper(schema)) return unfold(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe) return unfold(schema.in as z.ZodType)
  return schema instanceof z.ZodUnion ? (schema.options as z.ZodType[]).flatMap(unfold) : [schema]
}

function isWrapper(schema: z.ZodType): schema is z.ZodOptional<z.ZodType> {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
}

function inside(schema: z.ZodType, key: string): z.ZodType[] {
  if (schema instanceof z.ZodAny || schema instanceof z.ZodUnknown) return [schema]
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType]
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType]
  if (!(schema instanceof z.ZodObject)) return []
  const shape = schema.shape as Record<string, z.ZodType>
  const known = Object.hasOwn(shape, key) ? shape[key] : schema._zod.def.catchall
  return known && !(known instanceof z.ZodNever) ? [known as z.ZodType] : []
}
