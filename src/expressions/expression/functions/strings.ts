import { spend, spendOnLetters, spendOnText } from '../../work.ts'
import { countCodePoints, positionOf, splitCodePoints, unitOf } from '../code-points.ts'
import { KeyedMap } from '../keyed-map.ts'
import { fail } from '../scope.ts'
import { bool, global, int, type Library, list, maxTextLength, method, number, string, text, texts } from './define.ts'
import { refuseClauses, writeFormat } from './format.ts'

/** Letter by letter where the text is not ASCII: each run of letters is a piece of work. */
function mapAscii(value: string, letters: RegExp, map: (part: string) => string): string {
  spend(value.length >>> 2)
  return value.replace(letters, map)
}

/** At most so many parts, the last of them what is left; below 0 all. */
function split(value: string, separator: string, most = -1): string[] {
  if (most === 0) return []
  if (separator === '') {
    const letters = splitCodePoints(value)
    return most < 0 || letters.length <= most
      ? letters
      : [...letters.slice(0, most - 1), letters.slice(most - 1).join('')]
  }
  const parts: string[] = []
  let from = 0
  for (let at = value.indexOf(separator); at >= 0 && parts.length + 1 !== most; at = value.indexOf(separator, from)) {
    parts.push(value.slice(from, at))
    from = at + separator.length
  }
  parts.push(value.slice(from))
  spend(parts.length)
  return parts
}

export function join(parts: readonly unknown[], separator = ''): string {
  let length = 0
  for (const part of parts) {
    if (typeof part !== 'string') fail('join() needs a list of text')
    length += (part as string).length + separator.length
    if (length > maxTextLength) fail('text grew too long')
  }
  spendOnText(length)
  return parts.join(separator)
}

/** Nothing stands before each letter and at the end. */
function replace(value: string, from: string, to: string, most = -1): string {
  if (from !== '') return join(split(value, from, most < 0 ? -1 : most + 1), to)
  const letters = splitCodePoints(value)
  const count = most < 0 ? letters.length + 1 : Math.min(most, letters.length + 1)
  return join(letters.map((letter, i) => (i < count ? to + letter : letter))) + (count > letters.length ? to : '')
}

function isSpace(unit: string): boolean {
  return /\p{White_Space}/u.test(unit)
}

function trim(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isSpace(value[start]!)) start += 1
  while (end > start && isSpace(value[end - 1]!)) end -= 1
  spendOnLetters(value.length - (end - start))
  return value.slice(start, end)
}

function charAt(value: string, position: number): string {
  const unit = unitOf(value, position)
  return unit === value.length ? '' : String.fromCodePoint(value.codePointAt(unit)!)
}

function substring(value: string, from: number, to?: number): string {
  const start = unitOf(value, from)
  if (to === undefined) return value.slice(start)
  const end = unitOf(value, to)
  return start <= end ? value.slice(start, end) : fail('substring() ends before it begins')
}

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

function quote(value: string): string {
  spend(value.length >>> 2)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
  return `"${value.replace(/[\x07-\x0d\\"]/g, (letter) => escapes[letter]!)}"`
}

