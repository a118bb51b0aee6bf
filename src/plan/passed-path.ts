import type { Language } from '../binding/color.ts'
import type { Position } from '../binding/shape.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { encodeLiteral } from '../operations/path-template.ts'
import { isUnsafePath } from '../path-safety.ts'
import { everyMatch, type MatchSegment, type RouteMatch } from '../routes/match.ts'

/** The path that a `proxy:` route asks for in place of the one that came. */
export interface PassedPath {
  /** As the file has it: `/v2/{rest}`. */
  readonly template: string
  /** The path for the service, of the one that came: parameters byte for byte. */
  readonly forService: (path: string) => string
  /** The path under which a client finds what the service calls so; undefined where it finds it nowhere. */
  readonly forClient: (path: string) => string | undefined
}

/** Text, percent-encoded, or a parameter of the match. */
type Segment = string | { readonly name: string }

/** Binds `path` of a `proxy:`; undefined for one that is none, which is reported. */
export function bindPassedPath(
  template: string,
  match: RouteMatch,
  { source, path }: Position,
  { diagnostics }: Language,
): PassedPath | undefined {
  const segments = template
    .slice(1)
    .split('/')
    .map((text): Segment => {
      const name = /^\{([^{}]*)\}$/.exec(text)?.[1]
      return name === undefined ? encodeLiteral(text) : { name }
    })
  const fault = findFault(template)
  if (fault) {
    diagnostics.add('invalid-value', fault.message, source.locate(path), fault.help)
    return undefined
  }
  const known = match.segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
  const unknown = segments
    .flatMap((segment) => (typeof segment === 'string' ? [] : segment.name))
    .filter((name) => !known.includes(name))
  for (const name of unknown) {
    const at = source.locateInside(path, template.indexOf(`{${name}}`) + 1, name.length)
    diagnostics.add('unknown-path-parameter', `the path has no {${name}}`, at, didYouMean(name, known))
  }
  return unknown.length > 0
    ? undefined
    : { template, forService: compileWayOut(segments, match), forClient: compileWayBack(segments, match) }
}

function findFault(template: string): { readonly message: string; readonly help: string } | undefined {
  const literals = template.replaceAll(/\{[^{}]*\}/g, 'x')
  if (/[?#]/.test(template))
    return { message: 'a path has no query here', help: 'the query that came goes on by itself' }
  if (/[^/]\{|\}[^/]|[{}]/.test(template.replaceAll(/(?<=\/)\{[^{}]*\}(?=\/|$)/g, 'x')))
    return { message: 'a parameter is a whole segment of the path', help: 'write it like /v2/{rest}' }
  if (isUnsafePath(literals)) return { message: 'the path holds a dot segment', help: 'write the path it leads to' }
  return undefined
}

function compileWayOut(segments: readonly Segment[], match: RouteMatch): PassedPath['forService'] {
  const matches = everyMatch(match)
  return (came) => {
    const values = readParameters(came.split('/').slice(1), matches)
    let path = ''
    for (const segment of segments) path += `/${typeof segment === 'string' ? segment : values.get(segment.name)}`
    return path
  }
}

/** Parameters as they came, byte for byte. */
function readParameters(came: readonly string[], matches: readonly RouteMatch[]): ReadonlyMap<string, string> {
  const { segments } = matches.find((match) => fits(match, came)) ?? matches[0]!
  const values = new Map<string, string>()
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'rest') values.set(segment.name, came.slice(index).join('/'))
    else if (segment.kind === 'parameter') values.set(segment.name, came[index]!)
  }
  return values
}

function fits({ segments }: RouteMatch, came: readonly string[]): boolean {
  const isOpen = segments.at(-1)?.kind === 'rest'
  if (isOpen ? came.length < segments.length : came.length !== segments.length) return false
  return segments.every(
    ({ kind, ...segment }, at) =>
      kind !== 'literal' || decodeURIComponent(came[at]!) === (segment as { text: string }).text,
  )
}

/** What the service calls by a path, clients call by the one that leads there, where every part of that stands in it. */
function compileWayBack(segments: readonly Segment[], match: RouteMatch): PassedPath['forClient'] {
  const positions = new Map(
    segments.flatMap((segment, at) => (typeof segment === 'string' ? [] : [[segment.name, at]])),
  )
  const rest = match.segments.find(({ kind }) => kind === 'rest') as { name: string } | undefined
  const isAll = match.segments.every((segment) => segment.kind === 'literal' || positions.has(segment.name))
  // What stands behind a rest cannot be told from it.
  const isOpen = rest !== undefined
  if (!isAll || (isOpen && positions.get(rest.name) !== segments.length - 1)) return () => undefined
  const least = segments.length
  return (path) => {
    const said = path.split('/').slice(1)
    if (isOpen ? said.length < least : said.length !== least) return undefined
    if (segments.some((segment, at) => typeof segment === 'string' && segment !== said[at])) return undefined
    const write = (segment: MatchSegment) => {
      if (segment.kind === 'literal') return encodeLiteral(segment.text)
      const at = positions.get(segment.name)!
      return segment.kind === 'rest' ? said.slice(at).join('/') : said[at]!
    }
    return `/${match.segments.map(write).join('/')}`
  }
}
