import { beforeEach, describe, expect, test } from '@jest/globals'
import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import type { Fault } from '../../src/diagnostics/collector.ts'
import { GatewayError } from '../../src/errors.ts'
import { compileExpression, createExpressionTypes, type Expression } from '../../src/expressions/expression.ts'
import type { JsonSchema } from '../../src/expressions/schema.ts'
import { enter } from '../../src/expressions/work.ts'

beforeEach(() => enter(undefined))

const types = createExpressionTypes(
  new Map<string, JsonSchema>([
    ['user.id', { type: 'string' }],
    ['user.segment', { type: 'string', enum: ['anonymous', 'new', 'vip'] }],
    ['user.age', { type: 'integer' }],
    ['user.isVip', { type: 'boolean' }],
    ['user.nick', { type: ['string', 'null'] }],
    ['order.total', { type: 'number' }],
    ['order.date', { type: 'string' }],
    ['cart.sum', { type: 'number' }],
    [
      'cart.lines',
      { type: 'array', items: { type: 'object', properties: { qty: { type: 'integer' }, name: { type: 'string' } } } },
    ],
    ['product.list', { type: 'array' }],
    ['product.ids', { type: 'array', items: { type: 'string' } }],
    ['product.prices', { type: 'array', items: { type: 'number' } }],
    ['geo', { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false }],
    ['anything.at_all', {}],
    ['deep.er.color', { type: 'string' }],
  ]),
)

function expressionOf(source: string): Expression {
  const expression = compileExpression(source, types)
  if ('code' in expression) throw new Error(`${source}: ${expression.message}`)
  return expression
}

function faultOf(source: string): Fault {
  const expression = compileExpression(source, types)
  if (!('code' in expression)) throw new Error(`${source} compiled`)
  return expression
}

/** The piece of the source that a fault or a read points at. */
const pointed = (source: string, { offset, length }: { offset: number; length: number }) =>
  source.slice(offset, offset + length)

const document = {
  request: { method: 'GET', headers: { 'x-user-id': 'u1' }, query: { n: '3' }, body: { list: [1, 2] } },
  steps: { recommend: { status: 200, source: 'live' } },
  user: { id: 'u1', segment: 'vip', age: 41, isVip: true, nick: null },
  order: { total: 12.5, date: '2026-03-01T10:00:00Z' },
  cart: { sum: 100, lines: [{ qty: 2, name: 'a' }, { qty: 3 }] },
  product: { list: [1, 2, 3, 4], ids: ['p1', 'p2'], prices: [1.5, 2] },
  geo: { city: 'paris' },
  anything: { at_all: { x: [{ y: 1 }], 'a-b': 2 } },
  item: { qty: 3, price: 2.5 },
  index: 4,
}
const value = (source: string) => expressionOf(source).evaluate(document)
const holds = (source: string, against: Record<string, unknown> = document) => expressionOf(source).test(against)

describe('numbers', () => {
  test.each([
    ['order.total > 1', true],
    ['cart.sum * 1.06', 106],
    ['item.qty * 2', 6],
    ['2 * item.qty + 0.5', 6.5],
    ['size(product.list) > 3 ? 1 : 2', 1],
    ['user.age + 1', 42],
    ['index % 2 == 0', true],
    ['user.age == 41', true],
    ['user.age == 41.0', true],
    ['size(product.list) / 2', 2],
    ['size(product.ids + ["p3"]) / 2', 1.5],
    ['int(user.age) / 2', 20],
    ['(7 + 2) / -2', -4],
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['user.age / 2', 20.5],
    ['item.qty / 2', 1.5],
    ['-user.age', -41],
    ['size(product.ids) * order.total', 25],
    ['user.isVip ? 1 : 2.5', 1],
    ['2 in product.prices', true],
    ['41 in [1, user.age]', true],
    ['int("7") + double("0.5")', 7.5],
    ['int(3.9)', 3],
    ['cart.lines.map(l, l.qty * 2)', [4, 6]],
    ['0x10 + 1u', 17],
  ])('%s', (source, wanted) => {
    expect(value(source)).toEqual(wanted)
  })
})

