// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how templates are written
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../../src/errors.ts'
import type { Document } from '../../src/expressions/document.ts'
import { createExpressionTypes } from '../../src/expressions/expression.ts'
import type { JsonSchema } from '../../src/expressions/schema.ts'
import {
  compileTemplate,
  parseTemplate,
  readsOf,
  schemaOf,
  type TemplateFault,
} from '../../src/expressions/template.ts'

const colors = new Map<string, JsonSchema>([
  ['user.id', { type: 'string' }],
  ['user.nick', {}],
  ['user.age', { type: 'integer' }],
  [
    'product.list',
    { type: 'array', items: { type: 'object', properties: { id: { type: 'string' }, price: { type: 'number' } } } },
  ],
  [
    'product.prices',
    { type: 'array', items: { type: 'object', properties: { id: { type: 'string' }, amount: { type: 'number' } } } },
  ],
  ['any.thing', {}],
])
const types = createExpressionTypes(colors)
const context: Document = {
  request: { method: 'GET', query: {} },
  steps: {},
  user: { id: 'u1', nick: null, age: 41 },
  product: {
    list: [{ id: 'a', t: 1 }, { id: 'b' }, { id: 3 }, 'odd'],
    prices: [
      { id: 'b', amount: 2 },
      { id: 'a', amount: 1 },
      { id: 'b', amount: 9 },
    ],
  },
  any: { thing: { x: 1, y: null } },
}

function fill(template: unknown, document: Document = context): unknown {
  const parsed = parseTemplate(template, types)
  // Braces of another language are told of, and stand.
  const faults = parsed.faults.filter(({ code }) => code !== 'literal-braces')
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return compileTemplate(parsed.template)(document)
}

function faultsOf(template: unknown): TemplateFault[] {
  return parseTemplate(template, types).faults
}

describe('a string of a template', () => {
  test('that begins as a path gives what the path finds', () => {
    expect(fill('$.user.id')).toBe('u1')
    expect(fill('$.user.nick')).toBeNull()
    expect(fill('$.user.absent')).toBeUndefined()
    expect(fill('$.product.prices[*].amount')).toEqual([2, 1, 9])
  })

  test('that is one expression keeps its type', () => {
    expect(fill('${ user.age + 1 }')).toBe(42)
    expect(fill('${user.age > 3}')).toBe(true)
    expect(fill('${ any.thing }')).toBe((context['any'] as { thing: unknown }).thing)
    expect(fill('${ user.age }\n')).toBe(41)
    expect(fill("${ {'a': '}'} }")).toEqual({ a: '}' })
  })

  test('with expressions in it is filled: null is nothing, objects JSON, and what is absent fails it', () => {
    expect(fill('${user.id} is ${user.age}, ${user.age > 18}')).toBe('u1 is 41, true')
    expect(fill('[${user.nick}${any.thing.?z}]')).toBe('[]')
    expect(() => fill('[${any.thing.z}]')).toThrow('`any.thing.z` is absent')
    expect(fill({ $default: ['[${any.thing.z}]', '-'] })).toBe('-')
    expect(() => fill({ $default: ['${ 1 / 0 }', '-'] })).toThrow('division by zero')
    expect(fill('x=${any.thing}')).toBe('x={"x":1,"y":null}')
  })

  test('writes $$ for a dollar sign, and leaves a lone one alone', () => {
    expect(fill('$$')).toBe('$')
    expect(fill('$$.user.id')).toBe('$.user.id')
    expect(fill('$${user.id}')).toBe('${user.id}')
    expect(fill('costs $5 or $$6 or $')).toBe('costs $5 or $6 or $')
    expect(fill('$$${user.id}')).toBe('$u1')
    expect(fill({ $$each: 1, a$b: 2 })).toEqual({ $each: 1, a$b: 2 })
  })

  test('without any of it is itself, and so is every other value', () => {
    const plain = fc
      .jsonValue()
      .filter(
        (value) =>
          !/\$|__proto__|constructor|prototype/.test(JSON.stringify(value)) && !JSON.stringify(value).includes('-0'),
      )
    fc.assert(
      fc.property(plain, (value) => {
        expect(fill(value)).toEqual(value)
      }),
    )
  })

  test('stands for any text once its dollar signs are doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', '.', '[', 'a', "'") }), (text) => {
        expect(fill(text.replaceAll('$', '$$$$'))).toBe(text)
      }),
    )
  })
})

