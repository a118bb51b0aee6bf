import { describe, expect, test } from '@jest/globals'
import { call } from '../support/conformance/operations.ts'

const sent: [name: string, operation: string, colors: string, request: Record<string, unknown>][] = [
  [
    'a placeholder',
    "{ get: '/x/{a.text}' }",
    '{ a.text: paris }',
    { method: 'GET', path: '/x/paris', body: undefined },
  ],
  [
    'a placeholder as one segment',
    "{ get: '/x/{a.text}/y' }",
    "{ a.text: 'a/b?c#d%2f é' }",
    { path: '/x/a%2Fb%3Fc%23d%252f%20%C3%A9/y' },
  ],
  [
    'placeholders inside a segment',
    "{ get: '/x-{a.text}-{a.number}.json' }",
    '{ a.text: t, a.number: 1.5 }',
    { path: '/x-t-1.5.json' },
  ],
  [
    'a placeholder with a name of its own',
    "{ get: '/x/{id}', in: { a.text: path.id } }",
    '{ a.text: t }',
    { path: '/x/t' },
  ],
  ['a literal query', "{ get: '/list?sort=new' }", '{ a.text: t }', { path: '/list?sort=new' }],
  [
    'text that a URL cannot hold',
    "{ get: '/a b/é?q=x y%20z' }",
    '{ a.text: t }',
    { path: '/a%20b/%C3%A9?q=x%20y%20z' },
  ],
  [
    'a query behind a literal one',
    "{ get: '/list?sort=new', in: { a.text: query.q } }",
    "{ a.text: 'a b&c=d' }",
    { path: '/list?sort=new&q=a%20b%26c%3Dd' },
  ],
  [
    'a number, true and false',
    '{ get: /x, in: { a.number: query.n, a.flag: query.f } }',
    '{ a.number: 0, a.flag: false }',
    { path: '/x?n=0&f=false' },
  ],
  [
    'an array as a parameter that repeats',
    '{ get: /x, in: { a.texts: query.ids } }',
    '{ a.texts: [a, b] }',
    { path: '/x?ids=a&ids=b' },
  ],
  [
    'an array joined by a comma',
    "{ get: /x, in: { a.texts: 'query.ids[,]' } }",
    '{ a.texts: [a, b] }',
    { path: '/x?ids=a,b' },
  ],
  [
    'an array joined by something else',
    "{ get: /x, in: { a.texts: 'query.ids[|]' } }",
    '{ a.texts: [a, b] }',
    { path: '/x?ids=a%7Cb' },
  ],
  [
    'an array joined by a blank',
    "{ get: /x, in: { a.texts: 'query.ids[ ]' } }",
    '{ a.texts: [a, b] }',
    { path: '/x?ids=a%20b' },
  ],
  [
    'names with brackets, which are no joins',
    "{ get: /x, in: { a.text: 'query.filter[name]', a.texts: 'query.order[]' } }",
    '{ a.text: t, a.texts: [a, b] }',
    { path: '/x?filter%5Bname%5D=t&order%5B%5D=a&order%5B%5D=b' },
  ],
  [
    'a join behind a name with brackets',
    "{ get: /x, in: { a.texts: 'query.filter[ids][,]' } }",
    '{ a.texts: [a, b] }',
    { path: '/x?filter%5Bids%5D=a,b' },
  ],
  [
    'an array without null',
    '{ get: /x, in: { a.texts: query.ids } }',
    '{ a.texts: [a, null, b] }',
    { path: '/x?ids=a&ids=b' },
  ],
  [
    'an empty parameter for an empty array',
    "{ get: /x, in: { a.texts: 'query.ids[,]' } }",
    '{ a.texts: [] }',
    { path: '/x?ids=' },
  ],
  [
    'no parameter for an empty array where it may be left out',
    "{ get: /x, in: { 'a.texts?': 'query.ids[,]' } }",
    '{ a.texts: [] }',
    { path: '/x' },
  ],
  [
    'no parameter for what may be absent and is',
    '{ get: /x, in: { a.text: query.t, b.text?: query.u } }',
    '{ a.text: t }',
    { path: '/x?t=t' },
  ],
  [
    'a parameter name that needs encoding',
    "{ get: /x, in: { a.text: 'query.filter(x)' } }",
    '{ a.text: t }',
    { path: '/x?filter(x)=t' },
  ],
  [
    'a header in lower case',
    '{ get: /x, in: { a.text: header.X-User-Id } }',
    '{ a.text: t }',
    { headers: { 'x-user-id': 't' } },
  ],
  [
    'an array in a header',
    '{ get: /x, headers: { x-tags: $.a.texts } }',
    '{ a.texts: [a, b] }',
    { headers: { 'x-tags': 'a, b' } },
  ],
  [
    'cookies',
    '{ get: /x, in: { a.text: cookie.sid, a.number: cookie.n } }',
    "{ a.text: 'a;b', a.number: 1 }",
    { headers: { cookie: 'sid=a%3Bb; n=1' } },
  ],
  [
    'headers of templates',
    "{ get: /x, headers: { x-a: 'v-${a.text}', x-b: $.a.number, x-c: fixed } }",
    '{ a.text: t, a.number: 2 }',
    { headers: { 'x-a': 'v-t', 'x-b': '2', 'x-c': 'fixed' } },
  ],
  [
    'no header for an absent value',
    '{ get: /x, headers: { x-a: $.request.headers.nothing } }',
    '{ a.text: t }',
    { headers: {} },
  ],
  [
    'members of the body',
    '{ post: /x, in: { a.text: $.user.name, a.number: $.user.age, a.texts: $.tags } }',
    '{ a.text: t, a.number: 2, a.texts: [x] }',
    { method: 'POST', body: '{"user":{"name":"t","age":2},"tags":["x"]}' },
  ],
  [
    'places in a list of the body',
    "{ post: /x, in: { a.text: '$.rows[0].name', a.number: '$.rows[1].n' } }",
    '{ a.text: t, a.number: 2 }',
    { body: '{"rows":[{"name":"t"},{"n":2}]}' },
  ],
  [
    'the whole body',
    '{ put: /x, in: { a.object: $ } }',
    '{ a.object: { x: [1] } }',
    { method: 'PUT', body: '{"x":[1]}' },
  ],
  ['null in a body', '{ post: /x, in: { a.any: $.x } }', '{ a.any: null }', { body: '{"x":null}' }],
  [
    'a body template',
    "{ patch: /x, body: { sum: $.a.number, list: [ $.a.text ], text: '${a.text}!', none: $.request.query.no } }",
    '{ a.text: t, a.number: 2 }',
    { method: 'PATCH', body: '{"sum":2,"list":["t"],"text":"t!"}' },
  ],
  ['a body of a path alone', '{ post: /x, body: $.a.object }', '{ a.object: { x: 1 } }', { body: '{"x":1}' }],
  [
    'a DELETE with a body',
    '{ delete: /x, in: { a.text: $.why } }',
    '{ a.text: t }',
    { method: 'DELETE', body: '{"why":"t"}' },
  ],
  ['a HEAD', '{ head: /x }', '{ a.text: t }', { method: 'HEAD', body: undefined }],
]