describe('text, lists and objects', () => {
  test.each([
    ["user.id + '-' + string(user.age)", 'u1-41'],
    ["user.id.startsWith('u') && user.id.endsWith('1') && user.id.contains('u1')", true],
    ["'aXb'.lowerAscii() + 'é'.upperAscii()", 'axbé'],
    ["'a,b'.split(',').join('+')", 'a+b'],
    ["'a-b-c'.replace('-', '')", 'abc'],
    ["' x '.trim()", 'x'],
    ["'hello'.substring(1, 3) + 'hello'.substring(4)", 'elo'],
    ["'hello'.indexOf('l') + 'hello'.lastIndexOf('l') + 'hello'.indexOf('l', 3)", 8],
    ["size('a😀b')", 3],
    ['size(geo) + geo.size()', 2],
    ["user.id.matches('^u[0-9]+$')", true],
    ["matches(user.id, 'x')", false],
    ["request.headers['x-user-id']", 'u1'],
    ["anything.at_all['a-b'] + anything.at_all.x[0].y", 3],
    ['product.ids[index - 3]', 'p2'],
    ["product.ids + ['p3']", ['p1', 'p2', 'p3']],
    ["{'a': user.id, 'b': user.absent_color == null}", undefined],
    ["{'a': user.id, 'n': null, 'l': [1]}", { a: 'u1', n: null, l: [1] }],
    ["'city' in geo && !('zip' in geo)", true],
    ["product.ids == ['p1', 'p2']", true],
    ["geo == {'city': 'paris'}", true],
    ['has(user.id) ? user.id : null', 'u1'],
    ['request.body.list[1]', 2],
    ["bool('true')", true],
  ])('%s', (source, wanted) => {
    if (wanted === undefined) expect(compileExpression(source, types)).toHaveProperty('code')
    else expect(value(source)).toEqual(wanted)
  })
})

describe('macros', () => {
  test.each([
    ["product.ids.exists(id, id == 'p2')", true],
    ['product.prices.all(p, p > 1)', true],
    ['product.prices.exists_one(p, p > 1)', false],
    ['cart.lines.filter(l, l.qty > 2).size()', 1],
    ['cart.lines.map(l, l.qty > 2, l.qty)', [3]],
    ['geo.map(k, k)', ['city']],
    ['cel.bind(x, order.total * 2, x + x)', 50],
    [
      'product.ids.map(i, product.ids.map(j, i + j))',
      [
        ['p1p1', 'p1p2'],
        ['p2p1', 'p2p2'],
      ],
    ],
    ['product.ids.map(i, cel.bind(i, 1, i))', [1, 1]],
  ])('%s', (source, wanted) => {
    expect(value(source)).toEqual(wanted)
  })

  test('compare what an element lacks, and fail where they use it', () => {
    expect(value("cart.lines.filter(l, l.name == 'a').size()")).toBe(1)
    expect(value("cart.lines.all(l, l.name == 'a')")).toBe(false)
    expect(() => value('cart.lines.map(l, l.name)')).toThrow('`l.name` is absent')
    expect(value("cart.lines.map(l, l.?name.orValue('?'))")).toEqual(['a', '?'])
    expect(() => value("cart.lines.filter(l, l.name.startsWith('b'))")).toThrow('`l.name` is absent')
  })

  test('mind an element that fails only where no other decides', () => {
    expect(value("cart.lines.exists(l, l.name.startsWith('a'))")).toBe(true)
    expect(() => value("cart.lines.exists(l, l.name.startsWith('b'))")).toThrow('`l.name` is absent')
    expect(value("cart.lines.all(l, l.name.startsWith('b'))")).toBe(false)
    expect(() => value("cart.lines.all(l, l.name.startsWith('a'))")).toThrow('`l.name` is absent')
    expect(() => value("cart.lines.exists_one(l, l.name.startsWith('a'))")).toThrow('`l.name` is absent')
    expect(value('[1, 2, 3].all(e, 6 / (2 - e) == 6)')).toBe(false)
  })
})

describe('times', () => {
  test.each([
    ["timestamp(order.date) < timestamp('2026-03-02T00:00:00Z')", true],
    ["timestamp(order.date) + duration('1h30m')", '2026-03-01T11:30:00Z'],
    ["timestamp(order.date) - timestamp('2026-03-01T09:59:00Z')", '60s'],
    ['timestamp(order.date).getFullYear() + timestamp(order.date).getHours()', 2036],
    ["duration('90m').getHours()", 1],
    ["{'at': timestamp(0)}", { at: '1970-01-01T00:00:00Z' }],
    ["timestamp(order.date) == timestamp('2026-03-01T11:00:00+01:00')", true],
  ])('%s', (source, wanted) => {
    expect(value(source)).toEqual(wanted)
  })
})

