import type { Language } from '../../binding/color.ts'
import type { Position } from '../../binding/shape.ts'
import { findNegations } from '../../expressions/expression/negations.ts'
import { compileExpression } from '../../expressions/expression.ts'

const wrapping = /^\s*\$\{([\s\S]*)\}\s*$/

/**
 * A condition that lets in says what it makes of a claim that is not there: `claims.role != 'guest'` reads as if it let in
 * who has no role at all. Asked by `has()` it says so.
 */
export function checkNegationsCareForAbsence(text: string, { source, path }: Position, language: Language): void {
  const [, inside] = wrapping.exec(text) ?? []
  const shift = inside === undefined ? 0 : text.indexOf('{') + 1
  const condition = inside ?? text
  const expression = compileExpression(condition, language.types, { strict: true })
  if ('code' in expression) return
  const negations = findNegations(condition)
  for (const { path: read, offset, length, guarded } of expression.reads) {
    const name = read[0] === 'request' ? read[1] : read[0]
    if (guarded || (name !== 'claims' && name !== 'auth')) continue
    if (!negations.some(({ start, end }) => start <= offset && offset < end)) continue
    const claim = condition.slice(offset, offset + length)
    language.diagnostics.add(
      'negated-claim',
      `\`${claim}\` may be absent, and what is denied of it then is not known`,
      source.locateInside(path, offset + shift, length),
      `ask for it first: \`has(${claim}) && …\``,
    )
  }
}