describe('objects and lists', () => {
  test('leave out absent members, and keep absent items as null', () => {
    expect(fill({ a: '$.user.absent', b: '$.user.nick', c: ['$.user.absent', 1] })).toEqual({ b: null, c: [null, 1] })
    expect(Object.keys(fill({ a: '$.user.absent' }) as object)).toEqual([])
  })

  test('that are constant are made once and cannot be changed', () => {
    const template = parseTemplate({ a: [1, { b: '${1 + 1}' }], $$c: '$.user.id' }, types).template
    const read = compileTemplate(template)
    const one = read(context) as { a: unknown[] }
    const other = read(context) as { a: unknown[] }
    expect(one).not.toBe(other)
    expect(one.a).toBe(other.a)
    expect(one.a).toEqual([1, { b: 2 }])
    expect(() => one.a.push(1)).toThrow(TypeError)
    expect(() => Object.assign(one.a[1] as object, { b: 3 })).toThrow(TypeError)
  })

  test('never write __proto__', () => {
    const hostile: Document = {
      ...context,
      any: { thing: JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"x":3}') },
    }
    const made = [
      fill({ $merge: ['$.any.thing', { y: 1 }] }, hostile),
      fill({ $omit: ['y'], $from: '$.any.thing' }, hostile),
      fill({ $compact: '$.any.thing' }, hostile),
      (fill({ $join: { left: ['$.any.thing'], right: [{ x: 3 }], on: 'x', as: 'y' } }, hostile) as object[])[0],
    ]
    for (const object of made) {
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
      expect(Object.keys(object as object)).toEqual(expect.arrayContaining(['x']))
      expect(Object.keys(object as object)).not.toContain('__proto__')
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(faultsOf(JSON.parse('{"__proto__":1}'))).toMatchObject([{ code: 'unsafe-key', path: ['__proto__'] }])
    expect(faultsOf({ $pick: ['__proto__'], $from: '$.any.thing' })).toMatchObject([{ code: 'invalid-value' }])
  })
})

describe('$each', () => {
  test('makes a value of each element', () => {
    expect(
      fill({ $each: '$.product.prices', $map: { id: '$.item.id', at: '${ index + 1 }', who: '$.user.id' } }),
    ).toEqual([
      { id: 'b', at: 1, who: 'u1' },
      { id: 'a', at: 2, who: 'u1' },
      { id: 'b', at: 3, who: 'u1' },
    ])
    expect(fill({ $each: [1, 2], $map: '$.item.x' })).toEqual([null, null])
  })

  test('nests, each with an item of its own', () => {
    const template = {
      $each: [[1, 2], [3]],
      $map: { inner: { $each: '$.item', $map: '${ item * 10 }' }, outer: '$.item', n: '$.index' },
    }
    expect(fill(template)).toEqual([
      { inner: [10, 20], outer: [1, 2], n: 0 },
      { inner: [30], outer: [3], n: 1 },
    ])
  })

  test('leaves the context as it was', () => {
    const frozen = Object.freeze({ ...context, item: 'mine', index: 7 }) as Document
    expect(fill({ in: { $each: [1], $map: '$.item' }, after: '$.item' }, frozen)).toEqual({ in: [1], after: 'mine' })
  })

  test('gives nothing for nothing, and fails for what is no list', () => {
    expect(fill({ $each: '$.user.absent', $map: 1 })).toBeUndefined()
    expect(fill({ $each: '$.user.nick', $map: 1 })).toBeUndefined()
    expect(() => fill({ $each: '$.user.id', $map: 1 })).toThrow(
      expect.objectContaining({ code: 'invalid-response', detail: '`$each` needs a list, it got string' }),
    )
    expect(() => fill({ $each: { a: 1 }, $map: 1 })).toThrow(GatewayError)
  })
})

describe('the other operators', () => {
  test('$merge: the later wins, nothing is skipped', () => {
    expect(fill({ $merge: [{ a: 1, b: 1 }, '$.user.nick', '$.user.absent', { b: 2 }, '$.any.thing'] })).toEqual({
      a: 1,
      b: 2,
      x: 1,
      y: null,
    })
    expect(() => fill({ $merge: [[1]] })).toThrow(GatewayError)
  })

  test('$pick and $omit', () => {
    expect(fill({ $pick: ['x', 'zz', 'toString'], $from: '$.any.thing' })).toEqual({ x: 1 })
    expect(fill({ $omit: ['x'], $from: '$.any.thing' })).toEqual({ y: null })
    expect(fill({ $pick: ['x'], $from: '$.user.absent' })).toBeUndefined()
    expect(() => fill({ $omit: ['x'], $from: '$.product.list' })).toThrow(GatewayError)
  })

  test('$join: left order and unmatched rows stay, the first match counts', () => {
    const join = { left: '$.product.list', right: '$.product.prices', on: 'id', as: 'price' }
    expect(fill({ $join: join })).toEqual([
      { id: 'a', t: 1, price: { id: 'a', amount: 1 } },
      { id: 'b', price: { id: 'b', amount: 2 } },
      { id: 3 },
      'odd',
    ])
    expect((context['product'] as { list: unknown[] }).list[0]).toEqual({ id: 'a', t: 1 })
    expect(fill({ $join: { ...join, right: '$.user.absent' } })).toEqual(
      (context['product'] as { list: unknown[] }).list,
    )
    expect(fill({ $join: { ...join, left: '$.user.absent' } })).toBeUndefined()
    expect(() => fill({ $join: { ...join, right: '$.user.id' } })).toThrow(GatewayError)
  })

  test('$join is what a nested loop would find', () => {
    const row = fc.record(
      { id: fc.option(fc.constantFrom(1, '1', 2, 'x', null, {})), v: fc.nat(9) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(row), fc.array(row), (left, right) => {
        const document = { ...context, any: { thing: { left, right } } }
        const made = fill(
          { $join: { left: '$.any.thing.left', right: '$.any.thing.right', on: 'id', as: 'm' } },
          document,
        )
        const wanted = left.map((one) => {
          const joinable = one.id !== undefined && one.id !== null && typeof one.id !== 'object'
          const m = joinable ? right.find((other) => other.id === one.id) : undefined
          return m ? { ...one, m } : one
        })
        expect(made).toEqual(wanted)
      }),
    )
  })

  test('$default: the first that is there and not null', () => {
    expect(fill({ $default: ['$.user.absent', '$.user.nick', '$.user.id', 'x'] })).toBe('u1')
    expect(fill({ $default: ['$.any.none', false] })).toBe(false)
    expect(fill({ $default: ['$.any.none', '$.user.nick'] })).toBeUndefined()
  })

  test('$compact: drops null from lists and objects', () => {
    expect(fill({ $compact: ['$.user.absent', 0, '$.user.nick', ''] })).toEqual([0, ''])
    expect(fill({ $compact: '$.any.thing' })).toEqual({ x: 1 })
    expect(fill({ $compact: '$.user.nick' })).toBeUndefined()
    expect(() => fill({ $compact: 'text' })).toThrow(GatewayError)
  })
})

describe('faults', () => {
  test('all of them are found at once, each at its place', () => {
    const faults = faultsOf({
      a: '$.user[',
      b: ['x', 'id: ${ user.idd }'],
      c: { $eech: 1, $map: 2 },
      d: { $each: [], $map: 1, $form: 2 },
      e: { $map: 1 },
      f: '${ 1 ',
      g: { $join: { left: [], right: [], no: 'id', as: 'x' } },
      h: { $each: [] },
      i: { $merge: 'x', id: 1 },
      j: { $default: [] },
      k: { $pick: 'id', $from: 1 },
    })
    expect(faults.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual(
      [
        'invalid-jsonpath a',
        'unknown-color b.1',
        'missing-key c.$map',
        'unknown-operator d.$form',
        'missing-key e.$map',
        'invalid-expression f',
        'unknown-operator g.$join.no',
        'missing-key h',
        'unknown-operator i.id',
        'invalid-value i.$merge',
        'invalid-value j.$default',
        'invalid-value k.$pick',
      ].map((line) => (line === 'missing-key c.$map' ? 'unknown-operator c.$eech' : line)),
    )
    expect(faults[1]).toMatchObject({ offset: 7, length: 8, help: 'did you mean `user.id`?' })
  })

  test('of an unknown operator suggest the nearest, and how to write the key itself', () => {
    expect(faultsOf({ $joins: {} })).toMatchObject([{ code: 'unknown-operator', help: 'did you mean `$join`?' }])
    expect(faultsOf({ $schema: {} })).toMatchObject([{ help: 'a key that begins with $ is written `$$schema`' }])
    expect(faultsOf({ $each: [], $maps: 1 })[0]).toMatchObject({ help: 'did you mean `$map`?' })
  })

  test('never come as an exception', () => {
    const key = fc.constantFrom(
      '$each',
      '$map',
      '$merge',
      '$pick',
      '$from',
      '$join',
      '$default',
      '$compact',
      'left',
      'on',
      'a',
    )
    const text = fc.string({ unit: fc.constantFrom('$', '{', '}', '.', 'user', "'", '"', '\\', '[', '$.') })
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.constantFrom(1, null, true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(value, (template) => {
        const parsed = parseTemplate(template, types)
        readsOf(parsed.template)
        schemaOf(parsed.template, () => undefined)
        if (parsed.faults.length > 0) return
        try {
          compileTemplate(parsed.template)(context)
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('reads', () => {
  const reads = (template: unknown) =>
    readsOf(parseTemplate(template, types).template).map(
      (read) =>
        `${read.prefix.join('.')}${read.guarded ? '?' : ''}${read.singular ? '' : '*'}${read.bound ? '' : '!'} @${read.at.join('.')} ${read.offset}+${read.length}`,
    )

  test('tell every place of the context, and where the template reads it', () => {
    expect(reads({ a: '$.user.id', b: ['$.product.list[*].id'], c: 'x ${ user.age } ${has(user.nick)}' })).toEqual([
      'user.id @a 0+9',
      'product.list* @b.0 0+20',
      'user.age @c 5+8',
      'user.nick? @c 22+9',
    ])
    expect(reads('$.product.list[?@.id == $.user.id]')).toEqual(['product.list* @ 0+34', 'user.id* @ 0+34'])
  })

  test('leave out item and index inside the $each that binds them, and mark them outside', () => {
    expect(reads({ $each: '$.product.list', $map: ['$.item.id', '${ index + user.age }'] })).toEqual([
      'product.list @$each 0+14',
      'user.age @$map.1 11+8',
    ])
    expect(reads({ $each: '$.item.rows', $map: 1 })).toEqual(['item.rows! @$each 0+11'])
  })

  test('are guarded where the operator deals with absence', () => {
    expect(reads({ $default: ['$.user.nick', '$.user.id'] })).toEqual([
      'user.nick? @$default.0 0+11',
      'user.id @$default.1 0+9',
    ])
    expect(reads({ $merge: ['$.any.thing'] })).toEqual(['any.thing? @$merge.0 0+11'])
  })
})

describe('the schema of what a template gives', () => {
  const at = (path: readonly (string | number)[]): JsonSchema | undefined => {
    const [one, two, ...rest] = path
    return rest.length > 0 ? undefined : colors.get(`${one}.${two}`)
  }
  const schema = (template: unknown) => schemaOf(parseTemplate(template, types).template, at)

  test('follows its parts', () => {
    expect(schema('text')).toEqual({ type: 'string', const: 'text' })
    expect(schema('$.user.id')).toEqual({ type: 'string' })
    expect(schema('$.product.list[*].id')).toEqual({ type: 'array' })
    expect(schema('${ user.age }')).toEqual({ type: 'integer' })
    expect(schema('${ user.age + 1 }')).toEqual({ type: 'number' })
    expect(schema('id ${ user.age }')).toEqual({ type: 'string' })
    expect(schema('$.any.thing.x')).toBeUndefined()
    expect(schema({ a: '$.user.id', b: 1 })).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'integer', const: 1 } },
      required: ['b'],
      additionalProperties: false,
    })
    expect(schema(['$.user.id', '$.user.id'])).toEqual({ type: 'array', items: { type: 'string' } })
    expect(schema([1, 2])).toEqual({ type: 'array', const: [1, 2] })
  })

  test('goes through operators', () => {
    expect(schema({ $each: '$.product.list', $map: '$.item.price' })).toEqual({
      type: 'array',
      items: { type: 'number' },
    })
    expect(schema({ $each: '$.product.list', $map: '${ item.id }' })).toEqual({
      type: 'array',
      items: { type: 'string' },
    })
    expect(schema({ $each: '$.product.list', $map: '$.index' })).toEqual({ type: 'array', items: { type: 'integer' } })
    expect(schema({ $join: { left: '$.product.list', right: '$.product.prices', on: 'id', as: 'p' } })).toMatchObject({
      type: 'array',
      items: { properties: { id: { type: 'string' }, p: { properties: { amount: { type: 'number' } } } } },
    })
    expect(schema({ $default: ['$.user.id', 'x'] })).toEqual({
      anyOf: [{ type: 'string' }, { type: 'string', const: 'x' }],
    })
    // A list or none is a list: what is made of its elements stays known.
    const ids = { $each: { $default: ['$.product.list', []] }, $map: '$.item.id' }
    expect(schema(ids)).toEqual({ type: 'array', items: { type: 'string' } })
    expect(schema({ $default: [[], []] })).toEqual({ type: 'array', const: [] })
    expect(schema({ $merge: [{ a: 1 }, { b: '$.user.id' }] })).toMatchObject({
      properties: { a: { const: 1 }, b: { type: 'string' } },
    })
    expect(schema({ $merge: [{ a: 1 }, '$.any.thing'] })).toEqual({ type: 'object' })
    expect(schema({ $pick: ['a'], $from: { a: 1, b: 2 } })).toMatchObject({ properties: { a: { const: 1 } } })
    expect(schema({ $omit: ['a'], $from: { a: 1, b: 2 } })).toMatchObject({ properties: { b: { const: 2 } } })
  })
})
