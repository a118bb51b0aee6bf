import type { BoundCondition } from '../binding/bind.ts'

/** A condition without its negations: `!has(a)` is `has(a)` denied, and so is `a != 1` of `a == 1`. */
interface Core {
  readonly text: string
  readonly isDenied: boolean
}

/**
 * Whether exactly one of two conditions holds, whatever the data, as long as both can be told: `has(user.id)` and
 * `!has(user.id)`. A condition that cannot be told fails the request, so nothing comes after it.
 */
export function areComplements(a: BoundCondition, b: BoundCondition): boolean {
  const one = coreOf(a.source)
  const other = coreOf(b.source)
  return one.text === other.text && one.isDenied !== other.isDenied
}

/** Whether a condition holds only where the other does: it is the same, or one part of it is. */
export function implies(a: BoundCondition, b: BoundCondition): boolean {
  const wanted = coreOf(b.source)
  return splitParts(a.source).some((part) => {
    const { text, isDenied } = coreOf(part)
    return text === wanted.text && isDenied === wanted.isDenied
  })
}

/** The parts of `a && b && c`, and the whole. */
function splitParts(source: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < source.length; at += 1) {
    if (source[at] === '(' || source[at] === '[') depth += 1
    else if (source[at] === ')' || source[at] === ']') depth -= 1
    else if (depth === 0 && source.startsWith('||', at)) return [source]
    else if (depth === 0 && source.startsWith('&&', at)) {
      parts.push(source.slice(from, at))
      from = at + 2
    }
  }
  return [...parts, source.slice(from), source]
}

function coreOf(source: string): Core {
  let text = source.replace(/\s+/g, ' ').trim()
  let isDenied = false
  for (;;) {
    const inner = /^!\s*([\w.]+\(.*\)|\(.*\)|[\w.]+)$/.exec(text)?.[1]
    if (inner === undefined || !isOnePart(inner)) break
    text = inner
    isDenied = !isDenied
    while (/^\(.*\)$/.test(text) && isOnePart(text)) text = text.slice(1, -1).trim()
  }
  const unequal = /^[^=!<>&|?]+!=[^=!<>&|?]+$/.test(text)
  return { text: (unequal ? text.replace('!=', '==') : text).replaceAll(' ', ''), isDenied: isDenied !== unequal }
}

/** Whether the bracket that a text opens first closes at its end. */
function isOnePart(text: string): boolean {
  const first = text.indexOf('(')
  if (first < 0) return true
  let depth = 0
  for (let at = first; at < text.length - 1; at += 1) {
    if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    if (depth === 0) return false
  }
  return true
}
