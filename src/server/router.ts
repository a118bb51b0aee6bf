import findMyWay from 'find-my-way'
import type { MatchSegment, RouteMatch } from '../routes/match.ts'

/** What a method and path lead to. */
export type Found<Target> =
  | { readonly kind: 'match'; readonly target: Target; readonly params: Readonly<Record<string, string>> }
  /** The path exists, with other methods. */
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[] }
  /** A percent escape that decodes to nothing. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'nothing' }

interface Entry<Target> {
  readonly target: Target
  readonly names: readonly string[]
  /** Indexes of what must not be empty: everything but a rest. */
  readonly required: number
}

const nothing = { kind: 'nothing' } as const
const malformed = { kind: 'malformed' } as const
/** A longer path is refused before it comes here. */
const maxParameterLength = 16 * 1024
const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null))

/**
 * Finds routes by method and path in radix trees: literals before parameters before a rest, letter by letter, without
 * guesses about slashes. `HEAD` falls back to `GET`; a route for any method (`*`) stands behind those that name one.
 */
export class Router<Target> {
  readonly #byMethod = new Map<string, PathTree<Target>>()
  /** For the methods that no route names. */
  readonly #otherMethods: PathTree<Target>

  constructor(routes: Iterable<readonly [RouteMatch, Target]>) {
    const all = [...routes]
    const methods = new Set(all.map(([{ method }]) => method))
    const addAll = (of: string, tree: PathTree<Target>) => {
      for (const [match, target] of all) if (match.method === of) tree.add(match.segments, target)
    }
    const plant = (...orders: string[]) => {
      const tree = new PathTree<Target>()
      for (const method of orders) addAll(method, tree)
      return tree
    }
    for (const method of methods) {
      if (method !== '*' && method !== 'HEAD') this.#byMethod.set(method, plant(method, '*'))
    }
    // Trees are dear to make: where GET's would say the same, it does.
    const get = this.#byMethod.get('GET')
    if (methods.has('HEAD') || (get && methods.has('*'))) this.#byMethod.set('HEAD', plant('HEAD', 'GET', '*'))
    else if (get) this.#byMethod.set('HEAD', get)
    this.#otherMethods = plant('*')
  }

  /** `path` as it came: percent-encoded, without the query. */
  find(method: string, path: string): Found<Target> {
    const found = (this.#byMethod.get(method) ?? this.#otherMethods).find(path)
    return found === nothing ? this.#explainMiss(path) : found
  }

  #explainMiss(path: string): Found<Target> {
    const allow: string[] = []
    for (const [method, tree] of this.#byMethod) if (tree.find(path).kind === 'match') allow.push(method)
    return allow.length === 0 ? nothing : { kind: 'wrong-method', allow: allow.sort() }
  }
}

/** The paths of one method. */
class PathTree<Target> {
  readonly #tree = findMyWay({
    maxParamLength: maxParameterLength,
    onBadUrl: () => {},
    querystringParser: () => ({}) as never,
  })
  readonly #known = new Set<string>()

  /** Of two routes for one path the first stays. */
  add(segments: readonly MatchSegment[], target: Target): void {
    const pattern = toPattern(segments)
    if (this.#known.has(pattern)) return
    this.#known.add(pattern)
    const names = segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
    const required = segments.filter(({ kind }) => kind === 'parameter').length
    const entry: Entry<Target> = { target, names, required }
    this.#tree.on('GET', pattern, () => {}, entry)
  }

  find(path: string): Exclude<Found<Target>, { kind: 'wrong-method' }> {
    const found = this.#tree.find('GET', path)
    if (found === null) return nothing
    const entry = found.store as Entry<Target> | null
    if (entry === null) return malformed
    const { target, names, required } = entry
    if (names.length === 0) return { kind: 'match', target, params: noParams }
    const params: Record<string, string> = Object.create(null)
    for (let at = 0; at < names.length; at++) {
      const value = (at < required ? found.params[`p${at}`] : found.params['*']) ?? ''
      if (value === '' && at < required) return nothing
      params[names[at]!] = value
    }
    return { kind: 'match', target, params }
  }
}

/** In find-my-way's language; parameters by position, since their names could mean something in it. */
function toPattern(segments: readonly MatchSegment[]): string {
  if (segments.length === 0) return '/'
  let position = 0
  return segments
    .map((segment) => {
      if (segment.kind === 'rest') return '/*'
      if (segment.kind === 'parameter') return `/:p${position++}`
      if (segment.text.includes('*')) throw new Error(`a path cannot hold a literal *: ${segment.text}`)
      return `/${segment.text.replaceAll(':', '::')}`
    })
    .join('')
}
