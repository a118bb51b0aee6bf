import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileExpression, type Expression, openTypes } from '../../src/expressions/expression.ts'
import { compilePath, type Path } from '../../src/expressions/path.ts'
import { compileSchema, type JsonSchema, type Schema } from '../../src/expressions/schema.ts'
import { parseJson, printJson } from '../../src/json-text.ts'

const wholes = fc.oneof(
  fc.bigInt({ min: -(2n ** 120n), max: 2n ** 120n }),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  fc.bigInt({ min: -5n, max: 5n }),
)
const read = (text: string) => parseJson(`[${text}]`) as unknown[]
const evaluate = (source: string, document: Record<string, unknown>) =>
  (compileExpression(source, openTypes) as Expression).evaluate(document)

describe('expressions of whole numbers', () => {
  const operations: [string, (a: bigint, b: bigint) => bigint][] = [
    ['a + b', (a, b) => a + b],
    ['a - b', (a, b) => a - b],
    ['a * b', (a, b) => a * b],
    ['-a + b', (a, b) => -a + b],
    ['int(string(a)) + b', (a, b) => a + b],
  ]
  test.each(operations)('compute %s as arithmetic does', (source, compute) => {
    fc.assert(
      fc.property(wholes, wholes, (a, b) => {
        const [one, other] = read(`${a},${b}`)
        const made = evaluate(source, { a: one, b: other })
        expect(printJson(made)).toBe(String(compute(a, b)))
      }),
    )
  })

  test('compute a % b so, and fail for nothing', () => {
    fc.assert(
      fc.property(wholes, wholes, (a, b) => {
        const [one, other] = read(`${a},${b}`)
        const rest = () => printJson(evaluate('a % b', { a: one, b: other }))
        if (b === 0n) expect(rest).toThrow('division by zero')
        else expect(rest()).toBe(String(a % b))
      }),
    )
  })

  test.each(['==', '!=', '<', '<=', '>', '>='])('and paths compare by %s as numbers do', (sign) => {
    const holds = { '==': 0, '!=': 0, '<': -1, '<=': -1, '>': 1, '>=': 1 }[sign]!
    const path = compilePath(`$[?@.a ${sign} @.b]`) as Path
    fc.assert(
      fc.property(wholes, wholes, fc.boolean(), (a, b, isSame) => {
        const other = isSame ? a : b
        const order = a < other ? -1 : a > other ? 1 : 0
        const expected = sign === '!=' ? order !== 0 : order === holds || (order === 0 && sign.endsWith('='))
        const [one, two] = read(`${a},${other}`)
        expect(evaluate(`a ${sign} b`, { a: one, b: two })).toBe(expected)
        expect(path.evaluate([{ a: one, b: two }])).toHaveLength(expected ? 1 : 0)
      }),
    )
  })

  test('hold of types what they hold of values', () => {
    fc.assert(
      fc.property(wholes, fc.maxSafeInteger(), (value, limit) => {
        const [given] = read(String(value))
        const isValid = (schema: JsonSchema) => (compileSchema(schema) as Schema).validate(given).length === 0
        expect(isValid({ type: 'integer', minimum: limit })).toBe(value >= BigInt(limit))
        expect(isValid({ type: 'integer', exclusiveMaximum: limit })).toBe(value < BigInt(limit))
        expect(isValid({ const: limit })).toBe(value === BigInt(limit))
      }),
      { numRuns: 30 },
    )
  })
})
