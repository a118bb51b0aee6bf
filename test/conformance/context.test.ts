import { describe, expect, test } from '@jest/globals'
import { startStubbedGateway } from '../support/stubbed-gateway.ts'

const dictionary = `
colors:
  a.text: { type: string }
  b.text: { type: string }
  list.all: { type: array }
  list.codes: { type: array }
`
const service = `
service: s
endpoints: [BACKEND]
operations:
  ok: { get: /ok, out: { a.text: $.text } }
  fail: { get: /fail, out: { b.text: $.text } }
  named: { get: /named, errors: { 409: taken } }
`
const stubs = {
  'GET /ok': { status: 203, headers: { 'x-stub': 'yes' }, body: { text: 'fine' } },
  'GET /fail': { status: 503, body: { reason: 'busy' } },
  'GET /named': { status: 409, body: { by: 'bob' } },
}

function start(route: string) {
  return startStubbedGateway({ dictionary, 'services/s': service, 'routes/r': route }, stubs)
}

describe('request', () => {
  test('holds what the client sent', async () => {
    const { ask } = await start(`
match: POST /r/{first}/*rest
response:
  body:
    method: $.request.method
    path: $.request.path
    params: $.request.params
    query: $.request.query
    header: $.request.headers['x-some-header']
    cel: '\${ request.headers["x-some-header"] + request.params.first + request.query.q }'
    cookies: $.request.cookies
    body: $.request.body
    ip: $.request.ip
`)
    const { json } = await ask('/r/on%20e/two/three?q=1&many=a&many=b&empty=', {
      headers: { 'X-Some-Header': 'v', cookie: 'a=1; b=x%20y' },
      body: { deep: [1, { x: null }] },
    })
    expect(json).toEqual({
      method: 'POST',
      path: '/r/on%20e/two/three',
      params: { first: 'on e', rest: 'two/three' },
      query: { q: '1', many: ['a', 'b'], empty: '' },
      header: 'v',
      cel: 'von e1',
      cookies: { a: '1', b: 'x%20y' },
      body: { deep: [1, { x: null }] },
      ip: '127.0.0.1',
    })
  })

  test('has the id that the answer names, the client’s own if it sent one', async () => {
    const { ask } = await start('match: GET /r\nresponse: { body: { id: $.request.id } }')
    const made = await ask('/r')
    expect(made.json.id).toMatch(/^[0-9a-f]{32}$/)
    expect(made.headers['x-request-id']).toBe(made.json.id)
    expect((await ask('/r', { headers: { 'x-request-id': 'mine-1' } })).json).toEqual({ id: 'mine-1' })
  })

  test('has a body of text, of a form, or none', async () => {
    const { ask } = await start('match: POST /r\ndecode: [text, form]\nresponse: { body: { got: $.request.body } }')
    expect((await ask('/r', { text: 'plain', headers: { 'content-type': 'text/plain' } })).json).toEqual({
      got: 'plain',
    })
    const form = { text: 'a=1&b=x+y', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    expect((await ask('/r', form)).json).toEqual({ got: { a: '1', b: 'x y' } })
    expect((await ask('/r', { method: 'POST' })).json).toEqual({})
  })
})

describe('steps', () => {
  test('hold how a call went', async () => {
    const { ask } = await start('match: GET /r\ndo: [ { id: mine, invoke: s.ok } ]\nresponse: { body: $.steps.mine }')
    const { json } = await ask('/r')
    expect(json).toEqual({
      status: 203,
      headers: expect.objectContaining({ 'x-stub': 'yes', 'content-type': 'application/json' }),
      body: { text: 'fine' },
      source: 'live',
      ms: expect.any(Number),
      attempts: 1,
    })
  })

  test('hold how a call failed', async () => {
    const { ask } = await start(
      'match: GET /r\ndo: [ { invoke: s.fail, optional: true, retry: { attempts: 2, delay: 1ms } } ]\nresponse: { body: $.steps.fail }',
    )
    const { json } = await ask('/r')
    expect(json).toMatchObject({ status: 503, source: 'skipped', error: 'http-503' })
    expect(json).not.toHaveProperty('body')
    expect(json.ms).toEqual(expect.any(Number))
    expect(json.attempts).toBe(2)
  })

  test('hold what fell back', async () => {
    const { ask } = await start(
      'match: GET /r\ndo: [ { invoke: s.fail, fallback: { body: { text: instead } } } ]\nresponse: { body: { step: $.steps.fail, text: $.b.text } }',
    )
    const { json } = await ask('/r')
    expect(json).toMatchObject({
      step: { source: 'fallback', error: 'http-503', body: { text: 'instead' } },
      text: 'instead',
    })
  })

  test('are named by their operations, numbered where one is called twice', async () => {
    const { ask } = await start(
      'match: GET /r\ndo: [ { invoke: s.ok }, { invoke: s.ok } ]\nresponse: { body: [ $.steps.ok.status, "$.steps[\'ok-2\'].status" ] }',
    )
    expect((await ask('/r')).json).toEqual([203, 203])
  })

  test('hold nothing of a step that was passed by', async () => {
    const { ask } = await start(
      "match: GET /r\ndo: [ { when: 'request.query.no == \"x\"', invoke: s.ok } ]\nresponse: { body: { ran: '${ has(steps.ok) }', text: $.a.text } }",
    )
    expect((await ask('/r')).json).toEqual({ ran: false })
  })
})

const errorRoute = (steps: string) => `
match: GET /r
do:
  - try: ${steps}
    catch: [ { errors: [all], do: [ { respond: { body: { code: $.error.code, status: $.error.status, step: $.error.step, title: $.error.title, detail: $.error.detail, body: $.error.body } } } ] } ]
`

const errors: [name: string, steps: string, error: unknown][] = [
  [
    'of a status',
    '[ { id: mine, invoke: s.fail } ]',
    { code: 'http-503', status: 503, step: 'mine', title: expect.any(String), body: { reason: 'busy' } },
  ],
  [
    'of a status with a name',
    '[ { invoke: s.named } ]',
    { code: 'taken', status: 409, step: 'named', title: expect.any(String), body: { by: 'bob' } },
  ],
  [
    'of a backend that is not there',
    '[ { id: gone, invoke: { service: nowhere, get: / } } ]',
    {
      code: 'unavailable',
      status: 502,
      step: 'gone',
      title: expect.any(String),
      detail: expect.not.stringMatching(/127|:9/),
    },
  ],
  [
    'of a throw',
    '[ { id: stop, throw: { error: too-late, status: 410, title: \'Too ${ "late" }\', detail: closed } } ]',
    { code: 'too-late', status: 410, step: 'stop', title: 'Too late', detail: 'closed' },
  ],
  [
    'of a throw that says only its code',
    '[ { id: stop, throw: { error: too-late } } ]',
    { code: 'too-late', status: 500, step: 'stop', title: expect.any(String) },
  ],
  [
    'of a missing input',
    '[ { assign: { a.text: $.request.query.no } }, { id: mine, invoke: { service: s, get: /ok, in: { a.text: query.x } } } ]',
    {
      code: 'missing-input',
      status: 502,
      step: 'mine',
      title: expect.any(String),
      detail: expect.stringContaining('a.text'),
    },
  ],
]

describe('error, inside a catch', () => {
  test.each(errors)('%s', async (_, steps, error) => {
    const files = {
      dictionary,
      'services/s': service,
      'services/nowhere': 'service: nowhere\nendpoints: [NOWHERE]',
      'routes/r': errorRoute(steps),
    }
    const { ask } = await startStubbedGateway(files, stubs)
    const { json } = await ask('/r')
    expect(json).toEqual(error)
  })

  test('is read by paths, expressions and conditions', async () => {
    const { ask } = await start(`
match: GET /r
do:
  - try: [ { invoke: s.fail } ]
    catch:
      - errors: [http-5xx]
        do:
          - when: error.status == 503
            assign: { a.text: '\${ error.code } \${ error.step } \${ error.body.reason }' }
response: { body: { text: $.a.text } }
`)
    expect((await ask('/r')).json).toEqual({ text: 'http-503 fail busy' })
  })
})

describe('item and index', () => {
  test('are the element and its position in forEach and in $each', async () => {
    const { ask } = await start(`
match: GET /r
do:
  - forEach: { in: [ x, y ] }
    do:
      - when: index == 0.0 || item == 'y'
        assign: { a.text: '\${ item }-\${ index }' }
    collect: { list.all: { text: $.a.text, inner: { $each: [ 1, 2 ], $map: [ $.item, $.index ] }, outer: $.item } }
response: { body: $.list.all }
`)
    expect((await ask('/r')).json).toEqual([
      {
        text: 'x-0',
        inner: [
          [1, 0],
          [2, 1],
        ],
        outer: 'x',
      },
      {
        text: 'y-1',
        inner: [
          [1, 0],
          [2, 1],
        ],
        outer: 'y',
      },
    ])
  })
})
