import { type Origin, UnfitValue } from '../binding/unfit-value.ts'
import { textOfScalar } from '../formats/scalars.ts'
import { isUnsafePath } from '../path-safety.ts'

/** `/recommend/{geo.city}?sort=new`, taken apart. */
export interface PathTemplate {
  /** Literal text and placeholder names in turn, the query left off. */
  readonly parts: readonly ({ readonly literal: string } | { readonly placeholder: string; readonly offset: number })[]
  /** The literal query without `?`; empty when there is none. */
  readonly query: string
}

/** Takes a path template apart; offsets point at the placeholder's name. */
export function parsePathTemplate(text: string): PathTemplate {
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  const parts: PathTemplate['parts'][number][] = []
  let end = 0
  for (const match of path.matchAll(/\{([^{}]*)\}/g)) {
    if (match.index > end) parts.push({ literal: path.slice(end, match.index) })
    parts.push({ placeholder: match[1]!, offset: match.index + 1 })
    end = match.index + match[0].length
  }
  if (end < path.length) parts.push({ literal: path.slice(end) })
  return { parts, query: mark < 0 ? '' : text.slice(mark + 1) }
}

/** The first `{color}` of a text at or behind an offset. */
export function findPlaceholder(text: string, from: number): { text: string; offset: number } | undefined {
  if (from < 0) return undefined
  const found = /\{([a-z][\w.]*)\}/.exec(text.slice(from))
  return found ? { text: found[1]!, offset: from + found.index + 1 } : undefined
}

/** Text of the file's own in a path or query: what cannot stand in a URL is percent-encoded, escapes are kept. */
export function encodeLiteral(text: string): string {
  return text.replace(/[^\x21-\x7e]|["#<>\\^`{|}]/gu, encodeURIComponent)
}

/**
 * A value as exactly one path segment. `encodeURIComponent('..')` is `..`, which URL parsers resolve, so what is a dot
 * segment after any number of decodings is refused (SAFETY "URLs").
 *
 * @throws UnfitValue
 */
export function encodeSegment(value: unknown, origin: Origin): string {
  const text = textOf(value, origin)
  if (text === '' || isUnsafePath(text)) throw unfitForPath([origin])
  return encodeURIComponent(text)
}

export function unfitForPath(origins: readonly Origin[]): UnfitValue {
  return new UnfitValue(`${origins.map(({ name }) => name).join(' with ')} cannot stand in a path`, origins)
}

/** Whether a placeholder shares its segment with something: then parts that are safe alone may not be together. */
export function hasSharedSegment({ parts }: PathTemplate): boolean {
  return parts.some((part, index) => {
    if ('literal' in part) return false
    const [before, after] = [parts[index - 1], parts[index + 1]]
    const endsBefore = before === undefined || ('literal' in before && before.literal.endsWith('/'))
    const beginsAfter = after === undefined || ('literal' in after && after.literal.startsWith('/'))
    return !endsBefore || !beginsAfter
  })
}

/**
 * A scalar as text, for a path, query, header or cookie.
 *
 * @throws UnfitValue
 */
export function textOf(value: unknown, origin: Origin): string {
  const text = textOfScalar(value)
  if (text === undefined) throw new UnfitValue(`${origin.name} is not a single value`, [origin])
  return text
}
