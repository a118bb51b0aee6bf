import fc from 'fast-check'

/** JSON texts as servers really print them and as nobody would: spaces, escapes, odd numbers, names given twice. */
const spaces = fc.constantFrom('', '', '', ' ', '\n  ', '\t', '\r\n')

const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
  fc.constantFrom('0', '-0', '1.0', '1.50', '1E400', '-1e-400', '12345678901234567890', '999999999999999', '0.1e+7'),
)

/** Characters one by one, now as they are, now escaped. */
const characters = fc.oneof(
  fc.constantFrom('a', 'b', '/', '~', ' ', 'é', '名', '😀', '\u2028'),
  fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u0000', '\\u00E9', '\\ud83d', '\\ude00'),
)

export const strings = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
  fc.array(characters, { maxLength: 40 }).map((parts) => `"${parts.join('')}"`),
)

export const plainNames = [
  'a',
  'b',
  'ab',
  'id',
  'name',
  'title',
  'titles',
  'threshold',
  'threshole',
  '',
  '__proto__',
  '名',
]

/** Names of members. With an escape they are rare, as they make the engine give up. */
const names = (escapes: boolean) =>
  escapes
    ? fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom(...plainNames).map((name) => JSON.stringify(name)) },
        { weight: 1, arbitrary: fc.constantFrom('"\\u0061"', '"\\""', '"a\\n"') },
      )
    : fc.constantFrom(...plainNames).map((name) => JSON.stringify(name))

/** A text whose names come from `plainNames`, or now and then have an escape. */
export function jsonTexts({ escapes = true, maxDepth = 4 } = {}): fc.Arbitrary<string> {
  return fc.letrec<{ value: string; padded: string; member: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth, depthSize: 'small' },
      fc.constantFrom('null', 'true', 'false'),
      numbers,
      strings,
      fc.array(tie('padded'), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
      fc.array(tie('member'), { maxLength: 8 }).map((members) => `{${members.join(',')}}`),
    ),
    padded: fc.tuple(spaces, tie('value'), spaces).map((parts) => parts.join('')),
    member: fc
      .tuple(spaces, names(escapes), spaces, tie('padded'))
      .map(([a, name, b, value]) => `${a}${name}${b}:${value}`),
  })).padded
}
