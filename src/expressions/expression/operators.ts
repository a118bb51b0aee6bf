import { areEqualNumbers, isExact, isNumber, type JsonNumber, ofWhole } from '../../numbers.ts'
import { type Arithmetic, computable, compute } from '../arithmetic.ts'
import { isContainer } from '../container.ts'
import { spend, spendOnText } from '../work.ts'
import { compareTexts } from './code-points.ts'
import { KeyedMap } from './keyed-map.ts'
import { fail } from './scope.ts'
import { Duration, Timestamp } from './time.ts'
import { bool, double, dyn, int, isNumeric, nameOf, nameOfValue, type Type, unify } from './types.ts'

/** A binary operator: the type it gives (or why it does not apply), and what it does with two values that are there. */
export interface BinaryOperator {
  readonly check: (left: Type, right: Type) => Type | string
  readonly apply: (left: unknown, right: unknown) => unknown
  /** For two operands that are whole as they are written, where it differs. */
  readonly applyToInts?: (left: number | bigint, right: number | bigint) => number | bigint
}

const maxListLength = 1_000_000
const maxTextLength = 8 * 1024 * 1024

const sum: Arithmetic = { whole: (left, right) => left + right, double: (left, right) => left + right }
const difference: Arithmetic = { whole: (left, right) => left - right, double: (left, right) => left - right }
const product: Arithmetic = { whole: (left, right) => left * right, double: (left, right) => left * right }
const rest: Arithmetic = { whole: (left, right) => left % right, double: (left, right) => left % right }

/** Computes what was not computed exactly by doubles: whole numbers that grew, or that no double holds. */
function calculate(arithmetic: Arithmetic, left: JsonNumber, right: JsonNumber): number | bigint {
  return compute(arithmetic, left, right) ?? fail('a number grew too large')
}

function add(left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') {
    const double = left + right
    return Number.isSafeInteger(double) ? double : calculate(sum, left, right)
  }
  if (typeof left === 'string' && typeof right === 'string') {
    spendOnText(left.length + right.length)
    return left.length + right.length > maxTextLength ? fail('text grew too long') : left + right
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    spend(left.length + right.length)
    return left.length + right.length > maxListLength ? fail('a list grew too long') : [...left, ...right]
  }
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.nanos + right.nanos)
  if (left instanceof Timestamp && right instanceof Duration) return new Timestamp(left.nanos + right.nanos)
  if (left instanceof Duration && right instanceof Timestamp) return new Timestamp(right.nanos + left.nanos)
  return isNumber(left) && isNumber(right) ? calculate(sum, left, right) : mismatch('+', left, right)
}

function subtract(left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') {
    const double = left - right
    return Number.isSafeInteger(double) ? double : calculate(difference, left, right)
  }
  if (left instanceof Timestamp && right instanceof Timestamp) return new Duration(left.nanos - right.nanos)
  if (left instanceof Timestamp && right instanceof Duration) return new Timestamp(left.nanos - right.nanos)
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.nanos - right.nanos)
  return isNumber(left) && isNumber(right) ? calculate(difference, left, right) : mismatch('-', left, right)
}

function multiply(left: unknown, right: unknown): unknown {
  if (!isNumber(left) || !isNumber(right)) return mismatch('*', left, right)
  if (typeof left === 'number' && typeof right === 'number') {
    const double = left * right
    if (Number.isSafeInteger(double)) return double
  }
  return calculate(product, left, right)
}

function divide(left: unknown, right: unknown): unknown {
  if (!isNumber(left) || !isNumber(right)) return mismatch('/', left, right)
  const quotient = Number(computable(left)) / Number(divisor(right))
  return Number.isFinite(quotient) ? quotient : fail('a number grew too large')
}

function remainder(left: unknown, right: unknown): unknown {
  if (!isNumber(left) || !isNumber(right)) return mismatch('%', left, right)
  divisor(right)
  return calculate(rest, left, right)
}

function divisor(value: JsonNumber): number | bigint {
  const amount = computable(value)
  return amount === 0 ? fail('division by zero') : amount
}

function divideInts(left: number | bigint, right: number | bigint): number | bigint {
  const by = divisor(right)
  if (typeof left === 'number' && typeof by === 'number') return Math.trunc(left / by)
  return ofWhole(BigInt(left) / BigInt(by))!
}

function mismatch(operator: string, left: unknown, right: unknown): never {
  return fail(`\`${operator}\` does not go with ${nameOfValue(left)} and ${nameOfValue(right)}`)
}

/** `same`: the types of which two of a kind go together, besides numbers. */
function checkSum(operator: '+' | '-', same: readonly Type['kind'][]): BinaryOperator['check'] {
  return (left, right) => {
    if (isNumeric(left) && isNumeric(right)) return left.kind === 'int' && right.kind === 'int' ? int : double
    const known = left.kind === 'dyn' ? right : left
    const kinds = [left.kind, right.kind]
    if (kinds.includes('dyn')) {
      if (known.kind === 'dyn' || known.kind === 'timestamp' || known.kind === 'duration') return dyn
      if (isNumeric(known)) return double
      if (same.includes(known.kind)) return { kind: known.kind }
    } else if (left.kind === right.kind && same.includes(left.kind)) {
      return operator === '+' ? unify(left, right) : { kind: 'duration' }
    } else if (kinds.join() === 'timestamp,duration' || (operator === '+' && kinds.join() === 'duration,timestamp')) {
      return { kind: 'timestamp' }
    }
    return `\`${operator}\` does not go with ${nameOf(left)} and ${nameOf(right)}`
  }
}

