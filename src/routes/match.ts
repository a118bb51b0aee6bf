import type { Trigger } from './on.ts'

/** A route's method and path, parsed. */
export interface RouteMatch {
  /** Upper case; `*` in a passthrough that matches any method. */
  readonly method: string
  /** As in the file: `/products/{product}/*rest`. */
  readonly path: string
  readonly segments: readonly MatchSegment[]
  /** Other paths of the same route, with the same parameters. */
  readonly also?: readonly RouteMatch[]
  /** Where alone it is there: listeners by their names, hosts in lower case; `*.` stands for one label or more. */
  readonly listeners?: readonly string[] | undefined
  readonly hosts?: readonly string[] | undefined
  /** What begins it in place of a request, which never finds it. */
  readonly on?: Trigger
}

/** Whether a pattern of hosts stands for a host, or for all of another pattern. */
export function fitsHost(pattern: string, host: string): boolean {
  if (pattern === host) return true
  return pattern.startsWith('*.') && host.length >= pattern.length && host.endsWith(pattern.slice(1))
}

/** A route's match, and those of its other paths; none of one that a trigger begins. */
export function everyMatch(match: RouteMatch): readonly RouteMatch[] {
  const { hosts, listeners, also, on } = match
  if (on) return []
  return also ? [match, ...also.map((other) => ({ ...other, hosts, listeners }))] : [match]
}

/** As people read it: `GET /mobile/home, /home`. */
export function printMatch(match: RouteMatch): string {
  const { method, path, also = [] } = match
  return [`${method} ${path}`, ...also.map((other) => other.path)].join(', ') + printWhere(match)
}

/** Where alone it is there: ` (of api.test, at inside)`; nothing where it is everywhere. */
export function printWhere({ hosts, listeners }: RouteMatch): string {
  const told = [...(hosts ? [`of ${hosts.join(', ')}`] : []), ...(listeners ? [`at ${listeners.join(', ')}`] : [])]
  return told.length > 0 ? ` (${told.join(', ')})` : ''
}

/**
 * Parses a list of paths, of which those behind the first may leave the method away. Gives the fault as text, and which
 * of them it is, when they are none.
 */
export function parseMatches(
  texts: readonly string[],
  passthrough: boolean,
): RouteMatch | { readonly fault: string; readonly index: number } {
  const matches: RouteMatch[] = []
  for (const [index, text] of texts.entries()) {
    const [first] = matches
    const isBare = first !== undefined && first.method !== '*' && text.trim().startsWith('/')
    const match = parseMatch(isBare ? `${first.method} ${text}` : text, passthrough)
    if (typeof match === 'string') return { fault: match, index }
    if (first && match.method !== first.method) return { fault: 'the paths of a route have one method', index }
    if (first && parametersOf(match) !== parametersOf(first))
      return { fault: 'the paths of a route have the same parameters', index }
    matches.push(match)
  }
  const [match, ...also] = matches
  return also.length > 0 ? { ...match!, also } : match!
}

const parametersOf = ({ segments }: RouteMatch) =>
  segments
    .flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
    .sort()
    .join()

export type MatchSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  /** The rest of the path, slashes included; last. */
  | { readonly kind: 'rest'; readonly name: string }

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']

/**
 * Parses `METHOD /path/{param}/*rest`. A passthrough may leave the method away (or write `ANY`). Gives the fault as
 * text when it is none.
 */
export function parseMatch(text: string, passthrough: boolean): RouteMatch | string {
  const [first, second, ...more] = text.trim().split(/\s+/)
  const bare = first?.startsWith('/') ?? false
  const method = bare ? '*' : (first ?? '').toUpperCase().replace(/^ANY$/, '*')
  const path = bare ? first : second
  if (more.length > 0 || (bare && second !== undefined)) return 'a match is one method and one path'
  if (path === undefined || !path.startsWith('/')) return 'a match is a method and a path that begins with /'
  if (method === '*' && !passthrough) return 'an aggregated route answers one method'
  if (method !== '*' && !methods.includes(method)) return `\`${first}\` is not a method`
  const segments = path === '/' ? [] : path.slice(1).split('/').map(parseSegment)
  const fault = segments.find((segment) => typeof segment === 'string')
  if (fault !== undefined) return fault
  const parsed = segments as MatchSegment[]
  if (parsed.slice(0, -1).some((segment) => segment.kind === 'rest')) return 'a * can only be the last segment'
  const names = parsed.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
  if (new Set(names).size < names.length) return 'a parameter stands in the path twice'
  return { method, path, segments: parsed }
}

function parseSegment(text: string): MatchSegment | string {
  const parameter = /^\{([A-Za-z_][\w.-]*)\}$/.exec(text)
  if (parameter) return { kind: 'parameter', name: parameter[1]! }
  const rest = /^\*([A-Za-z_][\w.-]*)?$/.exec(text)
  if (rest) return { kind: 'rest', name: rest[1] ?? 'rest' }
  if (/[{}*?#:%\s]/.test(text)) return `\`${text}\` is neither text, {parameter} nor *rest`
  return { kind: 'literal', text }
}

/** Two matches with the same shape answer the same requests; parameter names do not matter. */
export function matchShape(match: RouteMatch): string {
  const shape = match.segments.map((segment) =>
    segment.kind === 'literal' ? segment.text : segment.kind === 'rest' ? '*' : '{}',
  )
  return `${match.method} /${shape.join('/')}`
}
