import { spend, spendOnLetters } from '../work.ts'
import { fail } from './scope.ts'

/** Whether its code points are its UTF-16 units. */
function isPlain(text: string): boolean {
  return !/[\ud800-\udbff]/.test(text)
}

/** How long a text is, as CEL counts: in code points. */
export function countCodePoints(text: string): number {
  if (isPlain(text)) return text.length
  spendOnLetters(text.length)
  let count = 0
  for (let unit = 0; unit < text.length; unit += unitsAt(text, unit)) count += 1
  return count
}

/** Its code points, each a text. */
export function splitCodePoints(text: string): string[] {
  spend(text.length)
  return [...text]
}

/**
 * The UTF-16 index of a position, which counts code points.
 * @throws EvaluationFailure where it lies outside
 */
export function unitOf(text: string, position: number): number {
  if (!Number.isInteger(position) || position < 0 || position > text.length) return outside()
  if (isPlain(text)) return position
  spendOnLetters(text.length)
  let unit = 0
  for (let left = position; left > 0; left--) unit += unit < text.length ? unitsAt(text, unit) : outside()
  return unit
}

/** The position that a UTF-16 index stands for; -1 stays. */
export function positionOf(text: string, unit: number): number {
  return unit < 0 ? unit : countCodePoints(text.slice(0, unit))
}

/** Below 0 where the first is before the second in order of code points: UTF-16 has what follows 0xFFFF before 0xE000. */
export function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)]
    if (one !== other) return rankOf(one) - rankOf(other)
  }
  return left.length - right.length
}

function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function unitsAt(text: string, unit: number): number {
  return text.codePointAt(unit)! > 0xffff ? 2 : 1
}

function outside(): never {
  return fail('a position is outside the text')
}