describe('what is missing', () => {
  const empty = { request: {}, steps: {} }
  const failed = (why: string) =>
    expect.objectContaining({ code: 'expression-failed', reason: expect.stringContaining(why) })

  test('gives nothing where a path stands alone, and else fails what uses it', () => {
    expect(expressionOf('user.id').evaluate(empty)).toBeUndefined()
    for (const source of [
      'user.age > 18',
      'user.age + 1 == 2',
      '!user.isVip',
      'size(product.list) > 1',
      "user.id.startsWith('u')",
      "!user.id.startsWith('u')",
      "user.id.matches('u')",
      "'x' in product.ids",
      "[user.id] == ['x']",
      "{'a': user.id} == {}",
      'user.age > 18 ? true : false',
      'has(geo.city) || user.isVip',
      "product.ids.exists(p, p == 'x')",
      "cel.bind(x, user.id, x == 'x')",
      "user.?id.value() == 'x'",
      'dyn(user.isVip)',
    ]) {
      expect(() => expressionOf(source).evaluate(empty)).toThrow(failed('is absent'))
      expect(() => holds(source, empty)).toThrow(failed('is absent'))
    }
    expect(() => holds('user.isVip', empty)).toThrow(failed('`user.isVip` is absent'))
    expect(() => value("{'a': anything.at_all.z['b'].c}")).toThrow(failed("`anything.at_all.z['b'].c` is absent"))
  })

  test('equals nothing, and no other that is missing', () => {
    expect(holds("user.id == 'u1'", empty)).toBe(false)
    expect(holds("user.id != 'u1'", empty)).toBe(true)
    expect(holds("!(user.id == 'u1')", empty)).toBe(true)
    expect(holds('user.id == order.date', empty)).toBe(false)
    expect(holds('user.id != order.date', empty)).toBe(true)
    expect(holds("user.id in ['u1']", empty)).toBe(false)
    expect(holds("!(user.id in ['u1'])", empty)).toBe(true)
  })

  test('must not even be compared where a condition lets in', () => {
    const strict = (source: string) => compileExpression(source, types, { strict: true }) as Expression
    for (const source of ["user.id != 'u1'", "user.id == 'u1'", "!(user.id in ['u1'])", 'user.age < 3'])
      expect(() => strict(source).test(empty)).toThrow(failed('is absent'))
    for (const source of [
      "user.id != 'u1' || true",
      "!(user.id != 'u1' && false)",
      "[1, 2].exists(i, i == 2 || user.id == 'u1')",
    ])
      expect(() => strict(source).test(empty)).toThrow(failed('is absent'))
    expect(strict("user.id == 'u1' || !has(user.id)").test(empty)).toBe(true)
    expect(strict("true || user.id != 'u1'").test(empty)).toBe(true)
    expect(strict("has(user.id) && user.id != 'u1'").test(empty)).toBe(false)
    expect(strict("user.id == null || user.id != 'u1'").test(empty)).toBe(true)
    expect(strict("user.?id.orValue('') != 'u1'").test(empty)).toBe(true)
  })

  test('is found by has(), even when the whole namespace is missing', () => {
    expect(holds('has(user.id)')).toBe(true)
    expect(holds('has(user.id)', empty)).toBe(false)
    expect(holds('!has(user.id)', empty)).toBe(true)
    expect(holds('has(anything.at_all.x[0].y)')).toBe(true)
    expect(holds('has(user.nick)')).toBe(true)
  })

  test('is equal to null, and so is null', () => {
    expect(holds('user.id == null', empty)).toBe(true)
    expect(holds('user.id != null', empty)).toBe(false)
    expect(holds('null == user.nick')).toBe(true)
    expect(holds('user.id != null')).toBe(true)
  })

  test('does not matter to && and || when the other side decides', () => {
    for (const source of ['user.isVip || true', 'true || user.isVip', 'user.age / 0 > 1 || true'])
      expect(holds(source, empty)).toBe(true)
    for (const source of ['user.isVip && false', 'false && user.isVip', 'has(user.id) && user.id.startsWith("x")'])
      expect(expressionOf(source).evaluate(empty)).toBe(false)
    for (const source of ['user.isVip || false', 'false || user.isVip', 'user.isVip && true', 'true && user.isVip'])
      expect(() => holds(source, empty)).toThrow(failed('`user.isVip` is absent'))
    expect(expressionOf('true ? 1 : user.age').evaluate(empty)).toBe(1)
    expect(expressionOf('false ? user.age : 2').evaluate(empty)).toBe(2)
  })

  test('is not what null is: that is a value, and fits few operators', () => {
    expect(() => value("user.nick + 'x'")).toThrow(failed('`+` does not go with null and string'))
    expect(() => holds("user.nick > 'x'")).toThrow(failed('`>` does not go with null and string'))
    expect(() => value('size(user.nick)')).toThrow(failed('`size()` does not take a null'))
    expect(() => holds('anything.at_all', { anything: { at_all: null } })).toThrow(
      failed('true or false, this is null'),
    )
    expect(holds("user.nick != 'x' && null in [user.nick]")).toBe(true)
    expect(value("{'a': user.nick, 'b': [user.nick]}")).toEqual({ a: null, b: [null] })
    expect(value("user.?nick.orValue('x')")).toBeNull()
  })

  test('can be replaced through an optional', () => {
    expect(expressionOf("user.?id.orValue('anon')").evaluate(empty)).toBe('anon')
    expect(value("user.?id.orValue('anon')")).toBe('u1')
    expect(expressionOf("anything.at_all[?'x'].hasValue()").evaluate(empty)).toBe(false)
    expect(expressionOf("user.?id.or(optional.of('b')).value()").evaluate(empty)).toBe('b')
    expect(expressionOf('anything.?at_all.x[0].y.orValue(0)').evaluate(empty)).toBe(0)
    expect(expressionOf('user.?id').evaluate(empty)).toBeUndefined()
    expect(expressionOf('user.?id').mayBeAbsent).toBe('optional')
  })

  test('does not see what objects inherit', () => {
    for (const name of ['constructor', 'toString', '__defineGetter__', 'length'])
      expect(expressionOf(`anything.at_all.${name}`).evaluate({ anything: { at_all: {} } })).toBeUndefined()
    expect(value("anything.at_all['__proto__']")).toBeUndefined()
  })
})

