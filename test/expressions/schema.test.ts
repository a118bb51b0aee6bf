import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  compileCoercion,
  compileSchema,
  fits,
  type JsonSchema,
  type Schema,
  schemaAt,
} from '../../src/expressions/schema.ts'
import { Decimal } from '../../src/numbers.ts'

function schemaOf(schema: JsonSchema): Schema {
  const compiled = compileSchema(schema)
  if ('code' in compiled) throw new Error(compiled.message)
  return compiled
}

describe('validation', () => {
  test('names every fault by its place, without quoting the value', () => {
    const schema = schemaOf({
      type: 'object',
      properties: {
        id: { type: 'string' },
        rows: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } },
        s: { enum: ['a', 'b'] },
      },
      required: ['id', 'zip'],
      additionalProperties: false,
    })
    expect(schema.validate({ id: 5, rows: [{ n: 1 }, { n: 'secret' }], s: 'c', extra: 1 }).sort()).toEqual([
      'has a property that is not allowed',
      'id must be string',
      'lacks `zip`',
      'rows[1].n must be integer',
      's must be one of "a", "b"',
    ])
    expect(schema.validate({ id: 'x', zip: 1 })).toEqual(expect.not.arrayContaining(['lacks `zip`']))
    expect(schemaOf({ type: 'string' }).validate('x')).toEqual([])
  })

  test('knows draft-07 and 2020-12', () => {
    const tuple = { type: 'array', items: [{ type: 'string' }] } as unknown as JsonSchema
    expect(schemaOf({ $schema: 'http://json-schema.org/draft-07/schema#', ...tuple }).validate([1])).toHaveLength(1)
    expect(schemaOf({ type: 'array', prefixItems: [{ type: 'string' }] }).validate([1])).toHaveLength(1)
  })

  test('compares the items of a unique list by value', () => {
    const schema = schemaOf({ type: 'array', uniqueItems: true })
    expect(
      schema.validate([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toEqual(['must not have the same item twice'])
    expect(schema.validate([1, '1', [1], { a: 1 }])).toEqual([])
  })

  test.each([
    [{ type: 'strng' }, 'invalid-type'],
    [{ type: 'string', minLenght: 3 }, 'invalid-type'],
    [{ enum: 'x' }, 'invalid-type'],
    [{ $ref: '#/nowhere' }, 'invalid-type'],
    [{ type: 'string', pattern: '[' }, 'invalid-type'],
    [{ type: 'string', pattern: '(a+)+$' }, 'unsafe-pattern'],
  ])('refuses the schema %j', (schema, code) => {
    expect(compileSchema(schema as unknown as JsonSchema)).toMatchObject({ code })
  })

  test('takes formats and notes for what they are', () => {
    expect(
      schemaOf({ type: 'string', format: 'uuid', description: 'x', example: 'y', sensitivity: 'pii' }).validate('z'),
    ).toEqual([])
  })

  test('by closures says what Ajv says', () => {
    const text = fc.constantFrom('', 'a', 'ab', '1', '𝄞', '𝄞𝄞')
    const scalar = fc.oneof(text, fc.constantFrom(0, 1, -1, 1.5, Infinity, true, false, null))
    const name = fc.constantFrom('a', 'b', 'toString', 'length')
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(name, tie('value'), { maxKeys: 3 }),
      ),
    }))
    const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'array', 'object', 'text')
    const count = fc.constantFrom(0, 1, 2, -1, 0.5)
    const { schema } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
      schema: fc.record(
        {
          type: fc.oneof(type, fc.array(type, { maxLength: 3 })),
          enum: fc.array(scalar, { maxLength: 3 }),
          minimum: count,
          maximum: count,
          minLength: count,
          maxLength: count,
          pattern: fc.constantFrom('^a', 'b$', '^.$', '[', '(a+)+$'),
          items: fc.oneof({ depthSize: 'small' }, fc.constant({}), tie('schema')),
          properties: fc.dictionary(name, fc.oneof({ depthSize: 'small' }, fc.constant({}), tie('schema'))),
          required: fc.array(name, { maxLength: 2 }),
          description: scalar,
        },
        { requiredKeys: [] },
      ) as fc.Arbitrary<JsonSchema>,
    }))
    const judge = (wanted: JsonSchema, given: unknown) => {
      const compiled = compileSchema(wanted)
      return 'code' in compiled ? compiled.code : compiled.validate(given)
    }
    fc.assert(
      fc.property(schema, value, (wanted, given) => {
        // A comment is no everyday keyword, so that the second one is Ajv's from the start.
        expect(judge(wanted, given)).toEqual(judge({ ...wanted, $comment: '' }, given))
      }),
      { numRuns: 500 },
    )
  })

  test('of a hostile value is quick and short', () => {
    const numbers = schemaOf({ type: 'array', items: { type: 'integer' } })
    expect(numbers.validate(Array(500_000).fill('x'))).toHaveLength(1)
    expect(numbers.validate(Array(1500).fill('x')).length).toBeLessThanOrEqual(20)
    expect(
      schemaOf({ type: 'array', uniqueItems: true }).validate(Array.from({ length: 50_000 }, (_, i) => ({ i }))),
    ).toEqual([])
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(schemaOf({ type: 'array', items: { $ref: '#' } }).validate(deep)).toEqual(['is nested too deeply'])
    expect(schemaOf({ type: 'object' }).validate(JSON.parse('{"__proto__":{"a":1}}'))).toEqual([])
  })

  test('does not take inherited members for given ones', () => {
    expect(schemaOf({ type: 'object', required: ['toString'] }).validate({})).toEqual(['lacks `toString`'])
  })

  test('can compile the same schema again and again', () => {
    const schema = { $id: 'https://example.test/a', type: 'string' }
    for (let i = 0; i < 3; i++) expect(schemaOf(schema).validate(1)).toHaveLength(1)
  })
})

