import { didYouMean } from '../../diagnostics/suggest.ts'
import { printJson } from '../../json-text.ts'
import { isNumber, ofWhole } from '../../numbers.ts'
import { computable } from '../arithmetic.ts'
import { compileAccess, isAccess } from './access.ts'
import { compileList, compileMap } from './aggregates.ts'
import { compileCall } from './calls.ts'
import { type BinaryOperator, binaryOperators, isEqual } from './operators.ts'
import { findProofs, isNull } from './proofs.ts'
import { type Bindings, type Compiled, type Evaluate, EvaluationFailure, fail, refuse, type Segments } from './scope.ts'
import type { BinaryOp, CelNode } from './syntax/node.ts'
import { bool, double, int, isNumeric, nameOf, nameOfValue, nothing, string, type Type, unify } from './types.ts'
import {
  areOptionals,
  compileCompared,
  compileCondition,
  compileOperand,
  compileValue,
  refuseOptional,
} from './value.ts'

type Binary = CelNode & { op: BinaryOp }

/** Compiles a node to its type and a closure; a Refusal is thrown for what cannot be right. */
export function compileNode(node: CelNode, scope: Bindings): Compiled {
  if (isAccess(node)) return compileAccess(node, scope)
  switch (node.op) {
    case 'value':
      return compileLiteral(node)
    case 'call':
    case 'rcall':
      return compileCall(node, scope)
    case 'list':
      return compileList(node, scope)
    case 'map':
      return compileMap(node, scope)
    case '?:':
      return compileTernary(node, scope)
    case '&&':
    case '||':
      return compileLogic(node, scope)
    case '!_': {
      const run = compileCondition(node.args, scope)
      return { type: bool, run: (document) => !run(document) }
    }
    case '-_':
      return compileMinus(node, scope)
    case '?_':
      return refuse(node, '`?` stands before an element or a key')
    default:
      return compileBinary(node, scope)
  }
}

function compileLiteral(node: CelNode & { op: 'value' }): Compiled {
  const { args } = node
  if (args === null) return { type: nothing, run: () => null }
  if (typeof args === 'string') return { type: string, run: () => args }
  if (typeof args === 'boolean') return { type: bool, run: () => args }
  if (typeof args === 'number') return { type: double, run: () => args }
  const whole = ofWhole(args) ?? refuse(node, 'the number is too large')
  return { type: int, run: () => whole }
}

function guardedBy(scope: Bindings, paths: readonly Segments[]): Bindings {
  return paths.length === 0 ? scope : { ...scope, guards: [...scope.guards, ...paths] }
}

function compileTernary({ args: [asked, yes, no] }: CelNode & { op: '?:' }, scope: Bindings): Compiled {
  const condition = compileCondition(asked, scope)
  const { whenTrue, whenFalse } = findProofs(asked, scope.variables)
  const left = compileOperand(yes, guardedBy(scope, whenTrue))
  const right = compileOperand(no, guardedBy(scope, whenFalse))
  const optional = areOptionals([yes, no], [left, right])
  return {
    type: { ...unify(left.type, right.type), ...(optional && { optional }) },
    run: (document) => (condition(document) ? left.run(document) : right.run(document)),
  }
}

/**
 * CEL's `&&` and `||`: a side that fails does not matter where the other decides alone, whichever stands first. Where a
 * condition lets in it does, unless the other is what cares for it: else `role != 'guest' || vip` would let in who has no role.
 */
function compileLogic({ op, args: [first, second] }: CelNode & { op: '&&' | '||' }, scope: Bindings): Compiled {
  const side = op === '&&' ? ('whenTrue' as const) : ('whenFalse' as const)
  const proven = findProofs(second, scope.variables)[side]
  const mayPass = !scope.strict || proven.length > 0
  const left = compileCondition(first, guardedBy(scope, proven))
  const right = compileCondition(second, guardedBy(scope, findProofs(first, scope.variables)[side]))
  const decisive = op === '||'
  return {
    type: bool,
    run: (document) => {
      let value: unknown
      try {
        value = left(document)
      } catch (failure) {
        // What ends the request (too much work) passes: it is no failure of this side.
        if (mayPass && failure instanceof EvaluationFailure && right(document) === decisive) return decisive
        throw failure
      }
      return value === decisive ? decisive : right(document)
    },
  }
}

function compileMinus({ args }: CelNode & { op: '-_' }, scope: Bindings): Compiled {
  const { type, run } = compileValue(args, scope)
  if (!isNumeric(type) && type.kind !== 'dyn') refuse(args, `\`-\` does not go with ${nameOf(type)}`)
  return {
    type: type.kind === 'int' ? int : double,
    run: (document) => {
      const value = run(document)
      if (typeof value === 'number') return -value
      return isNumber(value) ? negate(computable(value)) : fail(`\`-\` does not go with ${nameOfValue(value)}`)
    },
  }
}

