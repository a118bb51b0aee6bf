import { compileAccess, compileNeeded, isAccess } from './access.ts'
import { type Bindings, type Compiled, type Evaluate, fail, refuse } from './scope.ts'
import type { CelNode } from './syntax/node.ts'
import { nameOf, nameOfValue } from './types.ts'

/** Compiles an operand: absent it fails, and an optional is first to be opened. */
export function compileValue(node: CelNode, scope: Bindings): Compiled {
  return refuseOptional(node, compileOperand(node, scope))
}

/** Compiles an operand that may be an optional. */
export function compileOperand(node: CelNode, scope: Bindings): Compiled {
  return isAccess(node) ? compileNeeded(node, scope) : scope.compile(node, scope)
}

/** Compiles what is compared with `==`, `!=` or `in`: undefined where it is absent, which equals nothing. */
export function compileCompared(node: CelNode, scope: Bindings): Compiled {
  return scope.strict || !isAccess(node) ? compileOperand(node, scope) : compileAccess(node, scope)
}

/** Whether two operands are optionals; one alone is first to be opened. */
export function areOptionals(nodes: readonly CelNode[], compiled: readonly Compiled[]): boolean {
  if (compiled.every(({ type }) => type.optional)) return true
  for (const [i, node] of nodes.entries()) refuseOptional(node, compiled[i]!)
  return false
}

export function refuseOptional(node: CelNode, compiled: Compiled): Compiled {
  if (compiled.type.optional)
    refuse(node, 'this may be absent', 'open it with `.orValue(x)`, or ask with `.hasValue()`')
  return compiled
}

/** Compiles a condition inside an expression. */
export function compileCondition(node: CelNode, scope: Bindings): Evaluate {
  const { type, run } = compileValue(node, scope)
  // Even a color declared true/false may come as something else.
  if (type.kind === 'bool' && !isAccess(node)) return run
  if (type.kind !== 'bool' && type.kind !== 'dyn')
    refuse(node, `a condition must be true or false, this is a ${nameOf(type)}`)
  return (document) => {
    const value = run(document)
    return typeof value === 'boolean'
      ? value
      : fail(`a condition must be true or false, this is a ${nameOfValue(value)}`)
  }
}
