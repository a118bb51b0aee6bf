import { isAccess, staticPath } from './access.ts'
import type { Segments } from './scope.ts'
import type { CelNode } from './syntax/node.ts'

/** Paths that are certainly there when a condition is true, and when it is false. */
export interface Proofs {
  readonly whenTrue: readonly Segments[]
  readonly whenFalse: readonly Segments[]
}

type Names = ReadonlySet<string> | ReadonlyMap<string, unknown>

const none: Proofs = { whenTrue: [], whenFalse: [] }
const demanding: ReadonlySet<string> = new Set(['<', '<=', '>', '>='])

/**
 * What a condition proves. Questions do (has(), comparison with null), and so does every use that would have failed
 * without a value: `user.age > 18` is true or false only where there is an age, `user.id == 'x'` true only with an id.
 */
export function findProofs(node: CelNode, bound: Names): Proofs {
  switch (node.op) {
    case '&&':
    case '||': {
      const [left, right] = node.args.map((part) => findProofs(part, bound)) as [Proofs, Proofs]
      const both = (a: readonly Segments[], b: readonly Segments[]) => [...a, ...b]
      return node.op === '&&'
        ? { whenTrue: both(left.whenTrue, right.whenTrue), whenFalse: common(left.whenFalse, right.whenFalse) }
        : { whenTrue: common(left.whenTrue, right.whenTrue), whenFalse: both(left.whenFalse, right.whenFalse) }
    }
    case '!_': {
      const { whenTrue, whenFalse } = findProofs(node.args, bound)
      return { whenTrue: whenFalse, whenFalse: whenTrue }
    }
    case 'call': {
      const [name, [asked]] = node.args
      const path = name === 'has' && asked ? staticPath(asked, bound) : undefined
      return path ? { whenTrue: [path], whenFalse: [] } : none
    }
    case 'rcall':
      return provesByCall(node, bound)
    case '==':
    case '!=': {
      const [left, right] = node.args
      const asked = isNull(right) ? left : isNull(left) ? right : undefined
      const path = asked && staticPath(asked, bound)
      if (asked) return alike(path ? [path] : [], node.op === '!=')
      const needed = [...needs(left, bound, false), ...needs(right, bound, false)]
      const compared = [left, right].flatMap((part) => pathOf(part, bound))
      return node.op === '=='
        ? { whenTrue: [...needed, ...compared], whenFalse: needed }
        : { whenTrue: needed, whenFalse: [...needed, ...compared] }
    }
    case 'in': {
      const [left, right] = node.args
      const needed = [...needs(left, bound, false), ...needs(right, bound)]
      return { whenTrue: [...needed, ...pathOf(left, bound)], whenFalse: needed }
    }
  }
  const needed = demanding.has(node.op)
    ? (node.args as CelNode[]).flatMap((part) => needs(part, bound))
    : pathOf(node, bound)
  return { whenTrue: needed, whenFalse: needed }
}

function alike(paths: readonly Segments[], whenTrue: boolean): Proofs {
  return whenTrue ? { whenTrue: paths, whenFalse: [] } : { whenTrue: [], whenFalse: paths }
}

/** `x.startsWith('k')` has an answer only where there is an x. */
function provesByCall(node: CelNode & { op: 'rcall' }, bound: Names): Proofs {
  const needed = needs(node, bound)
  return { whenTrue: needed, whenFalse: needed }
}

/** The methods of a value: macros and optionals look at their receivers in other ways. */
const lenient: ReadonlySet<string> = new Set(['orValue', 'or', 'hasValue', 'value', 'bind', 'of', 'none'])

/** The paths without which a value cannot be made; `alone`: also where it is nothing but a path. */
function needs(node: CelNode, bound: Names, alone = true): readonly Segments[] {
  if (isAccess(node)) return alone ? pathOf(node, bound) : []
  if (node.op === 'call' && node.args[0] === 'size') return node.args[1].flatMap((part) => needs(part, bound))
  if (node.op === 'rcall') return lenient.has(node.args[0]) ? [] : needs(node.args[1], bound)
  return ['+', '-', '*', '/', '%'].includes(node.op)
    ? (node.args as CelNode[]).flatMap((part) => needs(part, bound))
    : []
}

function pathOf(node: CelNode, bound: Names): readonly Segments[] {
  const path = isAccess(node) ? staticPath(node, bound) : undefined
  return path ? [path] : []
}

export function isNull(node: CelNode): boolean {
  return node.op === 'value' && node.args === null
}

function common(a: readonly Segments[], b: readonly Segments[]): Segments[] {
  const keys = new Set(b.map((path) => JSON.stringify(path)))
  return a.filter((path) => keys.has(JSON.stringify(path)))
}
