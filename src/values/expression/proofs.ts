import { isAccess, staticPath } from './access.ts'
import type { CelNode } from './parse.ts'
import type { Segments } from './scope.ts'

/** Paths that are certainly there when a condition is true, and when it is false. */
export interface Proofs {
  readonly whenTrue: readonly Segments[]
  readonly whenFalse: readonly Segments[]
}

type Names = ReadonlySet<string> | ReadonlyMap<string, unknown>

const none: Proofs = { whenTrue: [], whenFalse: [] }
const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in'])

/**
 * What explicit questions prove: has(), comparison with null, joined by `&&`, `||` and `!`. A question always has an
 * answer, so `whenFalse` is true also of a condition that does not hold because something else is missing.
 */
export function provesByAsking(node: CelNode, bound: Names): Proofs {
  return proves(node, bound, false)
}

/** What a condition proves in any way: `user.age > 18` is true or false only where there is an age. */
export function provesAtAll(node: CelNode, bound: Names): Proofs {
  return proves(node, bound, true)
}

function proves(node: CelNode, bound: Names, any: boolean): Proofs {
  switch (node.op) {
    case '&&':
    case '||': {
      const [left, right] = node.args.map((part) => proves(part, bound, any)) as [Proofs, Proofs]
      const both = (a: readonly Segments[], b: readonly Segments[]) => [...a, ...b]
      return node.op === '&&'
        ? { whenTrue: both(left.whenTrue, right.whenTrue), whenFalse: common(left.whenFalse, right.whenFalse) }
        : { whenTrue: common(left.whenTrue, right.whenTrue), whenFalse: both(left.whenFalse, right.whenFalse) }
    }
    case '!_': {
      const { whenTrue, whenFalse } = proves(node.args, bound, any)
      return { whenTrue: whenFalse, whenFalse: whenTrue }
    }
    case 'call': {
      const [name, [asked]] = node.args
      const path = name === 'has' && asked ? staticPath(asked, bound) : undefined
      return path ? { whenTrue: [path], whenFalse: [] } : none
    }
    case '==':
    case '!=': {
      const [left, right] = node.args
      const asked = isNull(right) ? left : isNull(left) ? right : undefined
      const path = asked && staticPath(asked, bound)
      if (path) return node.op === '!=' ? { whenTrue: [path], whenFalse: [] } : { whenTrue: [], whenFalse: [path] }
    }
  }
  if (!any) return none
  if (comparisons.has(node.op)) {
    const needed = (node.args as CelNode[]).flatMap((part) => needs(part, bound))
    return { whenTrue: needed, whenFalse: needed }
  }
  const path = isAccess(node) ? staticPath(node, bound) : undefined
  return path ? { whenTrue: [path], whenFalse: [path] } : none
}

/** The paths without which a value is missing. */
function needs(node: CelNode, bound: Names): Segments[] {
  if (isAccess(node)) {
    const path = staticPath(node, bound)
    return path ? [path] : []
  }
  if (node.op === 'call' && node.args[0] === 'size') return node.args[1].flatMap((part) => needs(part, bound))
  return ['+', '-', '*', '/', '%'].includes(node.op)
    ? (node.args as CelNode[]).flatMap((part) => needs(part, bound))
    : []
}

export function isNull(node: CelNode): boolean {
  return node.op === 'value' && node.args === null
}

function common(a: readonly Segments[], b: readonly Segments[]): Segments[] {
  const keys = new Set(b.map((path) => JSON.stringify(path)))
  return a.filter((path) => keys.has(JSON.stringify(path)))
}
