import { isNumber } from '../../numbers.ts'
import { computable } from '../arithmetic.ts'
import { spend, spendOnText } from '../work.ts'
import { compareTexts } from './code-points.ts'
import { fail } from './scope.ts'
import { Duration, Timestamp } from './time.ts'
import { nameOfValue } from './types.ts'

/** The values in the order of their keys, which are all of one kind; those of equal keys stay as they stand. */
export function sortBy(values: readonly unknown[], keys: readonly unknown[]): unknown[] {
  spend(values.length * Math.ceil(Math.log2(values.length + 1)))
  const entries = values.map((value, index) => ({ key: keys[index], value }))
  return entries.sort((one, other) => compare(one.key, other.key)).map(({ value }) => value)
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'string' && typeof other === 'string') {
    spendOnText(Math.min(one.length, other.length))
    return compareTexts(one, other)
  }
  if (isNumber(one) && isNumber(other)) return order(computable(one), computable(other))
  if (typeof one === 'boolean' && typeof other === 'boolean') return order(Number(one), Number(other))
  const isTime = one instanceof Timestamp || one instanceof Duration
  return isTime && one.constructor === other?.constructor
    ? order(one.nanos, (other as typeof one).nanos)
    : fail(`a ${nameOfValue(one)} and a ${nameOfValue(other)} have no order`)
}

function order(one: number | bigint, other: number | bigint): number {
  return one < other ? -1 : one > other ? 1 : 0
}
