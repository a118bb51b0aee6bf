import { describe, expect, test } from '@jest/globals'
import { load, problemsOf, services } from '../support/route-tests.ts'

const snapshot = load(
  `
in: { geo.city: { from: query.city, default: paris }, user.id?: header.x-user-id, cart.sum?: $.sum }
do:
  - parallel:
      - { invoke: reco.recommend, optional: true }
      - { invoke: content.banners, fallback: { body: { banners: [] } } }
  - { when: has(cart.sum), invoke: user.pay, with: { cart.sum: $.cart.sum } }
response:
  status: 201
  headers: { x-city: $.geo.city, set-cookie: [a=1, b=2] }
  body: { items: { $default: [$.product.list, []] }, banners: $.banner.list, deep: { list: [{ n: 1 }, { n: 2 }] }, nothing: null }
`,
  {
    ...services,
    'services/user': services['services/user']!.replace(
      '{ cart.sum: $.sum }',
      '{ cart.sum: $.sum, user.id?: header.x-user }',
    ),
  },
)
const mocks =
  'mocks: { recommend: { body: { items: [{ id: p1 }] } }, banners: { body: { banners: [b] } }, pay: { body: { token: t } } }'

function check(expected: string, more = mocks): Promise<string[]> {
  return problemsOf(`${more}, expect: ${expected}`, snapshot)
}

describe('holds', () => {
  test.each([
    '{ status: 201 }',
    '{ headers: { X-City: paris, set-cookie: [a=1, b=2], absent: null, content-type: { matches: ^application/json } } }',
    '{ body: { items: [{ id: p1 }], banners: [b], deep: { list: [{ n: 1 }, { n: 2 }] }, nothing: null } }',
    "{ match: { '$.items[0].id': p1, '$.deep.list[*].n': [1, 2], '$..n': [1, 2], $.nothing: null } }",
    "{ match: { '$.items[0].id': { matches: '^p[0-9]$' }, $.absent: { exists: false }, $.nothing: { exists: true } } }",
    '{ degraded: [] }',
    '{ calls: [reco.recommend, content.banners] }',
    '{ calls: [recommend, banners] }',
    '{ calls: { reco.recommend: 1, pay: 0 } }',
    '{ calls: { reco.recommend: { method: get, path: /recommend/paris, query: { size: 3, seg: null } } } }',
    '{ calls: { reco.recommend: { path: /recommend/paris?size=3, headers: { accept: application/json } } } }',
    '{ within: 0 }',
  ])('%s', async (expected) => {
    expect(await check(expected)).toEqual([])
  })

  test('a body, sent as JSON and received as JSON', async () => {
    const sent = 'request: { body: { sum: 5 }, headers: { x-user-id: u1 } }'
    const expected =
      '{ calls: { user.pay: { method: POST, body: { sum: 5 }, headers: { content-type: application/json, x-user: u1 } } } }'
    expect(await check(expected, `${sent}, ${mocks}`)).toEqual([])
  })

  test('degraded parts in any order, each once', async () => {
    const down = 'mocks: { recommend: { status: 500 }, banners: { status: 500 } }'
    expect(await check('{ degraded: [banners, recommend] }', down)).toEqual([])
  })
})

