import type * as z from 'zod'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import { didYouMean, suggest } from '../diagnostics/suggest.ts'
import { EnvText } from '../environment.ts'
import { isSecretKey, masked } from '../redaction.ts'
import type { Path, Source } from '../yaml/source.ts'
import { describe, explainIssue } from './explain-issue.ts'
import { Renames } from './renames.ts'
import { findIssues, type ShapeIssue } from './shape-issues.ts'
import { copyOf, fillIn, findVariables, isOfLanguage } from './variables.ts'

export { describe }

/** A piece of a file: the file and where in it the piece sits. */
export interface Position {
  readonly source: Source
  readonly path: Path
}

/** The text with variables that stands at a place, if one does. */
export function variablesAt({ source, path }: Position): EnvText | undefined {
  return source.namesVariables ? findVariables(source.value, path) : undefined
}

/** The place of a member of what sits at `position`. */
export function within(position: Position, ...path: Path): Position {
  return { source: position.source, path: [...position.path, ...path] }
}

/**
 * Checks a value against a construct's one definition. Every fault becomes a diagnostic at its key or value. A key that
 * was misspelt is taken as the one that was meant, and what is right without the faulty members is given all the same,
 * so that one slip neither hides the next nor causes others; undefined when nothing usable is left.
 * @param standIns what takes the place of required members that are faulty
 */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  position: Position,
  diagnostics: DiagnosticCollector,
  standIns: Readonly<Record<string, unknown>> = {},
): z.output<Schema> | undefined {
  const { namesVariables } = position.source
  const filled = namesVariables ? fillIn(schema, value) : value
  const result = schema.safeParse(filled, { reportInput: true })
  if (result.success) return result.data
  const written = copyOf(filled)
  const { renames, corrected } = correctKeys(schema, written, position, diagnostics)
  const copy = namesVariables ? copyOf(fillIn(schema, written)) : written
  // What a whole lacks may be what a key in it was meant to be; and what it was meant to be is a guess.
  const found = findIssues(schema, copy)
  const issues = found.filter(({ issue, path }) => {
    const here = JSON.stringify(path)
    return !renames.has(path) && !(issue.code === 'custom' && corrected.has(here))
  })
  for (const one of issues)
    report(
      one,
      schema,
      { source: position.source, path: [...position.path, ...renames.asWritten(one.path)] },
      diagnostics,
    )
  leaveOut(copy, found)
  // What lacks the part that was left out goes with it.
  for (let round = 0; round < 5; round += 1) leaveOut(copy, findIssues(schema, copy))
  const repaired = schema.safeParse(copy)
  return repaired.success ? repaired.data : schema.safeParse({ ...standIns, ...(copy as object) }).data
}

/** Reports every unknown key; in the copy it gets the name that was meant, or goes. */
function correctKeys(schema: z.ZodType, copy: unknown, position: Position, diagnostics: DiagnosticCollector) {
  /** Where unknown keys stood. */
  const corrected = new Set<string>()
  const renames = new Renames()
  const reported = new Set<string>()
  // Putting one key right may show what a construct was meant to be, and so another key that is not of it.
  for (let round = 0; round < 3; round += 1) {
    const unknown = findIssues(schema, copy).filter(({ issue }) => issue.code === 'unrecognized_keys')
    if (unknown.length === 0) break
    for (const found of unknown) {
      const { path, knownKeys, outerKeys } = found
      const owner = valueAt(copy, path) as Record<string, unknown>
      const outer = valueAt(copy, path.slice(0, -1)) as Record<string, unknown>
      corrected.add(JSON.stringify(path))
      for (const key of (found.issue as z.core.$ZodIssueUnrecognizedKeys).keys) {
        const written = [...position.path, ...renames.asWritten(path), key]
        const at = position.source.locateKey(written)
        const id = JSON.stringify(written)
        const isTold = !diagnostics.isFull(position.source.path)
        const help = isTold ? advise(key, found) : undefined
        if (!reported.has(id)) diagnostics.add('unknown-key', `\`${key}\` is not a key here`, at, help)
        reported.add(id)
        const meant = isTold ? suggest(key, knownKeys) : undefined
        const value = owner[key]
        delete owner[key]
        if (value === null) continue
        if (meant !== undefined && !Object.hasOwn(owner, meant)) {
          owner[meant] = value
          renames.add([...path, meant], [...path, key])
        } else if (outerKeys.includes(key) && !Object.hasOwn(outer, key)) {
          outer[key] = value
          renames.add([...path.slice(0, -1), key], [...path, key])
        }
      }
    }
  }
  return { renames, corrected }
}

