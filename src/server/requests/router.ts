import findMyWay from 'find-my-way'
import { runToEnd, type Work } from '../../plan/work.ts'
import type { MatchSegment, RouteMatch } from '../../routes/match.ts'

/** What a method and path lead to. */
export type Found<Target> =
  | { readonly kind: 'match'; readonly target: Target; readonly params: Readonly<Record<string, string>> }
  /** The path exists, with other methods. */
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[] }
  /** A percent escape that decodes to nothing. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'nothing' }

interface Entry {
  /** The match's index. */
  readonly index: number
  readonly names: readonly string[]
  /** Indexes of what must not be empty: everything but a rest. */
  readonly required: number
}

const nothing = { kind: 'nothing' } as const
const malformed = { kind: 'malformed' } as const
/** A longer path leads nowhere, and is not looked at: the server refuses it with 414. */
const maxPathLength = 8 * 1024
const noParams: Readonly<Record<string, string>> = Object.freeze(Object.create(null))

/**
 * Finds routes by method and path in radix trees: literals before parameters before a rest, letter by letter, without
 * guesses about slashes. `HEAD` falls back to `GET`; a route for any method (`*`) stands behind those that name one.
 */
export class Router<Target> {
  readonly #trees: MethodTrees
  readonly #targets: readonly Target[]
  #all: ReadonlySet<Target> | undefined

  constructor(routes: Iterable<readonly [RouteMatch, Target]>, trees?: MethodTrees) {
    const all = [...routes]
    this.#trees = trees ?? runToEnd(plantTrees(all.map(([match]) => match)))
    this.#targets = all.map(([, target]) => target)
  }

  /** Makes a router in small steps. One that has the same matches as the one before takes over its trees. */
  static *plant<Target>(
    routes: readonly (readonly [RouteMatch, Target])[],
    before?: Router<Target>,
  ): Work<Router<Target>> {
    const matches = routes.map(([match]) => match)
    const isSame = before !== undefined && areEqual(before.#trees.matches, matches)
    return new Router(routes, isSame ? before.#trees : yield* plantTrees(matches))
  }

  /** All that it leads to. */
  get targets(): ReadonlySet<Target> {
    this.#all ??= new Set(this.#targets)
    return this.#all
  }

  /** `path` as it came: percent-encoded, without the query. */
  find(method: string, path: string): Found<Target> {
    if (path.length > maxPathLength) return nothing
    const { byMethod, otherMethods } = this.#trees
    const found = (byMethod.get(method) ?? otherMethods).find(path, this.#targets)
    return found === nothing ? this.#explainMiss(path) : found
  }

  #explainMiss(path: string): Found<Target> {
    const allow: string[] = []
    for (const [method, tree] of this.#trees.byMethod)
      if (tree.find(path, this.#targets).kind === 'match') allow.push(method)
    return allow.length === 0 ? nothing : { kind: 'wrong-method', allow: allow.sort() }
  }
}

/** The radix trees of some matches; what they find is a match's index. */
interface MethodTrees {
  readonly matches: readonly RouteMatch[]
  readonly byMethod: ReadonlyMap<string, PathTree>
  /** For the methods that no route names. */
  readonly otherMethods: PathTree
}

function areEqual(some: readonly RouteMatch[], others: readonly RouteMatch[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ method, path }, index) => method === others[index]!.method && path === others[index]!.path)
  )
}

function* plantTrees(matches: readonly RouteMatch[]): Work<MethodTrees> {
  const methods = new Set(matches.map(({ method }) => method))
  const plant = function* (...orders: string[]): Work<PathTree> {
    const tree = new PathTree()
    for (const order of orders) {
      for (const [index, { method, segments }] of matches.entries()) {
        if (method !== order) continue
        tree.add(segments, index)
        yield
      }
    }
    return tree
  }
  const byMethod = new Map<string, PathTree>()
  for (const method of methods) {
    if (method !== '*' && method !== 'HEAD') byMethod.set(method, yield* plant(method, '*'))
  }
  // Trees are dear to make: where GET's would say the same, it does.
  const get = byMethod.get('GET')
  if (methods.has('HEAD') || (get && methods.has('*'))) byMethod.set('HEAD', yield* plant('HEAD', 'GET', '*'))
  else if (get) byMethod.set('HEAD', get)
  return { matches, byMethod, otherMethods: yield* plant('*') }
}

/** The paths of one method. */
class PathTree {
  readonly #tree = findMyWay({
    maxParamLength: maxPathLength,
    onBadUrl: () => {},
    querystringParser: () => ({}) as never,
  })
  readonly #known = new Set<string>()

  /** Of two routes for one path the first stays. */
  add(segments: readonly MatchSegment[], index: number): void {
    const pattern = toPattern(segments)
    if (this.#known.has(pattern)) return
    this.#known.add(pattern)
    const names = segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
    const required = segments.filter(({ kind }) => kind === 'parameter').length
    const entry: Entry = { index, names, required }
    this.#tree.on('GET', pattern, () => {}, entry)
  }

  /** `targets` are those of the matches, by their index. */
  find<Target>(path: string, targets: readonly Target[]): Exclude<Found<Target>, { kind: 'wrong-method' }> {
    const found = this.#tree.find('GET', path)
    if (found === null) return nothing
    const entry = found.store as Entry | null
    if (entry === null) return malformed
    const { index, names, required } = entry
    const target = targets[index]!
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
