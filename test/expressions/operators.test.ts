import { beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../../src/errors.ts'
import { type Document, eventsOf } from '../../src/expressions/document.ts'
import { createExpressionTypes } from '../../src/expressions/expression.ts'
import { compileTemplate, parseTemplate, readsOf, schemaOf, traceTemplate } from '../../src/expressions/template.ts'
import { enter } from '../../src/expressions/work.ts'
import { parseJson } from '../../src/json-text.ts'

beforeEach(() => enter(undefined))

const names = ['a.list', 'a.other', 'a.object', 'a.n', 'a.text', 'a.flag', 'a.nothing', 'a.names']
const types = createExpressionTypes(new Map(names.map((name) => [name, {}])))
const a = {
  list: [
    { id: 2, brand: 'x', price: { cents: 30 } },
    { id: 1, brand: 'y', price: { cents: 10 } },
    { id: 2.0, brand: 'x', price: { cents: 20 } },
    { brand: 'z' },
  ],
  other: [
    { owner: 1, t: 'p' },
    { owner: 1, t: 'q' },
    { owner: 9, t: 'r' },
  ],
  object: { x: { p: 1, q: 1 }, y: 2 },
  n: 3,
  text: 'abc',
  flag: true,
  names: ['x', 'nothing', '__proto__'],
}
const context: Document = { request: {}, steps: {}, a }

function fill(template: unknown, document: Document = context): unknown {
  const parsed = parseTemplate(template, types)
  if (parsed.faults.length > 0) throw new Error(JSON.stringify(parsed.faults))
  return compileTemplate(parsed.template)(document)
}
const faultsOf = (template: unknown) =>
  parseTemplate(template, types).faults.map(({ code, message, path }) => `${code} ${path.join('.')}: ${message}`)

describe('operators', () => {
  test.each<[unknown, unknown]>([
    [{ $concat: [[1], '$.a.nothing', [2, [3]]] }, [1, 2, [3]]],
    [{ $flatten: [[1, [2]], 3, []] }, [1, [2], 3]],
    [{ $flatten: '$.a.nothing' }, undefined],
    [{ $distinct: { of: [1, 'a', 1.0, 'a', { b: 1, c: 2 }, { c: 2, b: 1 }] } }, [1, 'a', { b: 1, c: 2 }]],
    [{ $each: { $distinct: { of: '$.a.list', by: 'id' } }, $map: '$.item.price.cents' }, [30, 10, null]],
    [{ $distinct: { of: [{}, {}], by: 'id' } }, [{}, {}]],
    [
      { $each: { $sort: { of: '$.a.list', by: '$.item.price.cents' } }, $map: '$.item.price.cents' },
      [10, 20, 30, null],
    ],
    [
      {
        $each: { $sort: { of: '$.a.list', by: ['brand', '$.item.price.cents'], order: 'desc' } },
        $map: '$.item.price.cents',
      },
      [null, 10, 30, 20],
    ],
    [{ $sort: { of: ['b', 2, null, 'a', 10, true, false] } }, [2, 10, 'a', 'b', false, true, null]],
    [{ $sort: { of: ['b', 2, null, 'a'], order: 'desc' } }, ['b', 'a', 2, null]],
    [
      {
        $each: { $group: { of: '$.a.list', by: 'brand' } },
        $map: ['$.item.key', { $each: '$.item.items', $map: '$.item.id' }],
      },
      [
        ['x', [2, 2]],
        ['y', [1]],
        ['z', [null]],
      ],
    ],
    [{ $group: { of: [{ p: 1, q: 'a' }], by: ['p', '$.item.q'] } }, [{ key: [1, 'a'], items: [{ p: 1, q: 'a' }] }]],
    [{ $keyBy: { of: '$.a.list', by: 'id' } }, { 1: a.list[1], 2: a.list[0] }],
    [{ $range: { from: 1, to: 4 } }, [1, 2, 3]],
    [{ $range: { to: '$.a.n' } }, [0, 1, 2]],
    [{ $range: { from: 5, to: 0, step: -2 } }, [5, 3, 1]],
    [{ $range: { from: 5, to: 0 } }, []],
    [{ $slice: { of: [1, 2, 3, 4], from: 1, to: 3 } }, [2, 3]],
    [{ $slice: { of: [1, 2, 3, 4], from: -2 } }, [3, 4]],
    [{ $slice: { of: [1, 2], to: -5 } }, []],
    [
      { $zip: { p: [1, 2, 3], q: ['a', 'b'] } },
      [
        { p: 1, q: 'a' },
        { p: 2, q: 'b' },
      ],
    ],
    [
      { $entries: { p: 1, q: 2 } },
      [
        { key: 'p', value: 1 },
        { key: 'q', value: 2 },
      ],
    ],
    [
      {
        $fromEntries: [
          { key: 'p', value: 1 },
          { key: 7, value: 2 },
          { key: 'p', value: 3 },
        ],
      },
      { p: 3, 7: 2 },
    ],
    [{ $if: 'a.n > 2', $then: 'many', $else: 'few' }, 'many'],
    [{ $if: '${ a.n > 5 }', $then: 'many' }, undefined],
    [{ $if: 'has(a.nothing)', $then: '${ a.nothing + 1 }', $else: 0 }, 0],
    [{ $each: '$.a.list', $where: 'item.brand == "x"', $map: '$.index' }, [0, 2]],
    [{ $each: '$.a.list', $where: 'item.id > 1', $map: '$.item.id', $failed: 'omit' }, [2, 2]],
    [{ $merge: ['$.a.object', { x: { q: 2 } }] }, { x: { q: 2 }, y: 2 }],
    [
      { $merge: ['$.a.object', { x: { q: 2 }, y: { z: 1 } }, { x: { r: [1] } }], deep: true },
      { x: { p: 1, q: 2, r: [1] }, y: { z: 1 } },
    ],
    [{ $pick: '$.a.names', $from: '$.a.object' }, { x: a.object.x }],
    [{ $pick: ['$.a.names[0]', 'y'], $from: '$.a.object' }, a.object],
    [{ $omit: '$.a.names', $from: '$.a.object' }, { y: 2 }],
    [{ $omit: '$.a.nothing', $from: '$.a.object' }, undefined],
  ])('%j', (template, wanted) => expect(fill(template)).toEqual(wanted))

  test('merged deep leaves what it is made of as it is', () => {
    fill({ $merge: ['$.a.object', { x: { q: 2 } }], deep: true })
    expect(a.object).toEqual({ x: { p: 1, q: 1 }, y: 2 })
  })

  test.each<[unknown]>([
    [{ $concat: ['$.a.text'] }],
    [{ $sort: { of: [{}, {}] } }],
    [{ $keyBy: { of: [{ id: {} }], by: 'id' } }],
    [{ $range: { to: '$.a.text' } }],
    [{ $range: { to: 5, step: '${ a.n - 3 }' } }],
    [{ $fromEntries: [1] }],
    [{ $pick: ['${ a.n }'], $from: '$.a.object' }],
  ])('%j is an invalid-response', (template) =>
    expect(() => fill(template)).toThrow(expect.objectContaining({ code: 'invalid-response' })),
  )

  test('a condition that cannot be told fails, whichever operator has it', () => {
    for (const template of [
      { $if: 'a.nothing', $then: 1 },
      { $each: [1], $where: 'a.nothing > 1', $map: 1 },
    ])
      expect(() => fill(template)).toThrow(expect.objectContaining({ code: 'expression-failed' }))
  })

  test.each<[unknown, string]>([
    [{ $sort: { of: [], order: 'up' } }, 'invalid-value $sort.order: `order` is `asc` or `desc`'],
    [{ $sort: { off: [] } }, 'unknown-operator $sort.off: `$sort` has no key `off`'],
    [{ $sort: {} }, 'missing-key $sort: `$sort` lacks `of`'],
    [{ $group: { of: [], by: [] } }, 'invalid-value $group.by: `by` has a name or a path'],
    [
      { $keyBy: { of: [], by: ['a'] } },
      'invalid-value $keyBy.by: the name of a member is one text: `by` is no list here',
    ],
    [{ $range: { to: 3, step: 0 } }, 'invalid-value $range.step: a `step` of 0 never gets there'],
    [{ $if: '1 + 1', $then: 1 }, 'invalid-expression $if: a condition must be true or false, this is a int'],
    [{ $if: 'a.nn', $then: 1 }, 'unknown-color $if: nothing is called `a.nn`'],
    [{ $merge: [], deep: 'yes' }, 'invalid-value deep: `deep` is true or false'],
  ])('%j is told at load', (template, wanted) => expect(faultsOf(template)).toEqual([wanted]))

  test('say what they make, as far as their parts do', () => {
    const of = (template: unknown) =>
      schemaOf(parseTemplate(template, types).template, () => ({
        type: 'array',
        items: { type: 'string' },
        maxItems: 3,
      }))
    expect(of({ $sort: { of: '$.a.list' } })).toEqual({ type: 'array', items: { type: 'string' }, maxItems: 3 })
    expect(of({ $zip: { p: '$.a.list' } })).toMatchObject({ items: { properties: { p: { type: 'string' } } } })
    expect(of({ $if: 'a.flag', $then: 1, $else: 'x' })).toMatchObject({
      anyOf: [{ type: 'integer' }, { type: 'string' }],
    })
    expect(of({ $range: { to: 3 } })).toEqual({ type: 'array', items: { type: 'integer' } })
  })

  test('what a condition shows to be there is not told to be missing in what follows it', () => {
    const read = (template: unknown) =>
      readsOf(parseTemplate(template, types).template)
        .filter(({ needed }) => needed)
        .map(({ prefix }) => prefix.join('.'))
    expect(read({ $if: 'has(a.n)', $then: '${ a.n + 1 }', $else: '${ a.n + 2 }' })).toEqual(['a.n'])
    expect(read({ $if: 'has(a.n)', $then: '${ a.n + 1 }' })).toEqual([])
    expect(read({ $if: 'a.flag', $then: 1 })).toEqual(['a.flag'])
  })
})

test('a whole number is a position however it is written', () => {
  const document = { ...context, a: parseJson('{"n":1.0,"m":2e0}') }
  expect(fill({ $slice: { of: [1, 2, 3], from: '$.a.n', to: '$.a.m' } }, document)).toEqual([2])
  expect(fill({ $range: { from: '$.a.n', to: '$.a.m' } }, document)).toEqual(
    fill({ $range: { from: 1, to: 2 } }, document),
  )
})

describe('a join', () => {
  const join = (more: object) => ({
    $join: { left: '$.a.list', right: '$.a.other', on: { left: 'id', right: 'owner' }, as: 'o', ...more },
  })
  const found = (more: object) => (fill(join(more)) as { o?: unknown }[]).map(({ o }) => o)
  test('by two names, the first or many', () => {
    expect(found({})).toEqual([undefined, a.other[0], undefined, undefined])
    expect(found({ many: true })).toEqual([[], a.other.slice(0, 2), [], []])
  })
  test('keeps, drops or fails for what has no match', () => {
    expect(found({ unmatched: 'drop' })).toEqual([a.other[0]])
    expect(found({ unmatched: 'drop', many: true })).toEqual([a.other.slice(0, 2)])
    expect(() => found({ unmatched: 'fail' })).toThrow(GatewayError)
  })
  test('with what is absent has no match for anything', () => {
    for (const right of ['$.a.nothing', null]) {
      expect(fill(join({ right, unmatched: 'drop' }))).toEqual([])
      expect(() => fill(join({ right, unmatched: 'fail' }))).toThrow(GatewayError)
      expect(fill(join({ right }))).toEqual(a.list)
    }
  })
  test('of which nothing matches tells the types of both in the span', () => {
    const events: unknown[] = []
    const span = { sampled: true, event: (...event: unknown[]) => void events.push(event) }
    const document = { ...context, a: { list: [{ id: 1 }], other: [{ owner: '1' }] }, [eventsOf]: span }
    fill(join({}), document)
    fill(join({}), { ...context, [eventsOf]: span })
    expect(events).toEqual([
      ['tessera.join.no_match', { 'tessera.join.left': 'id: integer', 'tessera.join.right': 'owner: string' }],
    ])
  })
})

describe('what is followed of a list is found where an operator puts it', () => {
  const list = { area: ['a', 'list', null, 'secret'], origin: 's' }
  const areas = (template: unknown) =>
    traceTemplate(parseTemplate(template, types).template, [list]).map(({ area }) => area)
  test.each<[unknown, unknown]>([
    [{ $concat: [[1], '$.a.list'] }, [[null, 'secret']]],
    [{ $sort: { of: '$.a.list', by: 'id' } }, [[null, 'secret']]],
    [{ $distinct: { of: '$.a.list', by: 'secret' } }, [[null, 'secret']]],
    [{ $slice: { of: '$.a.list', from: 1 } }, [[null, 'secret']]],
    [{ $group: { of: '$.a.list', by: 'id' } }, [[null, 'items', null, 'secret']]],
    [
      { $group: { of: '$.a.list', by: 'secret' } },
      [
        [null, 'items', null, 'secret'],
        [null, 'key'],
      ],
    ],
    [
      { $group: { of: '$.a.list', by: ['id', '$.item.secret'] } },
      [
        [null, 'items', null, 'secret'],
        [null, 'key', 1],
      ],
    ],
    [{ $keyBy: { of: '$.a.list', by: 'secret' } }, [[null, 'secret'], []]],
    [{ $zip: { x: '$.a.list' } }, [[null, 'x', 'secret']]],
    [{ $fromEntries: { $each: '$.a.list', $map: { key: '$.item.secret', value: 1 } } }, [[]]],
    [{ $if: 'a.flag', $then: '$.a.list', $else: 1 }, [[null, 'secret']]],
    [{ $pick: '$.a.names', $from: { x: '$.a.list' } }, [['x', null, 'secret']]],
    [{ $merge: [{ x: '$.a.list' }], deep: true }, [['x', null, 'secret']]],
    [{ $pick: ['id'], $from: '$.a.list[0]' }, []],
  ])('%j', (template, wanted) => expect(areas(template)).toEqual(wanted))

  test('wherever the data puts it', () => {
    const part = fc.constantFrom<(of: unknown) => unknown>(
      (of) => ({ $concat: [of, of] }),
      (of) => ({ $flatten: [of] }),
      (of) => ({ $sort: { of, by: '$.item.id' } }),
      (of) => ({ $distinct: { of, by: 'id' } }),
      (of) => ({ $slice: { of, from: -2 } }),
      (of) => ({ $each: { $group: { of, by: 'id' } }, $map: '$.item.items[0]' }),
      (of) => ({ $each: { $zip: { z: of } }, $map: '$.item.z' }),
      (of) => ({ $each: { $entries: { $keyBy: { of, by: 'id' } } }, $map: '$.item.value' }),
      (of) => ({ $if: 'a.flag', $then: of }),
      (of) => ({ $each: of, $where: 'has(item.id)', $map: { $merge: ['$.item', { p: 1 }], deep: true } }),
    )
    const secret = 'the secret'
    const data = [1, 2, 3].map((id) => ({ id, secret }))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        enter(undefined)
        const template = parts.reduce<unknown>((of, make) => make(of), '$.a.list')
        const made = fill(template, { ...context, a: { ...a, list: data } })
        const marked = areas(template)
        for (const place of placesOf(made, secret))
          expect(marked.some((area) => area.every((step, i) => step === null || step === place[i]))).toBe(true)
      }),
    )
  })
})

function placesOf(
  value: unknown,
  wanted: unknown,
  at: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (value === wanted) return [at]
  if (Array.isArray(value)) return value.flatMap((item, i) => placesOf(item, wanted, [...at, i]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => placesOf(member, wanted, [...at, name]))
}
