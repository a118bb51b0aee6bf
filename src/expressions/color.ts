import { type Document, isReserved } from './document.ts'

const colorName = /^[a-z][A-Za-z0-9_]*(\.[a-z][A-Za-z0-9_]*)*$/

/**
 * Segments of `[a-z][A-Za-z0-9_]*` joined by dots, the first of them no reserved name (LANGUAGE "Dictionary"), and
 * none of them what every JavaScript object inherits (`constructor`, `toString`).
 */
export function isColorName(text: string): boolean {
  if (!colorName.test(text)) return false
  const segments = text.split('.')
  return !isReserved(segments[0]!) && !segments.some((segment) => segment in Object.prototype)
}

/** Writes one color into a context. The namespaces around it are normally there already (`createNamespaces`). */
export function compileColorWriter(name: string): (document: Document, value: unknown) => void {
  const segments = name.split('.')
  const leaf = segments.pop()!
  const [namespace] = segments
  if (namespace === undefined) {
    return (document, value) => {
      document[leaf] = value
    }
  }
  if (segments.length === 1) {
    return (document, value) => {
      namespaceIn(document, namespace)[leaf] = value
    }
  }
  return (document, value) => {
    let owner: Record<string, unknown> = document
    for (const segment of segments) owner = namespaceIn(owner, segment)
    owner[leaf] = value
  }
}

/** Reads one color of a context. */
export function compileColorReader(name: string): (document: Document) => unknown {
  const segments = name.split('.')
  return (document) => {
    let value: unknown = document
    for (const segment of segments) value = (value as Record<string, unknown> | undefined)?.[segment]
    return value
  }
}

/** Takes one color out of a context. */
export function compileColorEraser(name: string): (document: Document) => void {
  const segments = name.split('.')
  const leaf = segments.pop()!
  return (document) => {
    let owner: Record<string, unknown> | undefined = document
    for (const segment of segments) owner = owner?.[segment] as typeof owner
    if (owner) delete owner[leaf]
  }
}

function namespaceIn(owner: Record<string, unknown>, name: string): Record<string, unknown> {
  const found = owner[name]
  if (found !== undefined) return found as Record<string, unknown>
  const made = {}
  owner[name] = made
  return made
}

/**
 * Gives a fresh context the empty namespaces of these colors, outermost first and in a fixed order: contexts of one
 * snapshot then share their hidden class, and a color is written by adding nothing but its leaf.
 */
export function createNamespaces(colors: Iterable<string>): (document: Document) => void {
  const outermost = new Set<string>()
  const nested = new Map<string, readonly string[]>()
  for (const color of colors) {
    const segments = color.split('.').slice(0, -1)
    if (segments.length > 0) outermost.add(segments[0]!)
    for (let depth = 2; depth <= segments.length; depth++) {
      nested.set(segments.slice(0, depth).join('.'), segments.slice(0, depth))
    }
  }
  const names = [...outermost]
  const deeper = [...nested.values()]
  return (document) => {
    for (const name of names) document[name] = {}
    for (const segments of deeper) {
      let owner: Record<string, unknown> = document
      for (const segment of segments) owner = namespaceIn(owner, segment)
    }
  }
}

interface Namespaces {
  readonly names: ReadonlySet<string>
  /** Of the colors they were made of. */
  readonly size: number
}

const namespaces = new WeakMap<object, Namespaces>()

/** Every proper prefix of the colors, made once: most names that are no color begin none, which thousands may ask. */
function namespacesOf(colors: ReadonlySet<string> | ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const known = namespaces.get(colors)
  if (known?.size === colors.size) return known.names
  const names = new Set<string>()
  for (const color of colors.keys())
    for (let dot = color.indexOf('.'); dot >= 0; dot = color.indexOf('.', dot + 1)) names.add(color.slice(0, dot))
  namespaces.set(colors, { names, size: colors.size })
  return names
}

/** What a path into the context stands on: one color, or a namespace with all the colors beneath it. */
export type ColorAtPath =
  | { readonly color: string }
  | { readonly namespace: string; readonly colors: readonly string[] }

/**
 * The color that a path reads: `['product', 'list', 0, 'id']` reads `product.list`. A path that stops at a namespace
 * reads every color beneath it; one that meets neither (a reserved name, an unknown color) gives undefined.
 */
export function colorOfPath(
  path: readonly (string | number)[],
  colors: ReadonlySet<string> | ReadonlyMap<string, unknown>,
): ColorAtPath | undefined {
  let name = ''
  for (const segment of path) {
    if (typeof segment !== 'string') return undefined
    name = name === '' ? segment : `${name}.${segment}`
    if (colors.has(name)) return { color: name }
  }
  if (name === '' || !namespacesOf(colors).has(name)) return undefined
  const beneath = [...colors.keys()].filter((color) => color.startsWith(`${name}.`))
  return beneath.length > 0 ? { namespace: name, colors: beneath } : undefined
}
