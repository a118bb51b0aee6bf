import type { Fault } from '../../../diagnostics/collector.ts'
import { Grammar } from './grammar.ts'
import { type CelNode, SyntaxFault } from './node.ts'

const maxLength = 4000

/** Parses CEL. */
export function parseCel(source: string): CelNode | Fault {
  if (source.trim() === '') return syntaxFault('an expression stands here', 0, source.length)
  if (source.length > maxLength)
    return syntaxFault(`an expression is no longer than ${maxLength} characters`, 0, source.length)
  try {
    return new Grammar(source).readAll()
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    const start = Math.min(error.start, source.length - 1)
    const end = Math.min(Math.max(error.end, start + 1), source.length)
    return syntaxFault(error.message, start, end - start, helpWith(source, start))
  }
}

function syntaxFault(message: string, offset: number, length: number, help?: string): Fault {
  return { code: 'invalid-expression', message, offset, length: Math.max(1, length), help }
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