describe('does not hold, and says why', () => {
  test.each([
    ['{ status: 200 }', 'the status is 201, not 200'],
    ['{ error: timeout }', 'the answer is a 201, not the error timeout'],
    ['{ headers: { x-city: rome } }', 'the headers differ; x-city "rome" → "paris"'],
    [
      '{ headers: { x-city: null, x-absent: here } }',
      'the headers differ; x-city nothing → "paris"; x-absent "here" → nothing',
    ],
    ['{ headers: { x-city: { matches: ^r } } }', 'the headers differ; x-city "<a text that matches ^r>" → "paris"'],
    [
      '{ body: { items: [{ id: p2, more: 1 }], banners: [b, c], deep: 1 } }',
      'the body differs; $.items[0].id "p2" → "p1"; $.items[0].more 1 → nothing; $.banners[1] "c" → nothing; ' +
        '$.deep 1 → {"list":[{"n":1},{"n":2}]}; $.nothing nothing → null',
    ],
    ["{ match: { '$.deep.list[*].n': [1, 3] } }", '`$.deep.list[*].n` differs; $.deep.list[*].n[1] 3 → 2'],
    ['{ match: { $.absent: 1 } }', '`$.absent` differs; $.absent 1 → nothing'],
    ['{ match: { $.absent: null } }', '`$.absent` differs; $.absent null → nothing'],
    ['{ match: { $.nothing: { exists: false } } }', '`$.nothing` differs; $.nothing nothing → null'],
    ['{ match: { $.absent: { exists: true } } }', '`$.absent` differs; $.absent "<anything>" → nothing'],
    ['{ degraded: [banners] }', 'other parts are degraded; degraded "banners" → ""'],
    [
      '{ calls: [banners, recommend] }',
      'other calls were made; calls "banners, recommend" → "reco.recommend, content.banners"',
    ],
    [
      '{ calls: [recommend: 2, banners] }',
      'other calls were made; calls "recommend ×2, banners" → "reco.recommend, content.banners"',
    ],
    ['{ calls: [] }', 'other calls were made; calls "none" → "reco.recommend, content.banners"'],
    ['{ calls: { recommend: 2 } }', '`recommend` was called once, not 2 times'],
    ['{ calls: { recommend: 0 } }', '`recommend` was called once, not never'],
    ['{ calls: { pay: { body: {} } } }', '`pay` was never called, not once'],
    ['{ calls: { recommend: [{}, {}] } }', '`recommend` was called once, not 2 times'],
    [
      '{ calls: { recommend: { method: POST, path: /recommend/rome, query: { size: 4, seg: vip }, headers: { accept: null }, body: 1 } } }',
      '`recommend` was sent something else; query.size "4" → "3"; query.seg "vip" → nothing; ' +
        'headers.accept nothing → "application/json"; method "POST" → "GET"; path "/recommend/rome" → "/recommend/paris"; body 1 → nothing',
    ],
    ['{ calls: [recommend, banners: { path: /x }] }', '`banners` was sent something else; path "/x" → "/banners"'],
  ])('%s', async (expected, problem) => {
    expect(await check(expected)).toEqual([`2: ${problem}`])
  })

  test('names the error behind a status', async () => {
    const strict = load('do: [ { invoke: user.pay, with: { cart.sum: 1 } } ]\nresponse: { status: 200 }')
    expect(await problemsOf('mocks: { pay: { status: 503 } }, expect: { status: 200 }', strict)).toEqual([
      '2: the status is 502 (http-503 in pay), not 200',
    ])
    const fussy = load('in: { geo.city: query.city }\nresponse: { body: $.geo.city }')
    expect(await problemsOf('expect: { status: 200, error: timeout }', fussy)).toEqual([
      '2: the status is 400 (invalid-input: query.city is missing), not 200',
      '2: the error is invalid-input, not the error timeout',
    ])
  })

  test('a test that expects nothing', async () => {
    expect(await check('{}')).toEqual([
      '2: it expects nothing: say what must come of it, or let --update write what does',
    ])
  })

  test('a request that goes to no route, or to another', async () => {
    const two = load('response: { body: 1 }', {
      ...services,
      'routes/other': 'match: GET /home/{id}\nresponse: { body: 2 }',
    })
    expect(await problemsOf('request: { path: /away }, expect: { status: 200 }', two)).toEqual([
      '2: GET /away goes to no route',
    ])
    expect(await problemsOf('request: { method: post }, expect: { status: 200 }', two)).toEqual([
      '2: POST /home goes to no route',
    ])
    expect(await problemsOf('request: { path: /home/1 }, expect: { status: 200 }', two)).toEqual([
      '2: GET /home/1 goes to the route other',
    ])
  })
})

describe('a request', () => {
  const echo = load(
    'response: { body: { path: $.request.path, query: $.request.query, headers: $.request.headers, cookies: $.request.cookies, body: $.request.body, ip: $.request.ip, id: $.request.id, method: $.request.method } }',
  )

  test('has what the route may read, whatever is left out', async () => {
    const body = '{ path: /home, query: {}, headers: {}, cookies: {}, ip: 127.0.0.1, id: test, method: GET }'
    expect(await problemsOf(`expect: { body: ${body} }`, echo)).toEqual([])
  })

  test('takes its query from the path and from `query`, its cookies from the header and from `cookies`', async () => {
    const request = `{ path: '/home?a=1&b=%20&a=2', query: { c: 3, d: [x, true] }, headers: { Cookie: k=v, X-Request-Id: r }, cookies: { l: w }, ip: 10.0.0.1 }`
    const query = "{ a: ['1', '2'], b: ' ', c: '3', d: [x, 'true'] }"
    const match = `{ $.path: /home, $.query: ${query}, $.cookies: { k: v, l: w }, $.id: r, $.ip: 10.0.0.1 }`
    expect(await problemsOf(`request: ${request}, expect: { match: ${match} }`, echo)).toEqual([])
  })

  test('is the one before it when it is left out', async () => {
    const requests = "[{ request: { query: { a: 1 } } }, { expect: { match: { $.query: { a: '1' } } } }]"
    expect(await problemsOf(`requests: ${requests}`, echo)).toEqual([])
  })
})
