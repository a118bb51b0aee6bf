import { didYouMean } from '../../diagnostics/suggest.ts'
import { isExact, isNumber } from '../../numbers.ts'
import { computable } from '../arithmetic.ts'
import { isContainer } from '../container.ts'
import { spend, spendOnText } from '../work.ts'
import { KeyedMap } from './keyed-map.ts'
import { macros, nameOfMacro } from './macros/index.ts'
import { type Bindings, type CelFunction, type Compiled, type Evaluate, fail, refuse } from './scope.ts'
import type { CelNode } from './syntax/node.ts'
import { Duration, Timestamp } from './time.ts'
import { type CelType, dyn, isNumeric, nameOf, nameOfValue, type Type, unify } from './types.ts'
import { compileValue } from './value.ts'
import { noteVolatile } from './volatile.ts'

type Call = CelNode & { op: 'call' | 'rcall' }

/** Compiles `f(a, b)` and `a.f(b)`: a macro, or one of the functions. */
export function compileCall(node: Call, scope: Bindings): Compiled {
  const [name] = node.args
  const receiver = node.op === 'rcall' ? node.args[1] : undefined
  const given = node.op === 'rcall' ? node.args[2] : node.args[1]
  const macro = macros.find((one) => one.name === name && one.matches(receiver, given.length))
  if (macro) return macro.compile({ node, receiver, given, scope })
  const space = receiver?.op === 'id' ? `${receiver.args}.` : undefined
  if (space !== undefined && isInSpace(space, name, scope)) return compileFunction(node, space + name, given, scope)
  return compileFunction(node, name, receiver ? [receiver, ...given] : given, scope, receiver ? 'method' : 'function')
}

/** `math.abs(x)`: where nothing else is called `math`, what is misspelt is meant so too. */
function isInSpace(space: string, name: string, { functions, roots, variables }: Bindings): boolean {
  if (functions.some((one) => one.name === space + name)) return true
  const owner = space.slice(0, -1)
  const isKnown = variables.has(owner) || [...roots.keys()].includes(owner)
  return (
    !isKnown && [...functions.map(({ name }) => name), ...macros.map(nameOfMacro)].some((one) => one.startsWith(space))
  )
}

function compileFunction(
  node: Call,
  name: string,
  operands: readonly CelNode[],
  scope: Bindings,
  form: CelFunction['form'] = 'function',
): Compiled {
  const named = scope.functions.filter((one) => one.name === name && one.form === form)
  if (named.length === 0) {
    if (scope.functions.isWhole !== false) return refuseUnknown(node, name, form, scope)
    for (const operand of operands) compileValue(operand, scope)
    return { type: dyn, run: () => undefined }
  }
  const ofCount = named.filter((one) => takesSoMany(one, operands.length))
  if (ofCount.length === 0) return refuseCount(node, name, named, operands.length, form === 'method' ? 1 : 0)
  const values = operands.map((operand) => compileValue(operand, scope))
  const fitting = ofCount.filter((one) => values.every(({ type }, i) => accepts(kindsAt(one, i), type)))
  if (fitting.length === 0) return refuseTypes(operands, values, ofCount[0]!)
  for (const one of fitting) refuseLiterals(one, operands)
  const types = fitting.map(({ gives }) =>
    typeof gives === 'function' ? gives(...values.map(({ type }) => type)) : gives,
  )
  if (fitting.some((one) => one.isVolatile)) noteVolatile(name, node, scope)
  if (types.some(({ kind }) => kind === 'timestamp' || kind === 'duration')) scope.notes.hasMoreThanJson = true
  return {
    type: types.reduce(unify),
    run: runFunction(
      name,
      fitting,
      values.map(({ run }) => run),
    ),
  }
}

function takesSoMany({ takes, isVariadic }: CelFunction, count: number): boolean {
  return takes.length === count || (isVariadic === true && count > takes.length)
}