export const stringFunctions: Library = {
  title: 'Text',
  functions: [
    method('startsWith', [text, text], bool, (value: string, part: string) => value.startsWith(part), {
      summary: 'Whether a text begins with another.',
      example: ["'tessera'.startsWith('tess')", 'true'],
    }),
    method('endsWith', [text, text], bool, (value: string, part: string) => value.endsWith(part), {
      summary: 'Whether a text ends with another.',
      example: ["'tessera'.endsWith('ra')", 'true'],
    }),
    method('contains', [text, text], bool, (value: string, part: string) => value.includes(part), {
      summary: 'Whether a text has another in it.',
      example: ["'tessera'.contains('esse')", 'true'],
    }),
    method('charAt', [text, number], string, charAt, {
      summary: 'The character at a position; at the end it is empty.',
      example: ["'😀明'.charAt(1)", "'明'"],
    }),
    method('indexOf', [text, text], int, (value: string, part: string) => positionOf(value, value.indexOf(part)), {
      summary: 'Where a text first stands in another, at or after a position where one is given; -1 where it does not.',
      example: ["'banana'.indexOf('an', 2)", '3'],
    }),
    method('indexOf', [text, text, number], int, (value: string, part: string, from: number) =>
      positionOf(value, value.indexOf(part, unitOf(value, from))),
    ),
    method(
      'lastIndexOf',
      [text, text],
      int,
      (value: string, part: string) => positionOf(value, value.lastIndexOf(part)),
      {
        summary:
          'Where a text last stands in another, at or before a position where one is given; -1 where it does not.',
        example: ["'banana'.lastIndexOf('an')", '3'],
      },
    ),
    method('lastIndexOf', [text, text, number], int, (value: string, part: string, from: number) =>
      positionOf(value, value.lastIndexOf(part, unitOf(value, from))),
    ),
    method('substring', [text, number], string, substring, {
      summary: 'The text from one position to before another, or to its end.',
      example: ["'😀小明'.substring(0, 2)", "'😀小'"],
    }),
    method('substring', [text, number, number], string, substring),
    method('split', [text, text], texts, split, {
      summary: 'The parts between separators; with a number at most so many, the last with all that is left.',
      example: ["'a,b,c'.split(',', 2)", "['a', 'b,c']"],
    }),
    method('split', [text, text, number], texts, split),
    method('join', [list], string, join, {
      summary: 'The texts of a list as one, with a separator where one is given.',
      example: ["['a', 'b'].join('-')", "'a-b'"],
    }),
    method('join', [list, text], string, join),
    method('replace', [text, text, text], string, replace, {
      summary: 'The text with another in place of each that is found; with a number of the first so many.',
      example: ["'a-b-c'.replace('-', '+', 1)", "'a+b-c'"],
    }),
    method('replace', [text, text, text, number], string, replace),
    method('lowerAscii', [text], string, (value: string) => mapAscii(value, /[A-Z]+/g, (part) => part.toLowerCase()), {
      summary: 'The text with A to Z in lower case.',
      example: ["'TÉst'.lowerAscii()", "'tÉst'"],
    }),
    method('upperAscii', [text], string, (value: string) => mapAscii(value, /[a-z]+/g, (part) => part.toUpperCase()), {
      summary: 'The text with a to z in upper case.',
      example: ["'tést'.upperAscii()", "'TéST'"],
    }),
    method('trim', [text], string, trim, {
      summary: 'The text without the white space of Unicode around it.',
      example: ["' x\\n'.trim()", "'x'"],
    }),
    method(
      'format',
      [text, list],
      string,
      (clauses: string, values: readonly unknown[]) => writeFormat(clauses, values),
      {
        exact: true,
        refuse: (clauses) => refuseClauses(clauses),
        summary:
          'Values written into a text: `%s` anything, `%d` a whole number, `%f` and `%e` a number (`%.2f` with two decimals), `%b` `%o` `%x` `%X` to the base of 2, 8 and 16, `%%` a percent sign.',
        example: ["'%s has %d, %.2f%%'.format(['cart', 3, 12.5])", "'cart has 3, 12.50%'"],
      },
    ),
    global('strings.quote', [text], string, quote, {
      summary: 'The text in double quotes, as CEL writes it.',
      example: [`strings.quote('say "hi"')`, `'"say \\\\"hi\\\\""'`],
    }),
  ],
}

/** Characters of a text, elements of a list, members of an object. */
export function sizeOf(value: string | readonly unknown[] | object): number {
  if (typeof value === 'string') return countCodePoints(value)
  if (Array.isArray(value)) return value.length
  if (value instanceof KeyedMap) return value.size
  return Object.values(value).filter((member) => member !== undefined).length
}