describe('reads', () => {
  const readsOf = (source: string) =>
    expressionOf(source).reads.map(
      (read) => `${read.path.join('.')}${read.guarded ? '?' : ''} ${pointed(source, read)}`,
    )

  test('are the longest paths known at load, with their places', () => {
    expect(readsOf('user.age > 18 && steps.recommend.status == 200')).toEqual([
      'user.age user.age',
      'steps.recommend.status steps.recommend.status',
    ])
    expect(readsOf("anything.at_all.x[0]['a'].b")).toEqual(["anything.at_all.x.0.a.b anything.at_all.x[0]['a'].b"])
    expect(readsOf('product.list[index].x.y')).toEqual(['index index', 'product.list product.list'])
    expect(readsOf('product.list.map(i, i.price * user.age)')).toEqual([
      'product.list product.list',
      'user.age user.age',
    ])
  })

  test('are guarded when only asked for, or behind a question', () => {
    expect(readsOf('has(user.id)')).toEqual(['user.id? user.id'])
    expect(readsOf("has(user.id) && user.id == 'x'")).toEqual(['user.id? user.id', 'user.id? user.id'])
    expect(readsOf("user.id == 'x' && has(user.id)")).toEqual(['user.id? user.id', 'user.id? user.id'])
    expect(readsOf('has(user.id) ? user.id : user.nick')).toEqual([
      'user.id? user.id',
      'user.id? user.id',
      'user.nick user.nick',
    ])
    expect(readsOf("!has(user.id) || user.id == 'x'")).toEqual(['user.id? user.id', 'user.id? user.id'])
    expect(readsOf("user.id != null && user.id == 'x'")).toEqual(['user.id? user.id', 'user.id? user.id'])
    expect(readsOf("user.?id.orValue('x')")).toEqual(['user.id? user.?id'])
    expect(readsOf("has(user.id) || user.id == 'x'")).toEqual(['user.id? user.id', 'user.id user.id'])
  })

  test('are needed where the expression fails without them', () => {
    const needed = (source: string) =>
      expressionOf(source).reads.flatMap((read) => (read.needed ? [read.path.join('.')] : []))
    expect(needed("user.id == 'x' || user.id in product.ids")).toEqual(['product.ids'])
    expect(needed("user.id == 'x' && user.id.startsWith('y')")).toEqual([])
    expect(needed("user.id != 'x' && user.id.startsWith('y')")).toEqual(['user.id'])
    expect(needed('has(user.age) && user.age + 1 > 3')).toEqual([])
    expect(needed('user.age + 1 > order.total ? user.id : user.?nick.orValue("")')).toEqual([
      'user.age',
      'order.total',
      'user.id',
    ])
    expect(needed('user.id')).toEqual([])
  })

  test('come with what the condition proves', () => {
    expect(expressionOf('has(user.id)').proves).toEqual({ whenTrue: [['user', 'id']], whenFalse: [] })
    expect(expressionOf('!has(user.id)').proves).toEqual({ whenTrue: [], whenFalse: [['user', 'id']] })
    const age = ['user', 'age']
    expect(expressionOf('user.age > 18').proves).toEqual({ whenTrue: [age], whenFalse: [age] })
    expect(expressionOf('user.age == 18').proves).toEqual({ whenTrue: [age], whenFalse: [] })
    expect(expressionOf('user.age != 18').proves).toEqual({ whenTrue: [], whenFalse: [age] })
    expect(expressionOf('has(user.id) || has(user.nick)').proves).toEqual({ whenTrue: [], whenFalse: [] })
    expect(expressionOf('user.isVip').proves.whenTrue).toEqual([['user', 'isVip']])
    const isVip = ['user', 'isVip']
    expect(expressionOf('!user.isVip').proves).toEqual({ whenTrue: [isVip], whenFalse: [isVip] })
  })

  test('proven paths are there whenever the condition holds', () => {
    const atom = fc.constantFrom(
      'has(a.x)',
      'has(a.y)',
      'a.x > 1',
      'a.y == null',
      'null != a.x',
      'a.z',
      'a.x + a.y > 3',
      'a.x == 1',
      'a.x + 1 != a.y',
      'a.x in [1, 2]',
      'a.l.exists(i, i > a.x)',
      'a.l.size() < a.y',
    )
    const condition = fc.letrec<{ c: string }>((tie) => ({
      c: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        atom,
        tie('c').map((c) => `!(${c})`),
        fc.tuple(tie('c'), fc.constantFrom('&&', '||'), tie('c')).map(([l, op, r]) => `(${l} ${op} ${r})`),
      ),
    })).c
    const any = createExpressionTypes(
      new Map([
        ['a.x', {}],
        ['a.y', {}],
        ['a.z', { type: 'boolean' }],
        ['a.l', { type: 'array' }],
      ]),
    )
    const truth = fc.constantFrom(true, false, undefined)
    const lists = fc.constantFrom([], [1, 3], undefined)
    const number = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined })
    fc.assert(
      fc.property(condition, number, number, truth, lists, (source, x, y, z, l) => {
        enter(undefined)
        const expression = compileExpression(source, any) as Expression
        const a: Record<string, unknown> = { x, y, z, l }
        if (fails(() => expression.test({ a }))) return
        const proven = expression.proves[expression.test({ a }) ? 'whenTrue' : 'whenFalse']
        for (const [, name] of proven) expect(a[name as string]).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })
})

