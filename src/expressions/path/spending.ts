import type { JSONPathQuery, jsonpath } from 'json-p3'
import { areEqualNumbers, isExact, isNumber, readNumber } from '../../numbers.ts'
import { Opaque } from '../../opaque.ts'
import { computable } from '../arithmetic.ts'
import { isContainer } from '../container.ts'
import { spend, spendOnText } from '../work.ts'
import { loadJsonP3 } from './json-p3.ts'

type FilterSelector = InstanceType<typeof jsonpath.selectors.FilterSelector>
type InfixExpression = InstanceType<typeof jsonpath.expressions.InfixExpression>
type Node = Parameters<FilterSelector['resolve']>[0]

/** The segments of json-p3, whose types it does not tell. */
interface DescendantSegment {
  readonly environment: { readonly maxRecursionDepth: number }
  readonly token: unknown
  visit(node: Node): Iterable<Node>
}

/** Levels of a place that are copied or walked for one unit. */
const levelsPerUnit = 8

/**
 * Makes json-p3 spend for what it visits and compares in this query, and in each query inside its filters, and compare
 * numbers by their value.
 * @param expressions all that stand in its filters
 */
export function makeSpending(query: JSONPathQuery, expressions: readonly unknown[]): void {
  const { FilterQuery, InfixExpression, NumberLiteral } = loadJsonP3().jsonpath.expressions
  makeSegmentsSpend(query)
  for (const expression of expressions) {
    if (expression instanceof FilterQuery) makeSegmentsSpend(expression.path)
    else if (expression instanceof InfixExpression && !expression.logical) makeComparisonSpend(expression)
    else if (expression instanceof NumberLiteral && /^-?\d{16,400}$/.test(expression.token.value))
      Object.assign(expression, { value: readNumber(expression.token.value) })
  }
}

function makeSegmentsSpend({ segments }: JSONPathQuery): void {
  for (const segment of segments) {
    if (segment.toString().startsWith('..')) makeDescentSpend(segment as unknown as DescendantSegment)
    const { NameSelector } = loadJsonP3().jsonpath.selectors
    for (const selector of segment.selectors) {
      const resolve = selector.resolve.bind(selector)
      selector.resolve = (node: Node) => {
        spend(1 + widthOf(selector, node.value) * (1 + Math.floor(node.location.length / levelsPerUnit)))
        return node.value instanceof Opaque && !(selector instanceof NameSelector) ? [] : resolve(node)
      }
    }
  }
}

/** How many children a selector visits. */
function widthOf(selector: unknown, value: unknown): number {
  const { IndexSelector, NameSelector } = loadJsonP3().jsonpath.selectors
  if (selector instanceof NameSelector || selector instanceof IndexSelector) return 1
  if (Array.isArray(value)) return value.length
  return isContainer(value) ? Object.keys(value).length : 0
}

/** Preorder as the library's, but by a stack: its generators inside each other cost a step for every level. */
function makeDescentSpend(segment: DescendantSegment): void {
  const { JSONPathRecursionLimitError } = loadJsonP3()
  segment.visit = function* (root) {
    const waiting = [root]
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      const depth = node.location.length - root.location.length
      if (depth + 1 >= segment.environment.maxRecursionDepth)
        throw new JSONPathRecursionLimitError('recursion limit reached', segment.token as never)
      spend(1 + Math.floor(node.location.length / levelsPerUnit))
      yield node
      const { value, location, root: whole } = node
      const entries = entriesOf(value)
      for (let index = entries.length - 1; index >= 0; index--) {
        const [key, child] = entries[index]!
        waiting.push(new (node.constructor as new (...parts: unknown[]) => Node)(child, location.concat(key), whole))
      }
    }
  }
}

function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((child, index) => [index, child])
  return isContainer(value) ? Object.entries(value) : []
}

/** Both sides are evaluated first, so that what comparing them takes is known before it is done. */
function makeComparisonSpend(comparison: InfixExpression): void {
  const { left, right } = comparison
  const evaluated: { left: unknown; right: unknown } = { left: undefined, right: undefined }
  const compare = comparison.evaluate.bind(comparison)
  Object.assign(comparison, {
    left: { evaluate: () => evaluated.left },
    right: { evaluate: () => evaluated.right },
  })
  comparison.evaluate = (context) => {
    const one: unknown = left.evaluate(context)
    const other: unknown = right.evaluate(context)
    evaluated.left = one
    evaluated.right = other
    const [a, b] = [onlyValue(one), onlyValue(other)]
    const areEqual = spendOnComparing(a, b)
    return isBeyondLibrary(a) || isBeyondLibrary(b) ? decide(comparison.operator, a, b, areEqual) : compare(context)
  }
}

/** What may hold a number that json-p3 does not know. */
function isBeyondLibrary(side: unknown): boolean {
  return isExact(side) || (isContainer(side) && !(side instanceof loadJsonP3().JSONPathNodeList))
}

/** RFC 9535, 2.3.5.2.2. */
function decide(operator: string, left: unknown, right: unknown, areEqual: boolean): boolean {
  if (operator === '==') return areEqual
  if (operator === '!=') return !areEqual
  if (areEqual && operator.endsWith('=')) return true
  if (!isNumber(left) || !isNumber(right)) return false
  const [one, other] = [computable(left), computable(right)]
  return operator.startsWith('<') ? one < other : one > other
}

function onlyValue(side: unknown): unknown {
  const { nodes } = (typeof side === 'object' && side !== null ? side : {}) as { nodes?: readonly Node[] }
  return side instanceof loadJsonP3().JSONPathNodeList && nodes?.length === 1 ? nodes[0]!.value : side
}

/** Compares two JSON values until they differ, and spends one for each pair that is looked at and each KB of text. */
export function spendOnComparing(left: unknown, right: unknown): boolean {
  spend(1)
  if (typeof left === 'string' && typeof right === 'string') spendOnText(Math.min(left.length, right.length))
  if (left === right) return true
  if (isExact(left) || isExact(right))
    return isNumber(left) && isNumber(right) && areEqualNumbers(computable(left), computable(right))
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  spend(names.length)
  return names.every(
    (name) =>
      Object.hasOwn(right, name) &&
      spendOnComparing((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  )
}
