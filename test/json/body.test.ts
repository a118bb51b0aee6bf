import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Body } from '../../src/json/body.ts'
import { checkJson, compileIndexer } from '../../src/json/indexer.ts'
import { parseJson, printJson } from '../../src/json-text.ts'
import { jsonTexts } from '../support/json/texts.ts'
import { expectSame } from '../support/json/values.ts'

const maxDepth = 500
const index = compileIndexer([[], ['a']], maxDepth)

describe('the value of a body', () => {
  test('has the numbers that were sent, whether it stayed bytes or not', () => {
    fc.assert(
      fc.property(jsonTexts(), (text) => {
        const bytes = Buffer.from(text)
        const expected = parseJson(text)
        expectSame(Body.ofBytes(bytes, maxDepth)!.value, expected)
        const slices = index(bytes)
        if (!slices) return
        const body = Body.ofSlices(bytes, slices)
        expectSame(body.value, expected)
        expect(Buffer.from(body.bytes).toString()).toBe(text)
        for (const slice of slices)
          if (slice) expectSame(slice.parse(), parseJson(bytes.toString('utf8', slice.start, slice.end)))
      }),
      { numRuns: 2000 },
    )
  })

  test('of a name that comes twice is the last, also where the first has a rare number', () => {
    for (const text of [
      '{"a":1.0,"a":1}',
      '{"a":9007199254740993,"a":9007199254740992}',
      '{"a":{"b":1.0},"a":{"b":2.50},"c":3.0}',
    ])
      expectSame(Body.ofBytes(Buffer.from(text), maxDepth)!.value, parseJson(text))
  })

  test('is made once', () => {
    const body = Body.ofBytes(Buffer.from('{"a":[1.0]}'), maxDepth)!
    expect(body.value).toBe(body.value)
  })
})

describe('the engine', () => {
  const digits = (minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength })
  const written = fc.tuple(
    fc.constantFrom('', '-'),
    fc.nat(),
    digits(0, 6),
    digits(0, 17),
    fc.constantFrom('', 'e3', 'E-7'),
    fc.boolean(),
  )

  test('calls no number plain that JavaScript prints another way', () => {
    let plain = 0
    fc.assert(
      fc.property(written, ([sign, integer, more, fraction, exponent, isSmall]) => {
        const json = `${sign}${isSmall ? 0 : `${integer}${integer ? more : ''}`}${fraction && '.'}${fraction}${exponent}`
        const found = checkJson(Buffer.from(`["0",${json}]`), maxDepth)
        if (found !== 'plain') return
        plain++
        expect(String(Number(json))).toBe(json)
      }),
      { numRuns: 5000 },
    )
    expect(plain).toBeGreaterThan(500)
  })

  test.each(['[1,-1,1.5,0.25,123456789012345]', '{"1.0":"1.0","9007199254740993":"1e400"}', '"12345678901234567890"'])(
    'finds nothing rare in %s',
    (text) => expect(checkJson(Buffer.from(text), maxDepth)).toBe('plain'),
  )

  test('leaves a whole number of over 400 digits to who tells what is wrong', () => {
    expect(checkJson(Buffer.from(`[${'1'.repeat(400)}]`), maxDepth)).toBeDefined()
    expect(checkJson(Buffer.from(`[-${'1'.repeat(401)}]`), maxDepth)).toBeUndefined()
    expect(printJson(Body.ofBytes(Buffer.from(`1.${'1'.repeat(500)}`), maxDepth)!.value)).toHaveLength(502)
  })
})