function checkProduct(operator: string): BinaryOperator['check'] {
  return (left, right) => {
    const fits = [left, right].every((type) => isNumeric(type) || type.kind === 'dyn')
    if (!fits) return `\`${operator}\` does not go with ${nameOf(left)} and ${nameOf(right)}`
    return left.kind === 'int' && right.kind === 'int' ? int : double
  }
}

const ordered: ReadonlySet<string> = new Set(['string', 'bool', 'timestamp', 'duration'])

function compareBy(operator: string, holds: (left: number, right: number) => boolean): BinaryOperator {
  /** JavaScript compares a bigint with a double exactly. */
  const holdsOfNumbers = (left: unknown, right: unknown) =>
    isNumber(left) && isNumber(right)
      ? holds(computable(left) as number, computable(right) as number)
      : mismatch(operator, left, right)
  return {
    check: (left, right) => {
      if (left.kind === 'dyn' || right.kind === 'dyn' || (isNumeric(left) && isNumeric(right))) return bool
      if (left.kind === right.kind && ordered.has(left.kind)) return bool
      return `\`${operator}\` does not compare ${nameOf(left)} with ${nameOf(right)}`
    },
    apply: (left, right) => {
      if (typeof left === 'number' && typeof right === 'number') return holds(left, right)
      if (isExact(left) || isExact(right)) return holdsOfNumbers(left, right)
      const comparable =
        typeof left === typeof right &&
        (typeof left !== 'object' ||
          (left instanceof Timestamp && right instanceof Timestamp) ||
          (left instanceof Duration && right instanceof Duration))
      if (typeof left === 'string' && typeof right === 'string') {
        spendOnText(left.length)
        return holds(compareTexts(left, right), 0)
      }
      return comparable ? holds(left as number, right as number) : mismatch(operator, left, right)
    },
  }
}

/** Whether two JSON values are equal; of different types they never are. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left === 'string') {
    spendOnText(left.length)
    return left === right
  }
  if (left === right) return true
  if (isExact(left) || isExact(right)) return isNumber(left) && isNumber(right) && areEqualAmounts(left, right)
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (left instanceof Timestamp || left instanceof Duration)
    return left.constructor === right.constructor && left.nanos === (right as typeof left).nanos
  if (left instanceof KeyedMap || right instanceof KeyedMap) return areEqualMaps(keyedOf(left), keyedOf(right))
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
    spend(left.length)
    return left.every((item, i) => isEqual(item, right[i]))
  }
  const names = Object.keys(left)
  spend(names.length)
  if (names.length !== Object.keys(right).length) return false
  return names.every(
    (name) =>
      Object.hasOwn(right, name) &&
      isEqual((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  )
}

function keyedOf(value: object): KeyedMap | undefined {
  if (value instanceof KeyedMap || Array.isArray(value)) return value instanceof KeyedMap ? value : undefined
  const map = new KeyedMap()
  for (const [name, member] of Object.entries(value)) map.add(name, member)
  return map
}

function areEqualMaps(left: KeyedMap | undefined, right: KeyedMap | undefined): boolean {
  if (!left || left.size !== right?.size) return false
  spend(left.size)
  return left.keys().every((key) => right.members.has(key) && isEqual(left.get(key), right.get(key)))
}

function areEqualAmounts(left: JsonNumber, right: JsonNumber): boolean {
  return areEqualNumbers(computable(left), computable(right))
}

function checkEquality(left: Type, right: Type): Type | string {
  if ([left, right].some((type) => type.kind === 'dyn' || type.kind === 'null')) return bool
  if (left.kind !== right.kind && !(isNumeric(left) && isNumeric(right)))
    return `${nameOf(left)} and ${nameOf(right)} are never equal`
  return bool
}

function checkMembership(_left: Type, right: Type): Type | string {
  return ['list', 'map', 'dyn'].includes(right.kind)
    ? bool
    : `\`in\` needs a list or an object on its right, not ${nameOf(right)}`
}

function isIn(left: unknown, right: unknown): unknown {
  if (Array.isArray(right)) {
    // A text is compared with every one that is as long.
    spend(right.length * (1 + (typeof left === 'string' ? left.length >>> 10 : 0)))
    return right.includes(left) || (needsComparing(left, right) && right.some((item) => isEqual(left, item)))
  }
  if (right instanceof KeyedMap) return right.get(left) !== undefined
  if (isContainer(right))
    return (
      typeof left === 'string' && (right as Record<string, unknown>)[left] !== undefined && Object.hasOwn(right, left)
    )
  return fail(`\`in\` needs a list or an object on its right, not ${nameOfValue(right)}`)
}

/** Whether one of a list may equal it that is not the same to JavaScript. */
function needsComparing(left: unknown, list: readonly unknown[]): boolean {
  return typeof left === 'object' || typeof left === 'bigint' || (typeof left === 'number' && list.some(isExact))
}

export const binaryOperators: Readonly<Record<string, BinaryOperator>> = {
  '+': { check: checkSum('+', ['string', 'list', 'duration']), apply: add },
  '-': { check: checkSum('-', ['timestamp', 'duration']), apply: subtract },
  '*': { check: checkProduct('*'), apply: multiply },
  '/': {
    check: checkProduct('/'),
    apply: divide,
    applyToInts: divideInts,
  },
  '%': { check: checkProduct('%'), apply: remainder },
  '<': compareBy('<', (left, right) => left < right),
  '<=': compareBy('<=', (left, right) => left <= right),
  '>': compareBy('>', (left, right) => left > right),
  '>=': compareBy('>=', (left, right) => left >= right),
  '==': { check: checkEquality, apply: isEqual },
  '!=': { check: checkEquality, apply: (left, right) => !isEqual(left, right) },
  in: { check: checkMembership, apply: isIn },
}