function negate(amount: number | bigint): number | bigint {
  return typeof amount === 'bigint' ? ofWhole(-amount)! : -amount
}

function compileBinary(node: Binary, scope: Bindings): Compiled {
  const operator = binaryOperators[node.op]!
  const [first, second] = node.args
  if ((node.op === '==' || node.op === '!=') && (isNull(first) || isNull(second))) return compileNullCheck(node, scope)
  if (node.op === '-') refuseHyphen(node)
  const isEquality = node.op === '==' || node.op === '!='
  const left = isEquality || node.op === 'in' ? compileCompared(first, scope) : compileValue(first, scope)
  const right = isEquality ? compileCompared(second, scope) : compileValue(second, scope)
  if (isEquality && areOptionals([first, second], [left, right]))
    return { type: bool, run: runOptionals(left.run, right.run, node.op === '==') }
  refuseOptional(first, left)
  const type = operator.check(left.type, right.type)
  if (typeof type === 'string') return refuse(node, type, helpWith(node.op, left.type, right.type))
  if (isEquality) {
    refuseImpossible(left.type, second)
    refuseImpossible(right.type, first)
  }
  const { applyToInts } = operator
  const asInts = applyToInts !== undefined && isWrittenWhole(first) && isWrittenWhole(second)
  const apply = asInts ? (applyToInts as BinaryOperator['apply']) : operator.apply
  const isCompared = isEquality || node.op === 'in'
  const run = isCompared
    ? runCompared(left.run, right.run, apply, node.op === '!=')
    : runBoth(left.run, right.run, apply)
  return { type: applyToInts && !asInts ? double : type, run }
}

/** Whether it is whole as it is written, whatever the data: of whole literals and `int(…)`. */
function isWrittenWhole(node: CelNode): boolean {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'bigint'
    case 'call':
      return node.args[0] === 'int' || node.args[0] === 'uint'
    case '-_':
      return isWrittenWhole(node.args)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return node.args.every(isWrittenWhole)
    default:
      return false
  }
}

function runBoth(left: Evaluate, right: Evaluate, apply: BinaryOperator['apply']): Evaluate {
  return (document) => apply(left(document), right(document))
}

/** What is absent equals nothing, and is in no list. */
function runCompared(left: Evaluate, right: Evaluate, apply: BinaryOperator['apply'], whenAbsent: boolean): Evaluate {
  return (document) => {
    const one = left(document)
    const other = right(document)
    return one === undefined || other === undefined ? whenAbsent : apply(one, other)
  }
}

/** Two optionals are equal that have no value, or equal ones. */
function runOptionals(left: Evaluate, right: Evaluate, wanted: boolean): Evaluate {
  return (document) => {
    const one = left(document)
    const other = right(document)
    return (one === undefined || other === undefined ? one === other : isEqual(one, other)) === wanted
  }
}

/** `x == null` asks whether there is something; absent and null are both nothing. */
function compileNullCheck(node: Binary, scope: Bindings): Compiled {
  const asked = isNull(node.args[0]) ? node.args[1] : node.args[0]
  const { run } = isAccess(asked) ? compileAccess(asked, scope, 'asked') : scope.compile(asked, scope)
  const wanted = node.op === '=='
  return { type: bool, run: (document) => ((run(document) ?? null) === null) === wanted }
}

function refuseImpossible(type: Type, literal: CelNode): void {
  if (!type.values || literal.op !== 'value' || type.values.includes(literal.args)) return
  const known = type.values.map((value) => String(value))
  const help = didYouMean(String(literal.args), known) ?? `it is one of ${known.join(', ')}`
  refuse(literal, `it is never ${printJson(literal.args)}`, help)
}

/** `request.headers.x-user-id` and `steps.my-step` read as subtractions; nobody means one. */
function refuseHyphen({ args: [left], input }: Binary): void {
  const found = /^(request\.(?:headers|cookies)|steps)\.([\w-]+)/.exec(input.slice(left.start))
  const [whole, place, name] = found ?? []
  if (!whole || !name?.includes('-')) return
  refuse(
    { start: left.start, end: left.start + whole.length },
    `\`${name}\` reads as a subtraction`,
    `a name like this goes in brackets: \`${place}['${name}']\``,
  )
}

function helpWith(operator: string, left: Type, right: Type): string | undefined {
  const kinds = [left, right].map((type) => (isNumeric(type) ? 'number' : type.kind))
  if (!kinds.includes('string') || !kinds.includes('number')) return undefined
  return operator === '+'
    ? 'turn the number into text with `string(x)`'
    : 'turn the text into a number with `double(x)`'
}
