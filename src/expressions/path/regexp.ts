import type { FilterFunction } from 'json-p3'
import { GatewayError } from '../../errors.ts'
import { checkPattern } from '../pattern.ts'
import { spend } from '../work.ts'
import { loadJsonP3 } from './json-p3.ts'

const maxKept = 200
/** Showing that a pattern runs in linear time takes all pairs of its characters; one of more is refused sooner. */
const leastWork = 64
const workPerPair = 5
const longest = 300

/**
 * The filter functions `match()` and `search()` of RFC 9535, 2.4.6 and 2.4.7. A pattern that comes from data and may
 * not run in linear time is refused when it is met; one that stands in the query was refused at load.
 */
export function createRegexpFunction(mode: 'match' | 'search'): FilterFunction {
  const { FunctionExpressionType } = loadJsonP3()
  const kept = new Map<string, RegExp | undefined>()
  return {
    argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.LogicalType,
    call(text: unknown, pattern: unknown): boolean {
      if (typeof text !== 'string' || typeof pattern !== 'string') return false
      if (!kept.has(pattern)) {
        if (kept.size >= maxKept) kept.clear()
        spend(leastWork + workPerPair * Math.min(pattern.length, longest) ** 2)
        kept.set(pattern, compileRegexp(pattern, mode))
      }
      return kept.get(pattern)?.test(text) ?? false
    },
  }
}

/** Undefined for what is no regular expression: it matches nothing (RFC 9485). */
function compileRegexp(pattern: string, mode: 'match' | 'search'): RegExp | undefined {
  const fault = checkPattern(pattern, mode)
  if (fault?.kind === 'syntax') return undefined
  if (fault)
    throw new GatewayError('invalid-input', {
      detail: `a regular expression of a JSONPath filter is unsafe: ${fault.reason}`,
    })
  const source = translateDots(pattern)
  return new RegExp(mode === 'match' ? `^(?:${source})$` : source, 'u')
}

/** In an I-Regexp `.` is all but line feed and carriage return (RFC 9485, 5.3); in ECMAScript it leaves out two more. */
function translateDots(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./gsu, (part) => (part === '.' ? '[^\\n\\r]' : part))
}
