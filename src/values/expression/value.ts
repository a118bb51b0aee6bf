import { isAccess } from './access.ts'
import type { CelNode } from './parse.ts'
import { type Compiled, fail, type Run, refuse, type Scope } from './scope.ts'
import { nameOf, nameOfValue } from './types.ts'

/** Compiles an operand: anything but an optional, which is first to be opened. */
export function compileValue(node: CelNode, scope: Scope): Compiled {
  const compiled = scope.compile(node, scope)
  if (compiled.type.optional)
    refuse(node, 'this may be absent', 'open it with `.orValue(x)`, or ask with `.hasValue()`')
  return compiled
}

/** Compiles a condition inside an expression: true, false, or undefined when something in it is missing. */
export function compileCondition(node: CelNode, scope: Scope): Run {
  const { type, run } = compileValue(node, scope)
  // Even a color declared true/false may come as something else.
  if (type.kind === 'bool' && !isAccess(node)) return run
  if (type.kind !== 'bool' && type.kind !== 'dyn')
    refuse(node, `a condition must be true or false, this is a ${nameOf(type)}`)
  return (document) => {
    const value = run(document)
    if (typeof value === 'boolean' || value === undefined) return value
    return value === null ? undefined : fail(`a condition must be true or false, this is a ${nameOfValue(value)}`)
  }
}
