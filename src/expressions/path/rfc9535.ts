import type { JSONPathEnvironment, JSONPathQuery, JSONValue, jsonpath } from 'json-p3'
import type { Fault } from '../../diagnostics/collector.ts'
import { isExact, toDouble } from '../../numbers.ts'
import { checkPattern } from '../pattern.ts'
import { spend, spendOnLetters } from '../work.ts'
import { readFilter } from './filter.ts'
import { loadJsonP3 } from './json-p3.ts'
import { type Reach, reachOf } from './reach.ts'
import { createRegexpFunction } from './regexp.ts'
import { prefixOf, type Segment, type Selector } from './selectors.ts'
import { makeSpending } from './spending.ts'

type FilterExpression = InstanceType<typeof jsonpath.expressions.FilterExpression>

/** A query that RFC 9535 allows. */
export interface StandardQuery {
  /** Child segments before the first that only json-p3 knows how to run (a function in a filter, a descendant). */
  readonly leading: readonly Segment[]
  /** True when `leading` is the whole query. */
  readonly plain: boolean
  readonly singular: boolean
  /** What absolute queries inside filters (`?@.id == $.user.id`) read besides. */
  readonly inner: readonly (readonly Segment[])[]
  readonly reach: Reach
  evaluate(document: unknown): unknown[]
}

const maxLength = 2000
let environment: JSONPathEnvironment | undefined

function openEnvironment(): JSONPathEnvironment {
  const { JSONPathEnvironment } = loadJsonP3()
  const opened = new JSONPathEnvironment({ maxRecursionDepth: 512 })
  opened.functionRegister.set('match', createRegexpFunction('match'))
  opened.functionRegister.set('search', createRegexpFunction('search'))
  for (const known of opened.functionRegister.values()) {
    const call = known.call.bind(known)
    known.call = (...values: unknown[]) => {
      spend(1)
      for (const value of values) if (typeof value === 'string') spendOnLetters(value.length)
      return call(...values.map((value) => (isExact(value) ? toDouble(value) : value)))
    }
  }
  return opened
}

/** Parses a query; json-p3 also takes a hyphen in a name without quotes (`$.headers.x-user-id`), and so do we. */
export function parseStandard(query: string): StandardQuery | Fault {
  if (query.length > maxLength) return fault(`a query is no longer than ${maxLength} characters`, 0, query.length)
  environment ??= openEnvironment()
  const { JSONPathError, jsonpath } = loadJsonP3()
  let parsed: JSONPathQuery
  try {
    parsed = environment.compile(query)
  } catch (error) {
    if (!(error instanceof JSONPathError)) return fault('the query is nested too deeply', 0, query.length)
    const offset = Math.min(error.token.index, Math.max(0, query.length - 1))
    const message = error.message.replace(/ \('.*':-?\d+\)$/s, '').replace(/, found ''$/, ', found the end')
    return fault(
      message,
      offset,
      Math.max(1, Math.min(error.token.value.length, query.length - offset)),
      helpWith(query, offset),
    )
  }
  const expressions = parsed.segments.flatMap((segment) => segment.selectors.flatMap(expressionsIn))
  const unsafe = expressions.map((expression) => findUnsafePattern(expression)).find((found) => found !== undefined)
  if (unsafe) return unsafe
  const leading = leadingSegments(parsed)
  const inner = expressions.flatMap((expression) =>
    expression instanceof jsonpath.expressions.RootQuery ? [leadingSegments(expression.path)] : [],
  )
  // As it was written: what spends looks other than what it stands for.
  const reach = reachOf(parsed)
  makeSpending(parsed, expressions)
  return {
    leading,
    plain: leading.length === parsed.segments.length,
    singular: parsed.singularQuery(),
    inner,
    reach,
    evaluate(document) {
      const found: unknown[] = []
      // Not `query()`: it passes the nodes of a list as arguments, and a call takes only so many.
      for (const { value } of parsed.lazyQuery(document as JSONValue)) if (value !== undefined) found.push(value)
      return found
    },
  }
}

