import { isUtf8 } from 'node:buffer'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileIndexer } from '../../src/json/indexer.ts'
import { parseJson } from '../../src/json-text.ts'
import { jsonTexts } from '../support/json/texts.ts'
import { expectSame } from '../support/json/values.ts'

const maxDepth = 500
const index = compileIndexer([[]], maxDepth)

/** What parsing makes of bytes; undefined when JSON.parse refuses them, or they are not UTF-8, or begin with a mark. */
function parse(bytes: Uint8Array): { value: unknown } | undefined {
  if (!isUtf8(bytes)) return undefined
  try {
    return { value: parseJson(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)) }
  } catch {
    return undefined
  }
}

/** Holds the engine to JSON.parse: it vouches for the same bytes, and its slice is the same value. */
function compare(bytes: Uint8Array): boolean {
  const expected = parse(bytes)
  const slices = index(bytes)
  if (!slices) {
    expect({ refused: Buffer.from(bytes).toString('latin1'), expected }).toMatchObject({ expected: undefined })
    return false
  }
  expect(slices).toHaveLength(1)
  expectSame({ value: slices[0]!.parse() }, expected)
  return true
}

const valid = [
  'null', 'true', 'false', '0', '-0', '1', '-1', '10', '1.5', '-0.0', '1e1', '1E+1', '1e-1', '0e0', '0.0e00', '1E400',
  '123456789012345678901234567890', '""', '"a"', '"\\""', '"\\\\"', '"\\/\\b\\f\\n\\r\\t"', '"\\u0000"', '"\\uD83D\\uDE00"',
  '"\\ud800"', '"\\uDFAA"', '"\\u00e9\\uABCD\\uabcd"', '"é名😀"', '"\u007f"', '"\u2028\u2029"', '[]', '{}', '[ ]', '{ }', '[[]]',
  '[{}]', '{"":0}', '{"a":1,"a":2}', '{"__proto__":1}', '{"a":{},"b":[]}', '[1,2,3]', '[null,true,false]', '[1, "a" , []]',
  ' 1 ', '\n\t\r {\n} \t', '{"a" : 1 , "b" : 2}', `"${'x'.repeat(15)}"`, `"${'x'.repeat(16)}"`, `"${'x'.repeat(1000)}"`,
  `"${'x'.repeat(14)}\\n${'y'.repeat(33)}"`, `{"${'k'.repeat(40)}":1}`, '{"\\u0061":1}', '{"a\\"b":1}',
] // biome-ignore format: one case after the other

const invalid = [
  '', ' ', 'nul', 'nulll', 'Null', 'tru', 'truee', 'fals', 'falsey', 'NaN', 'Infinity', '-Infinity', 'undefined', '+1', '-',
  '--1', '01', '-01', '00', '1.', '.5', '-.5', '1.e1', '1e', '1e+', '1E-', '1e1.5', '0x1', '1_000', '1 2', '1,', ',1', '"',
  '"a', '"\\"', '"\\', '"\\x41"', '"\\u"', '"\\u12"', '"\\u123"', '"\\u123', '"\\u123g"', '"\\u 123"', '"\\U0041"', '"\\a"',
  '"\\0"', '"\n"', '"\t"', '"\u0000"', '"\u001f"', "'a'", '[', ']', '[1', '[1,', '[1,]', '[,1]', '[,]', '[1,,2]', '[1 2]', '[1:2]',
  '[1}', '[}', '{', '}', '{]', '{"a"}', '{"a":}', '{"a":1', '{"a":1,', '{"a":1,}', '{,}', '{a:1}', "{'a':1}", '{1:1}',
  '{"a" 1}', '{"a"::1}', '{"a":1 "b":2}', '{"a":1]', '{"a"', '{"a":', '{"a', '{null:1}', '[1]]', '{}}', '[] []', '{}1', 'null null',
  '/**/1', '1//', '[1]#', '\u00a01', '\v1', '\f1', '1\u0000', '\u00001', '[1,\u00002]', '{"a\n":1}', '{"a\\x":1}', '\ufeff1', '\ufeff{}',
] // biome-ignore format: one case after the other

