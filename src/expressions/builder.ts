import type { Fault } from '../diagnostics/collector.ts'
import type { Path } from './path.ts'

// biome-ignore lint/suspicious/noExplicitAny: what is read from is the caller's affair.
type Reader = (document: any) => unknown

/** One place of a body and what stands there. */
export interface BodyPart {
  readonly path: Path
  readonly read: Reader
}

/** A fault of one part: its offset is within that part's query. */
export type BuilderFault = Fault & { readonly part: number }

type Node =
  | { readonly kind: 'leaf'; readonly read: Reader; readonly query: string }
  | { readonly kind: 'object'; readonly members: Map<string, Node>; readonly query: string }
  | { readonly kind: 'array'; readonly items: Map<number, Node>; readonly query: string }

const maxIndex = 999

/**
 * Compiles singular locators (`$.user.name`, `$.items[0].id`, `$` for the whole) into one closure that builds the
 * JSON body. What is absent is left out: a member, an object or array with nothing in it, the end of an array; a gap
 * inside an array is null. With nothing at all the body is `{}` or `[]`, and for `$` undefined.
 */
export function compileBuilder(parts: readonly BodyPart[]): Reader | BuilderFault {
  let root: Node | undefined
  for (const [part, { path, read }] of parts.entries()) {
    const fault = (message: string, help?: string): BuilderFault => ({
      code: 'invalid-locator',
      message,
      offset: 0,
      length: Math.max(1, path.query.length),
      help,
      part,
    })
    if (!path.singular) return fault(`\`${path.query}\` may name many places, a body locator names one`)
    if (path.prefix.includes('__proto__')) return fault('`__proto__` cannot be written')
    if (path.prefix.some((segment) => typeof segment === 'number' && (segment < 0 || segment > maxIndex)))
      return fault(`an index in a body goes from 0 to ${maxIndex}`)
    const placed = place(root, path.prefix, { kind: 'leaf', read, query: path.query })
    if ('conflict' in placed) return fault(`\`${path.query}\` and \`${placed.conflict}\` cannot both be in one body`)
    root = placed.node
  }
  return compileRoot(root)
}

/** The tree with a leaf added, or the query that stands in its way. */
function place(
  node: Node | undefined,
  [segment, ...rest]: readonly (string | number)[],
  leaf: Node,
): { node: Node } | { conflict: string } {
  if (segment === undefined) return node ? { conflict: node.query } : { node: leaf }
  if (typeof segment === 'string') {
    const object = node ?? { kind: 'object', members: new Map(), query: leaf.query }
    if (object.kind !== 'object') return { conflict: object.query }
    const placed = place(object.members.get(segment), rest, leaf)
    if ('node' in placed) object.members.set(segment, placed.node)
    return 'conflict' in placed ? placed : { node: object }
  }
  const array = node ?? { kind: 'array', items: new Map(), query: leaf.query }
  if (array.kind !== 'array') return { conflict: array.query }
  const placed = place(array.items.get(segment), rest, leaf)
  if ('node' in placed) array.items.set(segment, placed.node)
  return 'conflict' in placed ? placed : { node: array }
}

function compileRoot(root: Node | undefined): Reader {
  if (!root) return () => ({})
  const build = compileNode(root)
  if (root.kind === 'leaf') return build
  return (document) => build(document) ?? (root.kind === 'array' ? [] : {})
}

function compileNode(node: Node): Reader {
  if (node.kind === 'leaf') return node.read
  return node.kind === 'object' ? compileObject(node.members) : compileArray(node.items)
}

function compileObject(members: ReadonlyMap<string, Node>): Reader {
  const names = [...members.keys()]
  const readers = [...members.values()].map(compileNode)
  return (document) => {
    let object: Record<string, unknown> | undefined
    for (let i = 0; i < names.length; i++) {
      const value = readers[i]!(document)
      if (value === undefined) continue
      object ??= {}
      object[names[i]!] = value
    }
    return object
  }
}

function compileArray(items: ReadonlyMap<number, Node>): Reader {
  const readers = [...items].sort(([a], [b]) => a - b).map(([index, node]) => ({ index, read: compileNode(node) }))
  return (document) => {
    let array: unknown[] | undefined
    for (const { index, read } of readers) {
      const value = read(document)
      if (value === undefined) continue
      array ??= []
      while (array.length < index) array.push(null)
      array.push(value)
    }
    return array
  }
}
