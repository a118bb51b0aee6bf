import * as z from 'zod'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Path, Source } from '../yaml/source.ts'

/** A piece of a file: the file and where in it the piece sits. */
export interface Place {
  readonly source: Source
  readonly path: Path
}

/** The place of a member of what sits at `place`. */
export function within(place: Place, ...path: Path): Place {
  return { source: place.source, path: [...place.path, ...path] }
}

/**
 * Checks a value against a construct's one definition. Every fault becomes a diagnostic at its key or value. What is
 * right without the faulty members is given all the same, so that one slip does not hide the next or cause others;
 * undefined when nothing usable is left.
 */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: Place,
  diagnostics: DiagnosticCollector,
): z.output<Schema> | undefined {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  for (const issue of result.error.issues) reportIssue(issue, schema, place, diagnostics)
  return schema.safeParse(withoutFaults(value, result.error.issues)).data
}

/** A copy of the value without the members that the issues are about. */
function withoutFaults(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy = structuredClone(value)
  for (const issue of issues) {
    const faulty = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
    for (const path of faulty) {
      let owner = copy as Record<PropertyKey, unknown> | undefined
      for (const segment of path.slice(0, -1)) owner = owner?.[segment] as typeof owner
      const last = path.at(-1)
      if (last !== undefined && owner && !Array.isArray(owner)) delete owner[last]
    }
  }
  return copy
}

function reportIssue(issue: z.core.$ZodIssue, root: z.ZodType, place: Place, diagnostics: DiagnosticCollector): void {
  const at = within(place, ...(issue.path as Path))
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schemaAt(root, issue.path))
    for (const key of issue.keys) {
      const help = didYouMean(key, known) ?? (known.length > 0 ? `known keys: ${known.join(', ')}` : undefined)
      diagnostics.add('unknown-key', `\`${key}\` is not a key here`, at.source.locateKey([...at.path, key]), help)
    }
  } else if (issue.code === 'invalid_type' && issue.input === undefined && issue.path.length > 0) {
    const owner = at.path.slice(0, -1)
    diagnostics.add('missing-key', `\`${String(issue.path.at(-1))}\` is missing`, at.source.locateKey(owner))
  } else if (issue.code === 'invalid_union') reportUnion(issue, root, place, diagnostics)
  else {
    const message =
      issue.code === 'custom'
        ? issue.message
        : issue.code === 'invalid_format'
          ? `${describe(issue.input)} does not fit: ${issue.message}`
          : `expected ${expectation(issue)}, found ${describe(issue.input)}`
    const help = issue.code === 'custom' ? (issue.params?.['help'] as string | undefined) : suggestValue(issue)
    diagnostics.add('invalid-value', message, at.source.locate(at.path), help)
  }
}

/** A union fails as its nearest member does: the one whose faults lie deepest, so that the message names the real slip. */
function reportUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  root: z.ZodType,
  place: Place,
  diagnostics: DiagnosticCollector,
): void {
  const at = within(place, ...(issue.path as Path))
  const members = schemaAt(root, issue.path)
  const near = issue.errors
    .map((issues, index) => ({ issues, index }))
    .filter(({ issues }) => !issues.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0))
    .sort((a, b) => a.issues.length - b.issues.length)[0]
  if (!near) {
    const wanted = [...new Set(issue.errors.flat().map(expectation))].join(' or ')
    diagnostics.add('invalid-value', `expected ${wanted}, found ${describe(issue.input)}`, at.source.locate(at.path))
    return
  }
  const schema = members instanceof z.ZodUnion ? (members.options[near.index] as z.ZodType) : root
  for (const inner of near.issues)
    reportIssue({ ...inner, input: inner.input } as z.core.$ZodIssue, schema, at, diagnostics)
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return (
        (
          { object: 'a mapping', record: 'a mapping', array: 'a list', string: 'text', number: 'a number' } as Record<
            string,
            string
          >
        )[issue.expected] ?? `a ${issue.expected}`
      )
    case 'invalid_value':
      return issue.values.map((value) => `\`${String(value)}\``).join(', ')
    case 'too_small':
      return issue.origin === 'number' ? `at least ${issue.minimum}` : 'something that is not empty'
    case 'too_big':
      return `at most ${issue.maximum}`
    default:
      return issue.message
  }
}

function suggestValue(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return undefined
  return didYouMean(issue.input, issue.values.map(String))
}

/** How a person would call a YAML value. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return `\`${String(value)}\``
}

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let here: z.ZodType | undefined = unwrap(schema)
  for (const segment of path) {
    if (here instanceof z.ZodObject) here = here.shape[segment as string] as z.ZodType | undefined
    else if (here instanceof z.ZodArray) here = here.element as z.ZodType
    else if (here instanceof z.ZodRecord) here = here.valueType as z.ZodType
    else return undefined
    here = here && unwrap(here)
  }
  return here
}

function unwrap(schema: z.ZodType): z.ZodType {
  let here = schema
  for (;;) {
    if (here instanceof z.ZodOptional || here instanceof z.ZodDefault) here = here.unwrap() as z.ZodType
    else if (here instanceof z.ZodPipe) here = here.in as z.ZodType
    else return here
  }
}

function knownKeys(schema: z.ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}
