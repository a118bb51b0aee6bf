import { isUnsafeKey } from './foreign.ts'
import { celWords } from './names.ts'

/** A value as the template that gives exactly it: `$` is doubled where it would mean something. */
export function quoteValue(value: unknown): unknown {
  if (typeof value === 'string') return quoteText(value)
  if (typeof value === 'number') return quoteNumber(value)
  if (Array.isArray(value)) return value.map(quoteValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (isUnsafeKey(key) ? [] : [[quoteText(key), quoteValue(member)]])),
  )
}

/** A whole number that YAML may not hold, since it is not exact, is what it is as JSON: a double. */
function quoteNumber(value: number): unknown {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value
  const text = String(value)
  return `\${ ${/[.e]/.test(text) ? text : `${text}.0`} }`
}

export function quoteText(text: string): string {
  return text.replaceAll('$', '$$$$')
}

/** A text that is no template (a description, a name), safe from being filled in from the environment. */
export function guardText(text: string): string {
  return text.replaceAll(/(\$+)\{env\./g, (whole, dollars: string) => (dollars.length % 2 === 1 ? `$${whole}` : whole))
}

type Segments = readonly (string | number)[]

/** A JSONPath of names and indexes: `$.user.tags[0]['first name']`. */
export function printPath(segments: Segments): string {
  return `$${segments.map((segment) => printSegment(segment, isPlain)).join('')}`
}

/** The same place in CEL: `user.tags[0]['first name']`. */
export function printAccess([root, ...segments]: Segments): string {
  return `${root}${segments.map((segment) => printSegment(segment, isPlainMember)).join('')}`
}

/** The same place in CEL where it may be absent: `user.tags[0].?name`. */
export function printOptionalAccess(path: Segments): string {
  if (path.length < 2) return printAccess(path)
  const last = printSegment(path.at(-1)!, isPlainMember)
  const asked = last.startsWith('.') ? `.?${last.slice(1)}` : `[?${last.slice(1)}`
  return printAccess(path.slice(0, -1)) + asked
}

const isPlain = (name: string) => /^[A-Za-z_]\w*$/.test(name)
const isPlainMember = (name: string) => isPlain(name) && !celWords.has(name)

function printSegment(segment: string | number, plain: (name: string) => boolean): string {
  if (typeof segment === 'number') return `[${segment}]`
  return plain(segment) ? `.${segment}` : `['${Array.from(segment, escapeCharacter).join('')}']`
}

const escapes: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  // It might be the begin of something that is filled in.
  $: '\\u0024',
}

function escapeCharacter(character: string): string {
  return escapes[character] ?? character
}

/** Milliseconds as people write them: `150ms`, `3s`, `10m`. */
export function printDuration(ms: number): string {
  const whole = Math.max(1, Math.round(ms))
  if (whole % 3_600_000 === 0) return `${whole / 3_600_000}h`
  if (whole % 60_000 === 0) return `${whole / 60_000}m`
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`
}
