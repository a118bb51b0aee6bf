/** A stretch of code points, both ends included. */
export type Range = readonly [first: number, last: number]

/** A regular expression as a tree; `^`, `$` and `\b` consume nothing and only say where. */
export type Regex =
  | { readonly kind: 'set'; readonly ranges: readonly Range[] }
  | { readonly kind: 'sequence'; readonly items: readonly Regex[] }
  | { readonly kind: 'choice'; readonly items: readonly Regex[] }
  | { readonly kind: 'repeat'; readonly body: Regex; readonly min: number; readonly max: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'boundary' }

/** What a pattern holds that no automaton can follow: a lookaround or a backreference. */
export class NotRegular extends Error {}

const last = 0x10ffff
const everything: readonly Range[] = [[0, last]]
const digits: readonly Range[] = [[48, 57]]
const wordCharacters: readonly Range[] = [...digits, [65, 90], [95, 95], [97, 122]]
// biome-ignore format: one line reads better
const spaces: readonly Range[] = [[9, 13], [32, 32], [0xa0, 0xa0], [0x1680, 0x1680], [0x2000, 0x200a], [0x2028, 0x2029], [0x202f, 0x202f], [0x205f, 0x205f], [0x3000, 0x3000], [0xfeff, 0xfeff]]
// biome-ignore format: one line reads better
const lineEnds: readonly Range[] = [[10, 10], [13, 13], [0x2028, 0x2029]]
const classes: Record<string, readonly Range[]> = { d: digits, w: wordCharacters, s: spaces }
const controls: Record<string, number> = { n: 10, r: 13, t: 9, v: 11, f: 12, 0: 0 }

export function complement(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = []
  let next = 0
  for (const [first, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (first > next) gaps.push([next, first - 1])
    next = Math.max(next, end + 1)
  }
  if (next <= last) gaps.push([next, last])
  return gaps
}

/**
 * Reads a pattern that `new RegExp(source, 'u')` accepts. Sets whose members are not spelled out (`\p{L}`) count as
 * everything: for the question asked here, taking a set too large errs on the safe side.
 */
export function parseRegex(source: string): Regex {
  const text = [...source]
  let at = 0
  const take = (expected: string): boolean => {
    if (text[at] !== expected) return false
    at += 1
    return true
  }

  const readChoice = (): Regex => {
    const items = [readSequence()]
    while (take('|')) items.push(readSequence())
    return items.length === 1 ? items[0]! : { kind: 'choice', items }
  }
  const readSequence = (): Regex => {
    const items: Regex[] = []
    while (at < text.length && text[at] !== '|' && text[at] !== ')') items.push(readRepeat(readAtom()))
    return items.length === 1 ? items[0]! : { kind: 'sequence', items }
  }
  const readRepeat = (body: Regex): Regex => {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(text.slice(at, at + 24).join(''))
    if (!found) return body
    at += found[0].length
    take('?')
    const [sign, min, comma, max] = found
    if (sign === '*') return { kind: 'repeat', body, min: 0, max: Infinity }
    if (sign === '+') return { kind: 'repeat', body, min: 1, max: Infinity }
    if (sign === '?') return { kind: 'repeat', body, min: 0, max: 1 }
    return { kind: 'repeat', body, min: Number(min), max: max ? Number(max) : comma ? Infinity : Number(min) }
  }
  const readAtom = (): Regex => {
    const character = text[at]!
    at += 1
    if (character === '(') return readGroup()
    if (character === '[') return readSet()
    if (character === '^') return { kind: 'start' }
    if (character === '$') return { kind: 'end' }
    if (character === '.') return { kind: 'set', ranges: complement(lineEnds) }
    if (character !== '\\') return oneOf(character.codePointAt(0)!)
    const escaped = readEscape()
    return escaped === undefined ? { kind: 'boundary' } : { kind: 'set', ranges: escaped }
  }
  const readGroup = (): Regex => {
    if (take('?')) {
      if (take('<')) {
        if (text[at] === '=' || text[at] === '!') throw new NotRegular('a lookbehind')
        while (!take('>')) at += 1
      } else if (!take(':')) throw new NotRegular('a lookahead')
    }
    const body = readChoice()
    take(')')
    return body
  }
  /** What follows a backslash; undefined for `\b` and `\B`. */
  const readEscape = (): readonly Range[] | undefined => {
    const character = text[at]!
    at += 1
    if (character === 'b' || character === 'B') return undefined
    if (/[1-9k]/.test(character)) throw new NotRegular('a backreference')
    const known = classes[character.toLowerCase()]
    if (known) return character === character.toLowerCase() ? known : complement(known)
    if (character === 'p' || character === 'P') {
      while (!take('}')) at += 1
      return everything
    }
    if (character === 'c') return oneOf(text[at++]!.charCodeAt(0) % 32).ranges
    if (character === 'x') return readHex(2)
    if (character === 'u') {
      if (!take('{')) return readHex(4)
      const end = text.indexOf('}', at)
      const code = Number.parseInt(text.slice(at, end).join(''), 16)
      at = end + 1
      return oneOf(code).ranges
    }
    return oneOf(controls[character] ?? character.codePointAt(0)!).ranges
  }
  const readHex = (length: number): readonly Range[] => {
    const code = Number.parseInt(text.slice(at, at + length).join(''), 16)
    at += length
    // Half of a surrogate pair stands for a code point that this reader does not put together.
    return code >= 0xd800 && code <= 0xdfff ? everything : oneOf(code).ranges
  }
  const readSet = (): Regex => {
    const negated = take('^')
    const ranges: Range[] = []
    while (!take(']')) {
      const first = readMember()
      if (text[at] === '-' && text[at + 1] !== ']' && first.length === 1 && first[0]![0] === first[0]![1]) {
        at += 1
        ranges.push([first[0]![0], readMember()[0]![1]])
      } else ranges.push(...first)
    }
    // A complement of what was taken too large would be too small.
    const unsure = ranges.some(([from, to]) => from === 0 && to === last)
    return { kind: 'set', ranges: negated && !unsure ? complement(ranges) : ranges }
  }
  const readMember = (): readonly Range[] => {
    const character = text[at]!
    at += 1
    if (character !== '\\') return oneOf(character.codePointAt(0)!).ranges
    return text[at] === 'b' ? oneOf(text[at++] ? 8 : 8).ranges : readEscape()!
  }
  return readChoice()
}

function oneOf(code: number): { kind: 'set'; ranges: readonly Range[] } {
  return { kind: 'set', ranges: [[code, code]] }
}
