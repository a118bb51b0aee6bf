import { describe, expect, test } from '@jest/globals'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import { runRoute, runSnapshot } from '../support/engine.ts'
import { loadProject } from '../support/project.ts'

const dictionary = `
colors:
  a.text: { type: string }
  a.whole: { type: integer, minimum: 1, maximum: 10 }
  a.number: { type: number }
  a.flag: { type: boolean }
  a.texts: { type: array, items: { type: string } }
  a.numbers: { type: array, items: { type: integer } }
  a.object: { type: object, properties: { x: { type: integer } } }
  a.choice: { type: string, enum: [new, vip] }
  a.maybe: { type: [integer, 'null'] }
  a.either: { type: [integer, string] }
  a.any: {}
`

function take(color: string, locator: string, request: Partial<RequestParts>) {
  const path = request.params ? '/home/{n}' : '/home'
  const response = `response: { body: { value: $.${color.replace('?', '')} } }`
  const route = `match: GET ${path}\nin: { '${color}': ${locator} }\n${response}`
  return runSnapshot(loadProject({ dictionary, 'routes/home': route }), { request })
}

const query = (x: string | string[]): Partial<RequestParts> => ({ query: { x } })
const form: Partial<RequestParts> = { bodyHoldsTexts: true }
const body = (value: unknown): Partial<RequestParts> => ({ body: value })

type Row = [name: string, color: string, locator: string, request: Partial<RequestParts>, value: unknown]
const taken: Row[] = [
  ['text from the query', 'a.text', 'query.x', query('paris'), 'paris'],
  ['text that looks like a number', 'a.text', 'query.x', query('007'), '007'],
  ['nothing but its name', 'a.text', 'query.x', query(''), ''],
  ['a header, whatever its case', 'a.text', 'header.X-User-Id', { headers: { 'x-user-id': 'u1' } }, 'u1'],
  ['a cookie', 'a.text', 'cookie.sid', { cookies: { sid: 's' } }, 's'],
  ['a path parameter', 'a.whole', 'path.n', { params: { n: '7' } }, 7],
  ['a member of the body', 'a.text', '$.user.name', body({ user: { name: 'ann' } }), 'ann'],
  ['the whole body', 'a.object', '$', body({ x: 1 }), { x: 1 }],
  ['many values of the body', 'a.texts', "'$.rows[*].id'", body({ rows: [{ id: 'a' }, { id: 'b' }] }), ['a', 'b']],
  ['a whole number', 'a.whole', 'query.x', query('7'), 7],
  ['a number', 'a.number', 'query.x', query('-1.5e3'), -1500],
  ['true', 'a.flag', 'query.x', query('true'), true],
  ['false', 'a.flag', 'query.x', query('false'), false],
  ['a parameter that repeats', 'a.texts', 'query.x', query(['a', 'b']), ['a', 'b']],
  ['a parameter that might repeat', 'a.texts', 'query.x', query('a'), ['a']],
  ['numbers of a parameter that repeats', 'a.numbers', 'query.x', query(['1', '2']), [1, 2]],
  ['a joined parameter', 'a.texts', "'query.x[,]'", query('a,b'), ['a', 'b']],
  ['a joined parameter with numbers', 'a.numbers', "'query.x[,]'", query('1,2'), [1, 2]],
  ['a parameter joined by something else', 'a.texts', "'query.x[|]'", query('a|b'), ['a', 'b']],
  ['a joined parameter without elements', 'a.texts', "'query.x[,]'", query(''), []],
  ['an object as JSON', 'a.object', 'query.x', query('{"x":1}'), { x: 1 }],
  ['one of a list of values', 'a.choice', 'query.x', query('vip'), 'vip'],
  ['a number where null may stand too', 'a.maybe', 'query.x', query('3'), 3],
  ['null in a body where it may stand', 'a.maybe', '$.n', body({ n: null }), null],
  ['text where a number may stand too', 'a.either', 'query.x', query('3'), '3'],
  ['anything', 'a.any', 'query.x', query('3'), '3'],
  ['a typed member of the body', 'a.whole', '$.n', body({ n: 3 }), 3],
  ['a number of a form', 'a.whole', '$.n', { ...body({ n: '3' }), ...form }, 3],
  ['what might repeat in a form', 'a.numbers', '$.n', { ...body({ n: '3' }), ...form }, [3]],
  ['what may be absent, absent', 'a.text?', 'query.x', {}, undefined],
  ['a default', 'a.text', '{ from: query.x, default: shanghai }', {}, 'shanghai'],
  ['a default beside a ?', 'a.text?', '{ from: query.x, default: shanghai }', {}, 'shanghai'],
  ['what stands where a default would', 'a.text', '{ from: query.x, default: shanghai }', query('paris'), 'paris'],
  ['a default that is false', 'a.flag', '{ from: query.x, default: false }', {}, false],
  ['a default list', 'a.texts', '{ from: query.x, default: [a, b] }', {}, ['a', 'b']],
  ['a locator as a mapping without a default', 'a.text', '{ from: query.x }', query('y'), 'y'],
]