function advise(key: string, { path, knownKeys, outerKeys, innerKeys }: ShapeIssue): string | undefined {
  const near = didYouMean(key, knownKeys)
  if (near !== undefined) return near
  if (outerKeys.includes(key)) return `\`${key}\` stands beside \`${String(path.at(-1))}\`, not in it`
  const inside = innerKeys.get(key)
  if (inside !== undefined) return `\`${key}\` stands in \`${inside}\``
  return knownKeys.length > 0 ? `known keys: ${knownKeys.join(', ')}` : undefined
}

function report(
  { issue, path, help: otherwise }: ShapeIssue,
  schema: z.ZodType,
  at: Position,
  diagnostics: DiagnosticCollector,
): void {
  const variables = variablesAt(at)
  if (variables?.isLive) {
    reportLive(variables, at, diagnostics)
    return
  }
  if (variables && isOfLanguage(schema, path)) {
    const message = `the value of \`${variables.written}\` is data, and here stands an expression or a path`
    diagnostics.add('invalid-value', message, at.source.locate(at.path), `in CEL it is \`${variables.name}\``)
    return
  }
  if (issue.code === 'invalid_type' && issue.input === undefined && path.length > 0) {
    const owner = at.source.locateKey(at.path.slice(0, -1))
    diagnostics.add('missing-key', `\`${String(path.at(-1))}\` is missing`, owner)
    return
  }
  // What a variable holds may be a secret. Only what is told of addresses, ports and times shows it (`custom`).
  const shown = variables ?? ([...at.path, ...path].some(isSecretKey) ? masked : undefined)
  const { message, help } = explainIssue(shown ? ({ ...issue, input: shown } as z.core.$ZodIssue) : issue)
  const where = issue.code === 'invalid_key' ? at.source.locateKey(at.path) : at.source.locate(at.path)
  diagnostics.add('invalid-value', message, where, help ?? otherwise)
}

function reportLive({ written }: EnvText, { source, path }: Position, diagnostics: DiagnosticCollector): void {
  const message = `\`${written}\` may change at any time, and this is read once`
  const help = 'a file can stand in headers, bodies, `with` and `assign`, and where a registry is asked with it'
  diagnostics.add('invalid-value', message, source.locate(path), help)
}

/** Reports every text in a value that names a file; whether there was none. */
export function checkIsFixed(value: unknown, position: Position, diagnostics: DiagnosticCollector): boolean {
  if (value instanceof EnvText) {
    if (value.isLive) reportLive(value, position, diagnostics)
    return !value.isLive
  }
  if (typeof value !== 'object' || value === null) return true
  const members = Object.entries(value)
  return members.map(([key, member]) => checkIsFixed(member, within(position, key), diagnostics)).every(Boolean)
}

/** Takes what the issues are about out of the copy: a member, a list with a faulty element, a mapping that lacks a key. */
function leaveOut(copy: unknown, issues: readonly ShapeIssue[]): void {
  for (const { path } of issues) {
    let length = path.length
    while (length > 0) {
      const owner = valueAt(copy, path.slice(0, length - 1))
      const key = String(path[length - 1])
      if (typeof owner === 'object' && owner !== null && !Array.isArray(owner) && Object.hasOwn(owner, key)) {
        delete (owner as Record<string, unknown>)[key]
        break
      }
      length -= 1
    }
  }
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const segment of path) value = (value as Record<string | number, unknown> | null | undefined)?.[segment]
  return value
}
