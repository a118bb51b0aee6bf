import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseJson, printByValue, printJson } from '../src/json-text.ts'
import { areEqualNumbers, Decimal, isWhole, type JsonNumber, keyOfNumber, readNumber } from '../src/numbers.ts'

const digits = fc.stringMatching(/^(?:0|-?[1-9]\d{0,40})$/)
const numerals = fc.oneof(
  digits,
  fc.tuple(digits, fc.stringMatching(/^(?:\.\d{1,25})?(?:[eE][+-]?\d{1,3})?$/)).map((parts) => parts.join('')),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => JSON.stringify(double)),
)

describe('a number of JSON', () => {
  test('is printed as it was written', () => {
    fc.assert(
      fc.property(numerals, (text) => {
        expect(String(readNumber(text))).toBe(text)
        expect(printJson(parseJson(`{"a":[${text}]}`))).toBe(`{"a":[${text}]}`)
      }),
      { numRuns: 2000 },
    )
  })

  test.each(['0', '-1', '1.5', '9007199254740991', '0.30000000000000004', '1e+21', '1e-7', '123456.789'])(
    'is a plain one where JavaScript prints it alike: %s',
    (text) => expect(readNumber(text)).toBe(Number(text)),
  )

  test.each([
    ['9007199254740993', 9007199254740993n],
    ['-100000000000000000000', -100000000000000000000n],
  ])('is a bigint where it is whole and beyond 2^53: %s', (text, value) => expect(readNumber(text)).toBe(value))

  test.each(['1.0', '19.90', '1e3', '1E2', '-0', '-0.0', '1e400', '0.1000000000000000055', '0.0000001'])(
    'is kept as a decimal otherwise: %s',
    (text) => expect(readNumber(text)).toBeInstanceOf(Decimal),
  )

  test('of over 400 digits is refused', () => {
    expect(readNumber('9'.repeat(400))).toBe(BigInt('9'.repeat(400)))
    expect(() => readNumber(`-${'9'.repeat(401)}`)).toThrow('a number has over 400 digits')
    expect(() => parseJson(`[${'9'.repeat(401)}]`)).toThrow('a number has over 400 digits')
  })

  test.each([
    ['1', '1.0', true],
    ['100', '1e2', true],
    ['9007199254740993', '9007199254740992', false],
    ['9007199254740993', '9007199254740993', true],
    ['100000000000000000000', '1e20', true],
    ['0', '-0.0', true],
    ['1e400', '1e3', false],
  ])('%s and %s are equal by value: %s', (one, other, expected) => {
    const [a, b] = [readNumber(one), readNumber(other)] as [JsonNumber, JsonNumber]
    expect(areEqualNumbers(a, b)).toBe(expected)
    expect(new Set([keyOfNumber(a), keyOfNumber(b)]).size).toBe(expected ? 1 : 2)
    expect(printByValue([a]) === printByValue([b])).toBe(expected)
  })

  test.each([
    ['1.0', true],
    ['1e3', true],
    ['120e-1', true],
    ['125e-1', false],
    ['9007199254740993.5', false],
    ['0.99999999999999999999', false],
    ['1e400', false],
    ['9007199254740993', true],
    ['1.5', false],
  ])('%s is whole: %s', (text, expected) => expect(isWhole(readNumber(text))).toBe(expected))
})