describe('an operation sends', () => {
  test.each(sent)('%s', async (_, operation, colors, request) => {
    const { requests, outcome } = await call(operation, colors)
    expect(outcome.kind === 'failure' ? outcome.error : undefined).toBeUndefined()
    expect(requests[0]).toMatchObject(request)
  })

  test('the headers of its service, its own in their place', async () => {
    const { requests } = await call(
      '{ get: /x, headers: { X-Two: mine } }',
      '{ a.text: t }',
      '',
      'headers: { authorization: $.request.headers.authorization, x-two: theirs, x-three: $.a.text }',
    )
    expect(requests[0]!.headers).toEqual({ authorization: 'Bearer t', 'x-two': 'mine', 'x-three': 't' })
  })
})

const refused: [name: string, operation: string, colors: string, code: string][] = [
  ['a dot segment', "{ get: '/x/{a.text}' }", "{ a.text: '..' }", 'expression-failed'],
  ['a dot segment behind an encoding', "{ get: '/x/{a.text}' }", "{ a.text: '%252e%252e' }", 'expression-failed'],
  ['an empty segment', "{ get: '/x/{a.text}' }", "{ a.text: '' }", 'expression-failed'],
  ['an object in a query', '{ get: /x, in: { a.any: query.q } }', '{ a.any: { x: 1 } }', 'expression-failed'],
  [
    'nothing where something is needed',
    '{ get: /x, in: { b.text: query.q } }',
    '{ b.text: $.request.query.no }',
    'missing-input',
  ],
  ['nothing in a path', "{ get: '/x/{b.text}' }", '{ b.text: $.request.query.no }', 'missing-input'],
  [
    'nothing in a path where it may be absent',
    "{ get: '/x/{t}', in: { b.text?: path.t } }",
    '{ a.text: t }',
    'missing-input',
  ],
  ['null in a path', "{ get: '/x/{b.any}' }", '{ b.any: null }', 'missing-input'],
]

describe('an operation does not send', () => {
  test.each(refused)('%s', async (_, operation, colors, code) => {
    const { outcome, body } = await call(operation, colors)
    expect([outcome.kind, body]).toEqual(['failure', code])
  })
})
