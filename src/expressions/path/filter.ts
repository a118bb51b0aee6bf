import { isNumber, readNumber } from '../../numbers.ts'
import { computable } from '../arithmetic.ts'
import { loadJsonP3 } from './json-p3.ts'
import { spendOnComparing } from './spending.ts'

/** A filter of comparisons and questions whether something is there, by singular queries: most of them. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'there'; readonly query: SingularQuery }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Side; readonly right: Side }

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
type Side = { readonly value: unknown } | SingularQuery

interface SingularQuery {
  readonly from: 'element' | 'root'
  readonly prefix: readonly (string | number)[]
}

/** Whether an element passes, in the document where it lies. */
export type FilterTest = (element: unknown, root: unknown) => boolean

/** Reads json-p3's tree of a filter; undefined for one that has more in it. */
export function readFilter(
  expression: unknown,
  prefixOf: (query: unknown) => readonly (string | number)[] | undefined,
): Filter | undefined {
  const { FilterQuery, InfixExpression, LogicalExpression, PrefixExpression, RootQuery } =
    loadJsonP3().jsonpath.expressions
  const read = (part: unknown) => readFilter(part, prefixOf)
  const queryOf = (part: unknown): SingularQuery | undefined => {
    const prefix = part instanceof FilterQuery ? prefixOf(part.path) : undefined
    return prefix && { from: part instanceof RootQuery ? 'root' : 'element', prefix }
  }
  if (expression instanceof LogicalExpression) return read(expression.expression)
  if (expression instanceof PrefixExpression) {
    const of = read(expression.right)
    return of && { kind: 'not', of }
  }
  if (expression instanceof InfixExpression) {
    const { operator, left, right } = expression
    if (operator === '&&' || operator === '||') {
      const [one, other] = [read(left), read(right)]
      return one && other && { kind: operator === '&&' ? 'and' : 'or', left: one, right: other }
    }
    const [one, other] = [literalOf(left) ?? queryOf(left), literalOf(right) ?? queryOf(right)]
    return one && other && { kind: 'compare', operator: operator as Comparison, left: one, right: other }
  }
  const query = queryOf(expression)
  return query && { kind: 'there', query }
}

function literalOf(part: unknown): { readonly value: unknown } | undefined {
  const { BooleanLiteral, NullLiteral, NumberLiteral, StringLiteral } = loadJsonP3().jsonpath.expressions
  if (part instanceof NullLiteral) return { value: null }
  if (part instanceof BooleanLiteral || part instanceof StringLiteral) return { value: part.value }
  if (!(part instanceof NumberLiteral)) return undefined
  // A double would not hold all of its digits.
  return { value: /^-?\d{16,400}$/.test(part.token.value) ? readNumber(part.token.value) : part.value }
}

/** @param compileSingular gives undefined where there is nothing */
export function compileFilter(
  filter: Filter,
  compileSingular: (prefix: readonly (string | number)[]) => (value: unknown) => unknown,
): FilterTest {
  const compile = (inner: Filter) => compileFilter(inner, compileSingular)
  const sideOf = (side: Side): ((element: unknown, root: unknown) => unknown) => {
    if ('value' in side) return () => side.value
    const read = compileSingular(side.prefix)
    return side.from === 'root' ? (_element, root) => read(root) : read
  }
  switch (filter.kind) {
    case 'and': {
      const [left, right] = [compile(filter.left), compile(filter.right)]
      return (element, root) => left(element, root) && right(element, root)
    }
    case 'or': {
      const [left, right] = [compile(filter.left), compile(filter.right)]
      return (element, root) => left(element, root) || right(element, root)
    }
    case 'not': {
      const of = compile(filter.of)
      return (element, root) => !of(element, root)
    }
    case 'there': {
      const read = sideOf(filter.query)
      return (element, root) => read(element, root) !== undefined
    }
    case 'compare': {
      const { operator } = filter
      const [left, right] = [sideOf(filter.left), sideOf(filter.right)]
      return (element, root) => compare(operator, left(element, root), right(element, root))
    }
  }
}

/** RFC 9535, 2.3.5.2.2. What is not there is undefined, and equal to nothing else. */
function compare(operator: Comparison, left: unknown, right: unknown): boolean {
  const areEqual = spendOnComparing(left, right)
  if (operator === '==') return areEqual
  if (operator === '!=') return !areEqual
  if (areEqual) return operator.length === 2
  if (typeof left === 'string' && typeof right === 'string') return operator[0] === '<' ? left < right : left > right
  if (!isNumber(left) || !isNumber(right)) return false
  const [one, other] = [computable(left), computable(right)]
  return operator[0] === '<' ? one < other : one > other
}
