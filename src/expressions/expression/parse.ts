import { createRequire } from 'node:module'
import type { ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import type { Fault } from '../../diagnostics/collector.ts'

/** A node of an expression's syntax tree; `start` and `end` are offsets in its source. */
export type CelNode = ASTNode
export type CelNodeOf<Op extends ASTNode['op']> = Extract<ASTNode, { op: Op }>

const maxLength = 4000
const limits = { maxAstNodes: 1000, maxDepth: 64, maxListElements: 500, maxMapEntries: 500, maxCallArguments: 8 }

interface Cel {
  readonly parser: Environment
  readonly ParseError: typeof ParseError
}
let cel: Cel | undefined

/** Loads the library: not before the first expression. */
function openCel(): Cel {
  const { Environment, ParseError } = createRequire(import.meta.url)(
    '@marcbachmann/cel-js',
  ) as typeof import('@marcbachmann/cel-js')
  return { parser: new Environment({ enableOptionalTypes: true, limits }), ParseError }
}

/**
 * Parses CEL. The library is the parser only. Its evaluator keeps a type object for every shape of nested data that it
 * ever met, so that clients could fill the memory (35 KB a request, for good), has JSON numbers and integer literals
 * fail together, and takes eight times as long as closures.
 */
export function parseCel(source: string): CelNode | Fault {
  if (source.trim() === '') return syntaxFault('an expression stands here', 0, source.length)
  if (source.length > maxLength)
    return syntaxFault(`an expression is no longer than ${maxLength} characters`, 0, source.length)
  cel ??= openCel()
  try {
    return cel.parser.parse(source).ast
  } catch (error) {
    if (!(error instanceof cel.ParseError)) return syntaxFault('the expression is nested too deeply', 0, source.length)
    const start = Math.min(error.range?.start ?? 0, Math.max(0, source.length - 1))
    const end = Math.min(Math.max(error.range?.end ?? 0, start + 1), source.length)
    return syntaxFault(describe(error, source.slice(start, end)), start, end - start, helpWith(source, start))
  }
}

function syntaxFault(message: string, offset: number, length: number, help?: string): Fault {
  return { code: 'invalid-expression', message, offset, length: Math.max(1, length), help }
}

const signs: Record<string, string> = {
  RPAREN: '`)`',
  RBRACKET: '`]`',
  RBRACE: '`}`',
  COLON: '`:`',
  IDENTIFIER: 'a name',
}

function describe(error: ParseError, found: string): string {
  const { summary } = error
  const expected = /^Expected (\w+), got (\w+)$/.exec(summary)
  if (expected) {
    const wanted = signs[expected[1]!] ?? expected[1]!.toLowerCase()
    return expected[2] === 'EOF' ? `${wanted} is missing at the end` : `expected ${wanted}, found \`${found}\``
  }
  if (summary.startsWith('Unexpected token: EOF')) return 'the expression ends too early'
  if (/^Unexpected (token|character)/.test(summary)) return `\`${found}\` does not belong here`
  if (summary.startsWith('Exceeded')) return 'the expression is too large'
  return summary[0]!.toLowerCase() + summary.slice(1)
}

const habits: readonly (readonly [RegExp, string])[] = [
  [/^===?/, 'compare with `==`'],
  [/^!==/, 'compare with `!=`'],
  [/^=/, 'compare with `==`'],
  [/^(&|and\b)/i, 'write `&&`'],
  [/^(\||or\b)/i, 'write `||`'],
  [/^\?[.?]/, 'an optional member is `a.?b.orValue(c)`'],
  [/^`/, "put text in quotes: 'like this'"],
]

function helpWith(source: string, offset: number): string | undefined {
  // A doubled sign is refused at its second half: `a === b` at the third `=`.
  for (const start of [offset, offset - 2, offset - 1]) {
    const rest = start < 0 ? '' : source.slice(start)
    const habit = habits.find(([pattern]) => pattern.test(rest))
    if (habit && (start === offset || /^[=!&|]/.test(rest))) return habit[1]
  }
  if (/^not\b/.test(source.trimStart())) return 'write `!`'
  return undefined
}
