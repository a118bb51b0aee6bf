import { isObject } from '../expressions/container.ts'
import { areEqualNumbers, isNumber } from '../numbers.ts'

/** One place where a value is not what it should be; undefined where there is nothing. */
export interface Difference {
  /** `$.products[0].price`, or `query.city`. */
  readonly where: string
  readonly expected: unknown
  readonly actual: unknown
}

/** Every place where two JSON values differ, the deepest that can be named. */
export function findDifferences(expected: unknown, actual: unknown, where = '$'): Difference[] {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length)
    return Array.from({ length }, (_, index) =>
      findDifferences(expected[index], actual[index], `${where}[${index}]`),
    ).flat()
  }
  if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...names].flatMap((name) =>
      findDifferences(ownMember(expected, name), ownMember(actual, name), where + printMember(name)),
    )
  }
  if (isNumber(expected) && isNumber(actual) && areEqualNumbers(expected, actual)) return []
  return expected === actual ? [] : [{ where, expected, actual }]
}

function ownMember(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function printMember(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}