function fault(message: string, offset: number, length: number, help?: string): Fault {
  return { code: 'invalid-jsonpath', message, offset, length: Math.max(1, length), help }
}

function helpWith(query: string, offset: number): string | undefined {
  const unquoted = /^[^\s.[\]'"]+/.exec(query.slice(offset))?.[0]
  if (unquoted && query[offset - 1] === '.' && unquoted !== '.') {
    const inside = /^\d+$/.test(unquoted) ? unquoted : `'${unquoted}'`
    return `this goes in brackets: \`${query.slice(0, offset - 1)}[${inside}]\``
  }
  if (query[offset] === '[' && query[offset - 1] === '.') return 'leave out the dot before the bracket'
  if (/\?[^\]]*[^=!<>]=[^=]/.test(query)) return 'a filter compares with `==`'
  if (/\?[^\]]*\b(and|or|not)\b/.test(query)) return 'a filter joins with `&&`, `||` and `!`'
  return undefined
}

function leadingSegments(query: JSONPathQuery): Segment[] {
  const leading: Segment[] = []
  for (const segment of query.segments) {
    const selectors = segment.toString().startsWith('..') ? [undefined] : segment.selectors.map(readSelector)
    if (!selectors.every((selector) => selector !== undefined)) break
    leading.push(selectors)
  }
  return leading
}

function readSelector(selector: unknown): Selector | undefined {
  const { FilterSelector, NameSelector, IndexSelector, WildcardSelector, SliceSelector } =
    loadJsonP3().jsonpath.selectors
  if (selector instanceof NameSelector) return { kind: 'name', name: selector.name }
  if (selector instanceof IndexSelector) return { kind: 'index', index: selector.index }
  if (selector instanceof WildcardSelector) return { kind: 'wildcard' }
  if (selector instanceof SliceSelector)
    return { kind: 'slice', start: selector.start, end: selector.stop, step: selector.step ?? 1 }
  if (!(selector instanceof FilterSelector)) return undefined
  const filter = readFilter(selector.expression, (query) => singularPrefix(query as JSONPathQuery))
  return filter && { kind: 'filter', filter }
}

/** The names and indexes of a query inside a filter that has nothing else. */
function singularPrefix(query: JSONPathQuery): (string | number)[] | undefined {
  return query.singularQuery() ? prefixOf(leadingSegments(query)) : undefined
}

/** Every expression inside a filter, however deep. */
function expressionsIn(part: unknown): FilterExpression[] {
  const { jsonpath } = loadJsonP3()
  const { FilterExpression, FilterQuery, FunctionExtension, InfixExpression, LogicalExpression, PrefixExpression } =
    jsonpath.expressions
  if (part instanceof jsonpath.selectors.FilterSelector) return expressionsIn(part.expression)
  if (!(part instanceof FilterExpression)) return []
  const inner: unknown[] = []
  if (part instanceof LogicalExpression) inner.push(part.expression)
  else if (part instanceof PrefixExpression) inner.push(part.right)
  else if (part instanceof InfixExpression) inner.push(part.left, part.right)
  else if (part instanceof FunctionExtension) inner.push(...part.args)
  else if (part instanceof FilterQuery) inner.push(...part.path.segments.flatMap((segment) => segment.selectors))
  return [part, ...inner.flatMap(expressionsIn)]
}

function findUnsafePattern(expression: FilterExpression): Fault | undefined {
  const { FunctionExtension, StringLiteral } = loadJsonP3().jsonpath.expressions
  if (!(expression instanceof FunctionExtension)) return undefined
  const { name } = expression
  const pattern = expression.args[1]
  if ((name !== 'match' && name !== 'search') || !(pattern instanceof StringLiteral)) return undefined
  const found = checkPattern(pattern.value, name)
  if (!found) return undefined
  const { index, value } = pattern.token
  if (found.kind === 'syntax') return fault(`the regular expression is not valid: ${found.reason}`, index, value.length)
  return {
    code: 'unsafe-pattern',
    message: `the regular expression may not run in linear time: ${found.reason}`,
    offset: index,
    length: Math.max(1, value.length),
  }
}