describe('text becomes its color’s type', () => {
  test.each([
    ['5', { type: 'integer' }, 5],
    ['-5', { type: 'integer' }, -5],
    ['5.5', { type: 'number' }, 5.5],
    ['1e3', { type: 'number' }, new Decimal('1e3')],
    ['19.90', { type: 'number' }, new Decimal('19.90')],
    ['5.5', { type: 'integer' }, 5.5],
    ['007', { type: 'integer' }, '007'],
    ['', { type: 'integer' }, ''],
    ['0x1', { type: 'integer' }, '0x1'],
    ['Infinity', { type: 'number' }, 'Infinity'],
    ['1e999', { type: 'number' }, new Decimal('1e999')],
    ['9007199254740993', { type: 'integer' }, 9007199254740993n],
    ['9'.repeat(401), { type: 'integer' }, '9'.repeat(401)],
    ['true', { type: 'boolean' }, true],
    ['1', { type: 'boolean' }, '1'],
    ['5', { type: 'string' }, '5'],
    ['5', { type: ['integer', 'string'] }, '5'],
    ['5', undefined, '5'],
    ['{"a":1}', { type: 'object' }, { a: 1 }],
    ['{"a":', { type: 'object' }, '{"a":'],
    ['[1]', { type: 'object' }, '[1]'],
    ['2', { enum: [1, 2] }, 2],
    ['1', { type: 'array', items: { type: 'integer' } }, [1]],
    [['1', 'x'], { type: 'array', items: { type: 'integer' } }, [1, 'x']],
    [['1', '2'], { type: 'integer' }, ['1', '2']],
  ])('%j as %j is %j', (text, schema, wanted) => {
    const made = compileCoercion(schema as JsonSchema | undefined)(text)
    expect([made, String(made)]).toEqual([wanted, String(wanted)])
  })

  test('and numbers survive the way there and back', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.maxSafeInteger(), fc.double({ noDefaultInfinity: true, noNaN: true, max: 1e15, min: -1e15 })),
        (number) => {
          expect(compileCoercion({ type: 'number' })(String(number))).toBe(Object.is(number, -0) ? 0 : number)
        },
      ),
    )
  })
})