function kindsAt({ takes }: CelFunction, index: number): readonly CelType[] {
  return takes[Math.min(index, takes.length - 1)]!
}

function refuseUnknown(node: CelNode, name: string, form: CelFunction['form'], { functions }: Bindings): never {
  const known = functions.filter((one) => one.form === form).map((one) => one.name)
  const elsewhere = functions.some((one) => one.name === name) || macros.some((one) => one.name === name)
  const help = elsewhere
    ? form === 'method'
      ? `write \`${name}(…)\``
      : `write \`x.${name}(…)\``
    : didYouMean(name, [...known, ...macros.map(nameOfMacro)])
  return refuse(node, `there is no function \`${name}\``, help)
}

function refuseCount(
  node: CelNode,
  name: string,
  named: readonly CelFunction[],
  count: number,
  receivers: number,
): never {
  const counts = [...new Set(named.map((one) => `${one.takes.length - receivers}${one.isVariadic ? ' or more' : ''}`))]
  const wanted = counts.join(' or ')
  return refuse(node, `\`${name}()\` takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${count - receivers}`)
}

function refuseTypes(operands: readonly CelNode[], values: readonly Compiled[], wanted: CelFunction): never {
  const at = values.findIndex(({ type }, i) => !accepts(kindsAt(wanted, i), type))
  const { type } = values[at]!
  return refuse(operands[at]!, `\`${wanted.name}()\` does not take a ${nameOf(type)}`, helpWith(wanted, type))
}

function helpWith({ takes }: CelFunction, type: Type): string | undefined {
  const wantsText = takes.some((kinds) => kinds.length === 1 && kinds[0] === 'string')
  return isNumeric(type) && wantsText ? 'turn the number into text with `string(x)`' : undefined
}

function refuseLiterals({ refuse: findFault }: CelFunction, operands: readonly CelNode[]): void {
  const fault = findFault?.(...operands.map((operand) => (operand.op === 'value' ? operand.args : undefined)))
  const culprit = operands.findLast(({ op }) => op === 'value')
  if (fault !== undefined) refuse(culprit!, fault)
}

function accepts(kinds: readonly CelType[], type: Type): boolean {
  return kinds.length === 0 || type.kind === 'dyn' || kinds.includes(isNumeric(type) ? 'double' : type.kind)
}

/** Kinds are checked again with the values: a backend may not keep to the type that its color declares. */
function runFunction(name: string, candidates: readonly CelFunction[], runs: readonly Evaluate[]): Evaluate {
  const [only] = candidates as [CelFunction]
  return (document) => {
    const values: unknown[] = []
    for (let i = 0; i < runs.length; i++) values.push(runs[i]!(document))
    const chosen = candidates.length === 1 ? only : (candidates.find((one) => fits(one, values)) ?? only)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      const kinds = kindsAt(chosen, i)
      if (kinds.length > 0 && !kinds.includes(kindOf(value) as CelType))
        fail(`\`${name}()\` does not take a ${nameOfValue(value)}`)
      if (typeof value === 'string') spendOnText(value.length)
      else if (isContainer(value)) spend(widthOf(value))
      if (isExact(value) && !chosen.exact) values[i] = Number(computable(value))
    }
    return chosen.call(...values)
  }
}

function fits(one: CelFunction, values: readonly unknown[]): boolean {
  return values.every((value, i) => {
    const kinds = kindsAt(one, i)
    return kinds.length === 0 || kinds.includes(kindOf(value) as CelType)
  })
}

/** What a function that looks at all of a list or object visits. */
function widthOf(value: object): number {
  if (value instanceof KeyedMap) return value.size
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

/** Undefined for what is none of them: a file. */
function kindOf(value: unknown): CelType | undefined {
  if (value === null) return 'null'
  if (isNumber(value)) return 'double'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (value instanceof Timestamp) return 'timestamp'
  if (value instanceof Duration) return 'duration'
  if (Array.isArray(value)) return 'list'
  return isContainer(value) ? 'map' : undefined
}