describe('a route takes', () => {
  test.each(taken)('%s', async (_, color, locator, request, value) => {
    const { body } = await take(color, locator, request)
    expect(body).toEqual(value === undefined ? {} : { value })
  })
})

const refused: [name: string, color: string, locator: string, request: Partial<RequestParts>, faults: unknown][] = [
  ['what is missing', 'a.text', 'query.x', {}, [{ in: 'query.x', detail: 'is missing' }]],
  ['text for a number', 'a.whole', 'query.x', query('many'), [{ in: 'query.x', detail: 'must be integer' }]],
  ['a fraction for a whole number', 'a.whole', 'query.x', query('1.5'), [{ in: 'query.x', detail: 'must be integer' }]],
  ['a number out of its range', 'a.whole', 'query.x', query('11'), [{ in: 'query.x', detail: 'must be <= 10' }]],
  ['nothing for a number', 'a.whole', 'query.x', query(''), [{ in: 'query.x', detail: 'must be integer' }]],
  ['a hexadecimal', 'a.number', 'query.x', query('0x10'), [{ in: 'query.x', detail: 'must be number' }]],
  ['Infinity', 'a.number', 'query.x', query('1e999'), [{ in: 'query.x', detail: 'must be number' }]],
  ['yes for true', 'a.flag', 'query.x', query('yes'), [{ in: 'query.x', detail: 'must be boolean' }]],
  [
    'none of the listed values',
    'a.choice',
    'query.x',
    query('x'),
    [{ in: 'query.x', detail: 'must be one of "new", "vip"' }],
  ],
  ['two values for one', 'a.text', 'query.x', query(['a', 'b']), [{ in: 'query.x', detail: 'must be string' }]],
  ['one bad element', 'a.numbers', 'query.x', query(['1', 'b']), [{ in: 'query.x', detail: '[1] must be integer' }]],
  [
    'a bad value although there is a default',
    'a.whole',
    '{ from: query.x, default: 1 }',
    query('b'),
    [{ in: 'query.x', detail: 'must be integer' }],
  ],
  [
    'a bad value although it may be absent',
    'a.whole?',
    'query.x',
    query('b'),
    [{ in: 'query.x', detail: 'must be integer' }],
  ],
  ['a number for text in the body', 'a.text', '$.n', body({ n: 3 }), [{ in: '$.n', detail: 'must be string' }]],
  ['text for a number in a JSON body', 'a.whole', '$.n', body({ n: '3' }), [{ in: '$.n', detail: 'must be integer' }]],
  ['text for a list in a JSON body', 'a.texts', '$.n', body({ n: 'a' }), [{ in: '$.n', detail: 'must be array' }]],
  ['a deep fault', 'a.object', '$', body({ x: 'b' }), [{ in: '$', detail: 'x must be integer' }]],
  ['a member of a body that is not there', 'a.text', '$.n', body(undefined), [{ in: '$.n', detail: 'is missing' }]],
]

describe('a route refuses', () => {
  test.each(refused)('%s', async (_, color, locator, request, faults) => {
    const { outcome } = await take(color, locator, request)
    expect(outcome).toMatchObject({ kind: 'failure', error: { code: 'invalid-input', status: 400, faults } })
  })

  test('all that is wrong at once, and the value itself is never repeated', async () => {
    const { outcome } = await runRoute(
      'in: { user.id: query.a, cart.sum: query.b, user.segment: header.c }\nresponse: { body: [ $.user.id, $.cart.sum, $.user.segment ] }',
      { request: { query: { b: 'secret-1' }, headers: { c: 'secret-2' } } },
    )
    expect(outcome).toMatchObject({
      kind: 'failure',
      error: { faults: [{ in: 'query.a' }, { in: 'query.b' }, { in: 'header.c' }] },
    })
    expect(JSON.stringify(outcome)).not.toMatch(/secret-/)
  })
})
