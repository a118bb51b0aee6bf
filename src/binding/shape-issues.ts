import * as z from 'zod'
import { suggest } from '../diagnostics/suggest.ts'
import type { Path } from '../yaml/source.ts'

/** One thing that is wrong with a value: never a whole union, but what is wrong with the member that was meant. */
export interface ShapeIssue {
  readonly issue: z.core.$ZodIssue
  /** From the value that was checked. */
  readonly path: Path
  /** Keys that the place knows, where it is a mapping. */
  readonly knownKeys: readonly string[]
  /** Keys that the mapping around it knows. */
  readonly outerKeys: readonly string[]
  /** Keys that the mappings inside it know, each with the key that the mapping stands at. */
  readonly innerKeys: ReadonlyMap<string, string>
  /** What to write in place of a value that fits no member of a union. */
  readonly help?: string | undefined
}

/** Everything that is wrong with a value. */
export function findIssues(schema: z.ZodType, value: unknown): ShapeIssue[] {
  const result = schema.safeParse(value, { reportInput: true })
  return result.success ? [] : result.error.issues.flatMap((issue) => resolve(issue, schema, []))
}

function resolve(issue: z.core.$ZodIssue, root: z.ZodType, base: Path): ShapeIssue[] {
  const path = [...base, ...(issue.path as Path)]
  const schema = schemaAt(root, issue.path)
  const outer = issue.path.length > 0 ? schemaAt(root, issue.path.slice(0, -1)) : undefined
  const keys = { knownKeys: knownKeys(schema), outerKeys: knownKeys(outer), innerKeys: innerKeys(schema) }
  if (issue.code !== 'invalid_union') return [{ issue, path, ...keys }]
  // What is not there is missing, whatever it might have been.
  if (issue.input === undefined) return [{ issue: asMissing(issue), path, ...keys }]
  const members = schema instanceof z.ZodUnion ? (schema.options as z.ZodType[]) : []
  const near = issue.errors
    .map((issues, index) => ({ issues, member: members[index] ?? root }))
    .filter(({ issues }) => !areOfAnotherType(issues))
    .sort((a, b) => distance(a) - distance(b))[0]
  if (!near) return [{ issue, path, ...keys, help: schema && helpWith(schema, issue) }]
  return near.issues.flatMap((inner) => resolve(inner, near.member, path))
}

/** Whether a value is of another type than a member of a union altogether. */
function areOfAnotherType(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.some(
    (issue) =>
      issue.path.length === 0 &&
      (issue.code === 'invalid_type' ||
        (issue.code === 'invalid_value' && !mayBeMisspelt(issue)) ||
        (issue.code === 'invalid_union' && issue.errors.every(areOfAnotherType))),
  )
}

function mayBeMisspelt({ input, values }: z.core.$ZodIssueInvalidValue): boolean {
  return typeof input === 'string' && values.some((value) => typeof value === 'string')
}

/** Where nothing stands, whether `true` would do; of a value the first key of a mapping, which it was meant for. */
function helpWith(schema: z.ZodType, { input }: z.core.$ZodIssueInvalidUnion): string | undefined {
  if (input === null) return schema.safeParse(true).success ? 'write `true`, or leave it away' : undefined
  if (typeof input === 'object') return undefined
  const [first] = knownKeys(schema)
  if (first === undefined || !schema.safeParse({ [first]: input }).success) return undefined
  return `it stands in a mapping: \`{ ${first}: … }\``
}

function asMissing({ path, input }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue {
  return { code: 'invalid_type', expected: 'unknown' as 'any', path, input, message: 'missing' }
}

/** How far a value is from a member of a union. A misspelt key counts for what it stands for, not twice. */
function distance({ issues, member }: { issues: readonly z.core.$ZodIssue[]; member: z.ZodType }): number {
  const known = knownKeys(unwrap(member))
  const misspelt = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0
      ? issue.keys.filter((key) => suggest(key, known) !== undefined)
      : [],
  )
  return issues.length - misspelt.length
}

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  const here = unwrap(schema)
  const [segment, ...rest] = path
  if (segment === undefined) return here
  if (here instanceof z.ZodUnion) {
    const found = (here.options as z.ZodType[]).map((member) => schemaAt(member, path))
    return found.find((member) => member !== undefined)
  }
  let inside: z.ZodType | undefined
  if (here instanceof z.ZodObject) inside = here.shape[segment as string] as z.ZodType | undefined
  else if (here instanceof z.ZodArray) inside = here.element as z.ZodType
  else if (here instanceof z.ZodRecord) inside = here.valueType as z.ZodType
  return inside && schemaAt(inside, rest)
}

function unwrap(schema: z.ZodType): z.ZodType {
  let here = schema
  for (;;) {
    if (here instanceof z.ZodOptional || here instanceof z.ZodDefault || here instanceof z.ZodPrefault)
      here = here.unwrap() as z.ZodType
    else if (here instanceof z.ZodPipe) here = here.in as z.ZodType
    else return here
  }
}

/** What is asked of a schema for every fault is found out once. */
function remember<Result>(find: (schema: z.ZodType) => Result, without: Result) {
  const found = new WeakMap<z.ZodType, Result>()
  return (schema: z.ZodType | undefined): Result => {
    if (!schema) return without
    const known = found.get(schema) ?? find(schema)
    found.set(schema, known)
    return known
  }
}

const knownKeys: (schema: z.ZodType | undefined) => readonly string[] = remember((schema) => {
  if (schema instanceof z.ZodUnion)
    return (schema.options as z.ZodType[]).flatMap((member) => knownKeys(unwrap(member)))
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}, [])

const innerKeys = remember((schema) => {
  const members = schema instanceof z.ZodObject ? Object.entries(schema.shape as Record<string, z.ZodType>) : []
  return new Map(members.flatMap(([name, member]) => knownKeys(unwrap(member)).map((key) => [key, name] as const)))
}, new Map<string, string>())
