import type { JSONPathQuery } from 'json-p3'
import type { Area } from '../area.ts'
import { loadJsonP3 } from './json-p3.ts'

/** Where in a document a query looks. */
export interface Reach {
  /** Holds all that it gives. */
  readonly area: Area
  /** Whether the values are just what lies there; a descendant query finds them anywhere below. */
  readonly isExact: boolean
  /** What its filters compare or compute with. Only to ask whether something is there is not among it. */
  readonly compared: readonly Area[]
}

/** Finds the reach of a query of RFC 9535 that begins at `start`. */
export function reachOf(query: JSONPathQuery, start: Area = []): Reach {
  const { FilterSelector } = loadJsonP3().jsonpath.selectors
  const area = [...start]
  const compared: Area[] = []
  let isExact = true
  for (const segment of query.segments) {
    const isDescendant = segment.toString().startsWith('..')
    for (const selector of segment.selectors) {
      if (!(selector instanceof FilterSelector)) continue
      // The element that is looked at lies anywhere below where a descendant segment begins.
      const element = isDescendant || !isExact ? area : [...area, null]
      compared.push(...comparedIn(selector.expression, element, true))
    }
    isExact &&= !isDescendant
    if (isExact) area.push(stepOf(segment.selectors))
  }
  return { area, isExact, compared }
}

function stepOf(selectors: readonly unknown[]): Area[number] {
  const { NameSelector, IndexSelector } = loadJsonP3().jsonpath.selectors
  const [selector] = selectors
  if (selectors.length !== 1) return null
  if (selector instanceof NameSelector) return selector.name
  return selector instanceof IndexSelector ? selector.index : null
}

/** What an expression looks at; `isTest`: a query in it is asked for being there, no more. */
function comparedIn(expression: unknown, element: Area, isTest: boolean): Area[] {
  const { FilterQuery, FunctionExtension, InfixExpression, LogicalExpression, PrefixExpression, RootQuery } =
    loadJsonP3().jsonpath.expressions
  if (expression instanceof LogicalExpression) return comparedIn(expression.expression, element, true)
  if (expression instanceof PrefixExpression) return comparedIn(expression.right, element, true)
  if (expression instanceof InfixExpression) {
    const isLogical = expression.operator === '&&' || expression.operator === '||'
    return [expression.left, expression.right].flatMap((side) => comparedIn(side, element, isLogical))
  }
  if (expression instanceof FunctionExtension)
    return expression.args.flatMap((argument) => comparedIn(argument, element, false))
  if (!(expression instanceof FilterQuery)) return []
  const { area, compared } = reachOf(expression.path, expression instanceof RootQuery ? [] : element)
  return isTest ? [...compared] : [area, ...compared]
}
