import { isUnsafeKey } from '../foreign.ts'
import { printAccess, printPath, quoteText } from '../template.ts'

/** Dotted names as a tree: a name is kept or dropped as a whole, or looked into. */
export type Tree = ReadonlyMap<string, Tree | 'leaf'>
type Branch = Map<string, Branch | 'leaf'>
type Step = Readonly<Record<string, unknown>>

/** Of `a` and `a.b` the later one holds (lura, newAllowlistingFilter). */
export function allowTree(names: readonly string[]): Tree {
  return plant(names, (branch, name) => {
    const inner: Branch = new Map()
    branch.set(name, inner)
    return inner
  })
}

/** Of `a` and `a.b` the shorter one holds (lura, buildDenyTree). */
export function denyTree(names: readonly string[]): Tree {
  return plant(names, () => undefined)
}

function plant(names: readonly string[], intoLeaf: (branch: Branch, name: string) => Branch | undefined): Branch {
  const root: Branch = new Map()
  for (const dotted of names) {
    const segments = dotted.split('.')
    if (segments.some(isUnsafeKey)) continue
    let branch: Branch | undefined = root
    for (const name of segments.slice(0, -1)) {
      const inner = branch.get(name)
      if (inner === undefined) branch.set(name, new Map())
      const next: Branch | 'leaf' = branch.get(name)!
      branch = next === 'leaf' ? intoLeaf(branch, name) : next
      if (!branch) break
    }
    branch?.set(segments.at(-1)!, 'leaf')
  }
  return root
}

/** Every object inside that loses or keeps members by name, outer ones first. */
function* parentsOf(tree: Tree, path: readonly string[] = []): Generator<{ path: readonly string[]; names: string[] }> {
  for (const [name, inner] of tree) {
    if (inner === 'leaf') continue
    const here = [...path, name]
    if (leavesOf(inner).length > 0) yield { path: here, names: leavesOf(inner) }
    yield* parentsOf(inner, here)
  }
}

function leavesOf(tree: Tree): string[] {
  return [...tree].filter(([, inner]) => inner === 'leaf').map(([name]) => name)
}

/** Only what is named stays; an object of which nothing stays goes too, and what is inside of lists goes. */
export function shapeAllow(tree: Tree, color: string, from: readonly string[], source: readonly string[]): Step[] {
  const inner = [...parentsOf(tree)].map(({ path, names }) =>
    merge(
      color,
      path,
      names,
      source,
      Object.fromEntries(names.map((name) => [quoteText(name), printPath([...source, ...path, name])])),
    ),
  )
  return [{ assign: { [color]: { $pick: leavesOf(tree).map(quoteText), $from: printPath(from) } } }, ...inner]
}

/** What is named goes; what is inside of lists stays. */
export function shapeDeny(tree: Tree, color: string, from: readonly string[], source: readonly string[]): Step[] {
  const own = color.split('.')
  const inner = [...parentsOf(tree)].map(({ path, names }) =>
    merge(color, path, names, source, undefined, { $omit: names.map(quoteText), $from: printPath([...own, ...path]) }),
  )
  return [{ assign: { [color]: { $omit: leavesOf(tree).map(quoteText), $from: printPath(from) } } }, ...inner]
}

/** Where one of the names is there: the color with what is at `path` replaced, or with members added to it. */
function merge(
  color: string,
  path: readonly string[],
  names: readonly string[],
  source: readonly string[],
  added: unknown,
  replaced?: unknown,
): Step {
  const own = color.split('.')
  const build = (depth: number): unknown => {
    if (depth === path.length) return replaced ?? { $merge: [printPath([...own, ...path]), added] }
    return { $merge: [printPath([...own, ...path.slice(0, depth)]), { [quoteText(path[depth]!)]: build(depth + 1) }] }
  }
  const when = names.map((name) => `has(${printAccess([...source, ...path, name])})`).join(' || ')
  return { when, assign: { [color]: build(0) } }
}