describe('the engine vouches', () => {
  test.each(valid)('for %j, as JSON.parse does', (text) => {
    expect(compare(Buffer.from(text))).toBe(true)
  })

  test.each(invalid)('not for %j, as JSON.parse does not', (text) => {
    expect(compare(Buffer.from(text))).toBe(false)
  })

  test('for strings with an escape, a quote and a control character at every place', () => {
    for (let before = 0; before < 70; before++) {
      const text = (inside: string) =>
        Buffer.from(`["${'x'.repeat(before)}${inside}${'y'.repeat(before % 20)}",{"k":1}]`)
      for (const inside of ['\\n', '\\u00e9', '\\"', '\\\\', '名', '\u007f', '😀'])
        expect(compare(text(inside))).toBe(true)
      for (const inside of ['\n', '"', '\\', '\\u12', '\u0000', '\u001f']) expect(compare(text(inside))).toBe(false)
    }
  })

  test('not for bytes that are not UTF-8', () => {
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe4, 0xbd], [0x80]]) {
      expect(compare(Buffer.concat([Buffer.from('["'), Buffer.from(bytes), Buffer.from('"]')]))).toBe(false)
    }
  })

  test('for what is nested as deeply as it may be, and for nothing deeper', () => {
    const nested = (levels: number, open: string, close: string, inside: string) =>
      Buffer.from(open.repeat(levels) + inside + close.repeat(levels))
    for (const [open, close, inside] of [
      ['[', ']', ''],
      ['[', ']', '1'],
      ['{"a":', '}', '[]'],
      ['[{"a":', '}]', '1'],
    ] as const) {
      const levels = (maxDepth - (inside === '[]' ? 1 : 0)) / (open.length === 6 ? 2 : 1)
      expect(index(nested(levels, open, close, inside))).toBeDefined()
      expect(index(nested(levels + 1, open, close, inside))).toBeUndefined()
      expect(index(nested(100_000, open, close, inside))).toBeUndefined()
    }
    expect(compileIndexer([[]], 0)(Buffer.from('1'))).toBeDefined()
    expect(compileIndexer([[]], 0)(Buffer.from('[]'))).toBeUndefined()
    expect(compileIndexer([[]], 1)(Buffer.from('[1,{}]'))).toBeUndefined()
    expect(compileIndexer([[]], 2)(Buffer.from('[1,{},[],{}]'))).toBeDefined()
  })

  test('for any text', () => {
    fc.assert(
      fc.property(jsonTexts(), (text) => {
        expect(compare(Buffer.from(text))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('for a text cut at any offset as JSON.parse does', () => {
    fc.assert(
      fc.property(jsonTexts({ maxDepth: 3 }), (text) => {
        const bytes = Buffer.from(text)
        for (let length = 0; length < bytes.length; length++) compare(bytes.subarray(0, length))
      }),
      { numRuns: 40 },
    )
  })

  test('for a text with any byte changed, left out or added as JSON.parse does', () => {
    const telling = fc.constantFrom(...Buffer.from('{}[]:,"\\ \n0123456789-+.eEtfnuxa\u0000\u001f\u007fé'))
    fc.assert(
      fc.property(
        jsonTexts(),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2), fc.oneof(telling, fc.integer({ min: 0, max: 255 }))), {
          minLength: 1,
          maxLength: 3,
        }),
        (text, changes) => {
          let bytes = [...Buffer.from(text)]
          for (const [place, removed, byte] of changes) {
            bytes = bytes.toSpliced(place % (bytes.length + 1), removed === 2 ? 0 : 1, ...(removed === 1 ? [] : [byte]))
          }
          compare(Uint8Array.from(bytes))
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('for any bytes as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void compare(bytes)),
      { numRuns: 1000 },
    )
    const tokens = fc.constantFrom('{', '}', '[', ']', ':', ',', '"a"', '1', 'null', ' ', '"', '-', '\\', 'e', '.')
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 12 }), (parts) => void compare(Buffer.from(parts.join('')))),
      { numRuns: 5000 },
    )
  })
})