describe('types', () => {
  test.each([
    ['user.age > 18', 'bool'],
    ['user.id', 'string'],
    ['user.age', 'double'],
    ['size(user.id)', 'int'],
    ['1.5 + 1', 'double'],
    ['user.nick', 'dyn'],
    ['anything.at_all.x', 'dyn'],
    ['cart.lines[0].qty * 2', 'double'],
    ['product.ids', 'list'],
    ["{'a': 1}", 'map'],
    ['null', 'null'],
    ['user.isVip ? user.id : 1', 'dyn'],
    ['steps.recommend.status', 'dyn'],
    ['index', 'double'],
  ])('%s is a %s', (source, wanted) => {
    expect(expressionOf(source).type).toBe(wanted)
  })

  test('are told as JSON Schema', () => {
    expect(expressionOf('product.ids').schema).toEqual({ type: 'array', items: { type: 'string' } })
    expect(expressionOf("{'a': user.age, 'b': anything.at_all}").schema).toEqual({
      type: 'object',
      properties: { a: { type: 'number' }, b: {} },
    })
    expect(expressionOf('anything.at_all').schema).toBeUndefined()
  })
})

describe('faults', () => {
  test.each([
    ["user.segmant == 'vip'", 'unknown-color', 'user.segmant', 'did you mean `user.segment`?'],
    ['usr.id', 'unknown-color', 'usr', 'did you mean `user`?'],
    ['deep.re.color', 'unknown-color', 'deep.re', 'did you mean `deep.er`?'],
    ['user.segment > 3', 'invalid-expression', 'user.segment > 3', 'turn the text into a number with `double(x)`'],
    ['user.age + user.id', 'invalid-expression', 'user.age + user.id', 'turn the number into text with `string(x)`'],
    ["user.segment == 'vipp'", 'invalid-expression', "'vipp'", 'did you mean `vip`?'],
    ['user.segment == 3', 'invalid-expression', 'user.segment == 3', 'turn the text into a number with `double(x)`'],
    ['geo.citty', 'invalid-expression', 'citty', 'did you mean `city`?'],
    ['request.header.x', 'invalid-expression', 'header', 'did you mean `headers`?'],
    [
      'request.headers.x-user-id',
      'invalid-expression',
      'request.headers.x-user-id',
      "a name like this goes in brackets: `request.headers['x-user-id']`",
    ],
    [
      'steps.my-step.status == 200',
      'invalid-expression',
      'steps.my-step',
      "a name like this goes in brackets: `steps['my-step']`",
    ],
    ['user.id.orValue("x")', 'invalid-expression', 'user.id', 'ask for the member with `.?`: `user.?id.orValue(x)`'],
    ["user.?id == 'x'", 'invalid-expression', 'user.?id', 'open it with `.orValue(x)`, or ask with `.hasValue()`'],
    ['user.id.startWith("x")', 'invalid-expression', 'user.id.startWith("x")', 'did you mean `startsWith`?'],
    ['startsWith(user.id, "x")', 'invalid-expression', 'startsWith(user.id, "x")', 'write `x.startsWith(…)`'],
    ['user.id.startsWith(user.age)', 'invalid-expression', 'user.age', 'turn the number into text with `string(x)`'],
    ['user.id && true', 'invalid-expression', 'user.id', undefined],
    ['user.id ? 1 : 2', 'invalid-expression', 'user.id', undefined],
    [
      'product.ids.name',
      'invalid-expression',
      'name',
      'take one of its items, `list[0]`, or all of them: `list.map(i, …)`',
    ],
    ['user.age.x', 'invalid-expression', 'x', undefined],
    ['user.age.map(x, x)', 'invalid-expression', 'user.age', undefined],
    ['has(user)', 'invalid-expression', 'user', undefined],
    ['user.id = "x"', 'invalid-expression', '=', 'compare with `==`'],
    ['user.id === "x"', 'invalid-expression', '=', 'compare with `==`'],
    ['user.isVip and user.age > 1', 'invalid-expression', 'and', 'write `&&`'],
    ['user.isVip &', 'invalid-expression', '&', 'write `&&`'],
    ['(user.isVip', 'invalid-expression', 'p', undefined],
    ['', 'invalid-expression', '', undefined],
    ["b'x' == b'y'", 'invalid-expression', undefined, undefined],
    ["user.id.matches('(a+)+$')", 'unsafe-pattern', "'(a+)+$'", undefined],
    ["user.id.matches('a(?=b)')", 'unsafe-pattern', "'a(?=b)'", undefined],
    ['user.id.matches(user.nick)', 'unsafe-pattern', 'user.nick', undefined],
    ["user.id.matches('[')", 'invalid-expression', "'['", undefined],
    ["{'__proto__': 1}", 'unsafe-key', "'__proto__'", undefined],
  ])('%s', (source, code, at, help) => {
    const fault = faultOf(source)
    expect(fault.code).toBe(code)
    if (at !== undefined) expect(pointed(source, fault)).toBe(at)
    expect(fault.help).toBe(help)
    expect(fault.message).not.toMatch(/\n|undefined|EOF|[A-Z]{5}/)
  })

  test('lie inside the source, whatever it is, and nothing is thrown', () => {
    const piece = fc.constantFrom(
      'user',
      '.id',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '&&',
      '||',
      '!',
      '-',
      '+',
      '==',
      'in',
      '1',
      "'a'",
      "'",
      '"',
      ',',
      ':',
      '?',
      '.',
      'size',
      'has',
      'map',
      'r"',
      'b"',
      '\\',
      '//',
      '😀',
      ' ',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const source = pieces.join('')
        const expression = compileExpression(source, types)
        if (!('code' in expression)) return
        expect(expression.offset).toBeGreaterThanOrEqual(0)
        expect(expression.offset).toBeLessThanOrEqual(source.length)
        expect(expression.message.length).toBeGreaterThan(3)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('hostile input', () => {
  test.each([
    ['deep parentheses', `${'('.repeat(1900)}1${')'.repeat(1900)}`],
    ['many signs', `${'!'.repeat(3900)}true`],
    ['a long source', `${'1+'.repeat(3000)}1`],
    ['many nodes', `${'1+'.repeat(1500)}1`],
    ['a huge list', `[${'1,'.repeat(1900)}1]`],
  ])('of %s is a fault', (_, source) => {
    expect(faultOf(source).code).toBe('invalid-expression')
  })

  test('cannot make macros run forever', () => {
    const expression = expressionOf('request.body.all(a, request.body.all(b, request.body.all(c, true)))')
    const body = Array.from({ length: 5000 }, () => 1)
    enter(undefined)
    expect(() => expression.evaluate({ request: { body } })).toThrow(expect.objectContaining({ code: 'too-much-work' }))
    enter(undefined)
    expect(expression.evaluate({ request: { body: [1, 2] } })).toBe(true)
  })

  test('cannot make values grow forever', () => {
    let text = 'x'
    let list = 'x'
    for (let i = 0; i < 20; i++) {
      text = `cel.bind(x, x + x, ${text})`
      list = `cel.bind(x, x + x, ${list})`
    }
    const big = expressionOf(`cel.bind(x, request.body, ${text})`)
    expect(() => big.evaluate({ request: { body: 'a'.repeat(1000) } })).toThrow(GatewayError)
    expect(() => big.evaluate({ request: { body: Array(1000).fill(0) } })).toThrow(GatewayError)
  })

  test('of any depth compares or fails, and the process lives', () => {
    const nest = () => {
      let deep: unknown = 1
      for (let i = 0; i < 100_000; i++) deep = [deep]
      return deep
    }
    const expression = expressionOf('request.body == anything.at_all')
    expect(() => expression.evaluate({ request: { body: nest() }, anything: { at_all: nest() } })).toThrow(GatewayError)
  })

  test('of a wrong kind is an error that names the expression', () => {
    const mixed = expressionOf('anything.at_all > 3')
    expect(() => mixed.test({ anything: { at_all: 'text' } })).toThrow(
      expect.objectContaining({
        code: 'expression-failed',
        detail: undefined,
        reason: 'the expression `anything.at_all > 3` failed: `>` does not go with string and number',
      }),
    )
    expect(() => expressionOf('request.body > 3').test({ request: { body: {} } })).toThrow(
      expect.objectContaining({ code: 'expression-failed' }),
    )
    expect(() => expressionOf('anything.at_all').test({ anything: { at_all: 1 } })).toThrow(GatewayError)
    expect(() => expressionOf('order.total / item.qty').evaluate({ order: { total: 1 }, item: { qty: 0 } })).toThrow(
      GatewayError,
    )
    expect(() => expressionOf('order.total * order.total').evaluate({ order: { total: 1e300 } })).toThrow(GatewayError)
  })

  test('is checked again where data does not keep to its color’s type', () => {
    const odd = { user: { id: 5, isVip: 'yes', age: '41' } }
    for (const source of [
      "user.id.startsWith('x')",
      'user.isVip',
      'user.isVip && true',
      '!user.isVip',
      'user.age > 3',
      'user.isVip ? true : false',
    ])
      expect(() => expressionOf(source).test(odd)).toThrow(expect.objectContaining({ code: 'expression-failed' }))
  })

  test('leaves no element behind in a macro that failed', () => {
    const expression = expressionOf('request.body.exists(x, x > 1)')
    expect(() => expression.test({ request: { body: ['a'] } })).toThrow(GatewayError)
    expect(expression.test({ request: { body: [2] } })).toBe(true)
  })
})

describe('the library, where it gives a value', () => {
  const reference = new Environment({ unlistedVariablesAreDyn: true })
  const any = createExpressionTypes(
    new Map(['n.a', 'n.b', 'n.z', 's.a', 's.z', 'l.a', 'b.a'].map((name) => [name, {}])),
  )
  const { truth } = fc.letrec<{ number: string; text: string; truth: string }>((tie) => ({
    number: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('1.5', '-2.0', '0.0', 'n.a', 'n.b', 'n.z'),
      fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map(([l, op, r]) => `(${l} ${op} ${r})`),
      fc.tuple(tie('truth'), tie('number'), tie('number')).map(([c, l, r]) => `(${c} ? ${l} : ${r})`),
      tie('text').map((text) => `double(size(${text}))`),
    ),
    text: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom("'x'", "''", 's.a', 's.z', 'l.a[0]', 'l.a[9]'),
      fc.tuple(tie('text'), tie('text')).map(([l, r]) => `(${l} + ${r})`),
    ),
    truth: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('true', 'false', 'b.a', 'has(n.a)', 'has(n.z)', "('x' in l.a)"),
      fc
        .tuple(tie('number'), fc.constantFrom('<', '>=', '==', '!='), tie('number'))
        .map(([l, op, r]) => `(${l} ${op} ${r})`),
      fc.tuple(tie('text'), fc.constantFrom('<', '==', '!='), tie('text')).map(([l, op, r]) => `(${l} ${op} ${r})`),
      fc.tuple(tie('truth'), fc.constantFrom('&&', '||'), tie('truth')).map(([l, op, r]) => `(${l} ${op} ${r})`),
      tie('truth').map((c) => `!${c}`),
      fc.tuple(tie('text'), tie('text')).map(([l, r]) => `${l}.contains(${r})`),
      fc.tuple(tie('text'), tie('truth')).map(([t, c]) => `l.a.exists(i, i == ${t} && ${c})`),
      tie('text').map((t) => `l.a.all(i, i < ${t})`),
    ),
  }))

  test('gives the same; where it fails, ours fails too unless it compares what is missing', () => {
    const context = { n: { a: 3.5, b: -1 }, s: { a: 'x' }, l: { a: ['x', 'y'] }, b: { a: true } }
    fc.assert(
      fc.property(truth, (source) => {
        enter(undefined)
        const expression = compileExpression(source, any)
        if ('code' in expression) throw new Error(`${source}: ${expression.message}`)
        let wanted: unknown
        try {
          wanted = reference.evaluate(source, context)
        } catch {
          if (!/[!=]=/.test(source)) expect(() => expression.evaluate(context)).toThrow('is absent')
          return
        }
        expect(expression.evaluate(context)).toBe(wanted)
      }),
      { numRuns: 1500 },
    )
  })
})

describe('guards', () => {
  const any = createExpressionTypes(new Map(['a.x', 'a.y', 'a.ok'].map((name) => [name, {}])))
  const outcomeOf = (source: string, a: Record<string, unknown>): boolean | 'failed' => {
    const expression = compileExpression(source, any)
    if ('code' in expression) throw new Error(`${source}: ${expression.message}`)
    try {
      return expression.test({ a })
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'expression-failed' })
      return 'failed'
    }
  }
  const values = fc.constantFrom("'admin'", "'guest'", '1', 'true')
  const guard = fc.tuple(
    fc.constantFrom(
      (v: string) => `a.x != ${v}`,
      (v: string) => `!(a.x == ${v})`,
      (v: string) => `!(a.x in [${v}])`,
      (v: string) => `!(${v} == a.x)`,
      (v: string) => `[${v}].all(v, a.x != v)`,
      (v: string) => `![${v}].exists(v, a.x == v)`,
      () => "!a.x.startsWith('k')",
      () => '!a.x',
      () => "!a.x.matches('k')",
      () => 'size(a.x) != 3',
      () => '!(a.x > 3)',
    ),
    values,
  )
  const side = fc.constantFrom("a.y == 'z'", "a.y != 'z'", 'a.y > 1', 'a.ok', 'has(a.y)', 'true', 'false', '1 / 0 > 1')
  const document = fc.record(
    { y: fc.constantFrom('z', 'w', 2, null), ok: fc.boolean() },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Record<string, unknown>>

  test('written as `who is not allowed` stop whoever does not say who they are', () => {
    fc.assert(
      fc.property(guard, document, ([write, value], a) => {
        // Whether the guard holds or cannot be told, the request does not go on.
        expect(outcomeOf(write(value), a)).not.toBe(false)
      }),
    )
  })

  test('stay shut beside any other condition', () => {
    fc.assert(
      fc.property(guard, side, document, ([write, value], other, a) => {
        const alone = outcomeOf(write(value), a)
        expect(outcomeOf(`${write(value)} || ${other}`, a)).not.toBe(false)
        expect(outcomeOf(`${other} || ${write(value)}`, a)).not.toBe(false)
        // Only a side that is plainly false passes by.
        if (outcomeOf(other, a) !== false) expect(outcomeOf(`${write(value)} && ${other}`, a)).not.toBe(false)
        expect(alone).not.toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  test('absorb as CEL says, in either order', () => {
    const table = (op: '&&' | '||', l: boolean | 'failed', r: boolean | 'failed') => {
      const decisive = op === '||'
      if (l === decisive || r === decisive) return decisive
      return l === 'failed' || r === 'failed' ? 'failed' : !decisive
    }
    const condition = fc.oneof(
      side,
      guard.map(([write, value]) => write(value)),
    )
    fc.assert(
      fc.property(
        condition,
        condition,
        fc.constantFrom('&&' as const, '||' as const),
        document,
        (left, right, op, a) => {
          const wanted = table(op, outcomeOf(`(${left})`, a), outcomeOf(`(${right})`, a))
          expect(outcomeOf(`(${left}) ${op} (${right})`, a)).toBe(wanted)
          expect(outcomeOf(`(${right}) ${op} (${left})`, a)).toBe(wanted)
          expect(outcomeOf(`(${left}) ${op} (${right}) ? true : false`, a)).toBe(wanted)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

function fails(run: () => unknown): boolean {
  try {
    run()
    return false
  } catch {
    return true
  }
}