describe('a value fits', () => {
  const string: JsonSchema = { type: 'string' }
  const integer: JsonSchema = { type: 'integer' }

  test.each([
    [string, string, true],
    [string, integer, false],
    [integer, { type: 'number' }, true],
    [{ type: 'number' }, integer, true],
    [undefined, integer, true],
    [string, undefined, true],
    [{}, integer, true],
    [{ type: ['string', 'null'] }, string, true],
    [{ type: 'string', const: 'vpi' }, { type: 'string', enum: ['new', 'vip'] }, false],
    [{ type: 'string', const: 'vip' }, { enum: ['new', 'vip'] }, true],
    [string, { enum: [1, 2] }, false],
    [{ enum: [1, 'a'] }, string, true],
    [{ type: 'array', items: string }, { type: 'array', items: integer }, false],
    [{ type: 'array' }, { type: 'array', items: integer }, true],
    [{ type: 'array', const: ['a', 'x'] }, { type: 'array', items: { enum: ['a', 'b'] } }, false],
    [{ type: 'object', properties: { a: string } }, { type: 'object', properties: { a: integer } }, false],
    [
      { type: 'object', properties: { a: string }, additionalProperties: false },
      { type: 'object', required: ['b'] },
      false,
    ],
    [{ type: 'object', properties: { a: string } }, { type: 'object', required: ['b'] }, true],
    [
      { type: 'object', properties: { a: string }, required: ['a'] },
      { type: 'object', additionalProperties: false },
      false,
    ],
    [{ anyOf: [string, integer] }, { type: 'boolean' }, false],
    [{ anyOf: [string, {}] }, { type: 'boolean' }, true],
    [{ $ref: '#/x' }, integer, true],
  ])('%j into %j: %s', (given, wanted, expected) => {
    expect(fits(given as JsonSchema | undefined, wanted as JsonSchema | undefined)).toBe(expected)
  })

  test('whenever validation would let a value of it through', () => {
    const type = fc.constantFrom('string', 'integer', 'number', 'boolean', 'null')
    const simple = fc.oneof(
      type.map((name) => ({ type: name })),
      fc
        .uniqueArray(fc.constantFrom('a', 'b', 1, 2.5, null, true), { minLength: 1 })
        .map((values) => ({ enum: values })),
    )
    const schema = fc.oneof(
      simple,
      simple.map((items) => ({ type: 'array', items })),
      fc.dictionary(fc.constantFrom('a', 'b'), simple).map((properties) => ({ type: 'object', properties })),
    ) as fc.Arbitrary<JsonSchema>
    const value = fc.oneof(
      fc.constantFrom<unknown>('a', 'b', 'c', 1, 2.5, null, true),
      fc.array(fc.constantFrom('a', 1), { minLength: 1, maxLength: 2 }),
      fc.record({ a: fc.constantFrom('a', 1), b: fc.constantFrom('a', 1) }),
    )
    fc.assert(
      fc.property(schema, schema, value, (given, wanted, one) => {
        const valid = (against: JsonSchema) => schemaOf(against).validate(one).length === 0
        if (valid(given) && valid(wanted)) expect(fits(given, wanted)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

test('a schema can be asked for what lies inside', () => {
  const schema: JsonSchema = { type: 'array', items: { type: 'object', properties: { id: { type: 'string' } } } }
  expect(schemaAt(schema, [0, 'id'])).toEqual({ type: 'string' })
  expect(schemaAt(schema, [0, 'toString'])).toBeUndefined()
  expect(schemaAt(schema, ['id'])).toBeUndefined()
  expect(schemaAt(undefined, [])).toBeUndefined()
})
