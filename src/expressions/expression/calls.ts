import { didYouMean } from '../../diagnostics/suggest.ts'
import { isExact, isNumber } from '../../numbers.ts'
import { computable } from '../arithmetic.ts'
import { isContainer } from '../container.ts'
import { checkPattern } from '../pattern.ts'
import { spend, spendOnLetters, spendOnText } from '../work.ts'
import { macros } from './macros.ts'
import type { CelNode } from './parse.ts'
import { type Bindings, type CelFunction, type Compiled, type Evaluate, fail, refuse } from './scope.ts'
import { Duration } from './time.ts'
import { bool, type CelType, dyn, isNumeric, nameOf, nameOfValue, type Type } from './types.ts'
import { compileValue } from './value.ts'

/** Compiles `f(a, b)` and `a.f(b)`: a macro, `matches`, or one of the functions. */
export function compileCall(node: CelNode & { op: 'call' | 'rcall' }, scope: Bindings): Compiled {
  const [name] = node.args
  const receiver = node.op === 'rcall' ? node.args[1] : undefined
  const given = node.op === 'rcall' ? node.args[2] : node.args[1]
  const macro = macros.find((one) => one.name === name && one.matches(receiver, given.length))
  if (macro) return macro.compile({ node, receiver, given, scope })
  const operands = receiver ? [receiver, ...given] : given
  if (name === 'matches' && operands.length === 2) return compileMatches(operands as [CelNode, CelNode], scope)

  const form = receiver ? 'method' : 'function'
  const named = scope.functions.filter((one) => one.name === name && one.form === form)
  if (named.length === 0) {
    if (scope.functions.isWhole !== false) return refuseUnknown(node, name, form, scope)
    for (const operand of operands) compileValue(operand, scope)
    return { type: dyn, run: () => undefined }
  }
  const found = named.find((one) => one.takes.length === operands.length)
  if (!found) {
    const counts = [...new Set(named.map((one) => one.takes.length - (receiver ? 1 : 0)))].join(' or ')
    return refuse(node, `\`${name}()\` takes ${counts} argument${counts === '1' ? '' : 's'}, not ${given.length}`)
  }
  const values = operands.map((operand) => compileValue(operand, scope))
  for (const [i, { type }] of values.entries()) {
    if (!accepts(found.takes[i]!, type))
      refuse(operands[i]!, `\`${name}()\` does not take a ${nameOf(type)}`, helpWith(found, type))
  }
  return {
    type: found.gives,
    run: runFunction(
      found,
      values.map(({ run }) => run),
    ),
  }
}

function refuseUnknown(node: CelNode, name: string, form: CelFunction['form'], { functions }: Bindings): never {
  const known = functions.filter((one) => one.form === form).map((one) => one.name)
  const elsewhere = functions.some((one) => one.name === name) || macros.some((one) => one.name === name)
  const help = elsewhere
    ? form === 'method'
      ? `write \`${name}(…)\``
      : `write \`x.${name}(…)\``
    : didYouMean(name, [...known, ...macros.map((one) => one.name), 'matches'])
  return refuse(node, `there is no function \`${name}\``, help)
}

function helpWith({ name }: CelFunction, type: Type): string | undefined {
  return isNumeric(type) && name !== 'size' ? 'turn the number into text with `string(x)`' : undefined
}

function accepts(kinds: readonly CelType[], type: Type): boolean {
  return kinds.length === 0 || type.kind === 'dyn' || kinds.includes(isNumeric(type) ? 'double' : type.kind)
}

/** Kinds are checked again with the values: a backend may not keep to the type that its color declares. */
function runFunction({ name, takes, exact, call }: CelFunction, runs: readonly Evaluate[]): Evaluate {
  return (document) => {
    const values: unknown[] = []
    for (let i = 0; i < runs.length; i++) {
      const value = runs[i]!(document)
      const kinds = takes[i]!
      if (kinds.length > 0 && !kinds.includes(kindOf(value)))
        fail(`\`${name}()\` does not take a ${nameOfValue(value)}`)
      if (typeof value === 'string') spendOnText(value.length)
      else if (isContainer(value)) spend(widthOf(value))
      values.push(isExact(value) && !exact ? Number(computable(value)) : value)
    }
    return call(...values)
  }
}

/** What a function that looks at all of a list or object visits. */
function widthOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

function kindOf(value: unknown): CelType {
  if (value === null) return 'null'
  if (isNumber(value)) return 'double'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (value instanceof Date) return 'timestamp'
  if (value instanceof Duration) return 'duration'
  return Array.isArray(value) ? 'list' : 'map'
}

function compileMatches([subject, pattern]: [CelNode, CelNode], scope: Bindings): Compiled {
  if (pattern.op !== 'value' || typeof pattern.args !== 'string')
    return refuse(pattern, 'the pattern of matches() must stand in the expression itself', undefined, 'unsafe-pattern')
  const fault = checkPattern(pattern.args, 'search')
  if (fault?.kind === 'syntax') refuse(pattern, `the regular expression is not valid: ${fault.reason}`)
  if (fault)
    refuse(pattern, `the regular expression may not run in linear time: ${fault.reason}`, undefined, 'unsafe-pattern')
  const regexp = new RegExp(pattern.args, 'u')
  const { type, run } = compileValue(subject, scope)
  if (type.kind !== 'dyn' && type.kind !== 'string') refuse(subject, `\`matches()\` does not take a ${nameOf(type)}`)
  return {
    type: bool,
    run: (document) => {
      const value = run(document)
      if (typeof value === 'string') spendOnLetters(value.length)
      return typeof value === 'string'
        ? regexp.test(value)
        : fail(`\`matches()\` does not take a ${nameOfValue(value)}`)
    },
  }
}
