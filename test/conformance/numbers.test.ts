import { describe, expect, test } from '@jest/globals'
import { parseJson } from '../../src/json-text.ts'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { openRoute, textOf } from '../support/memory-backends.ts'
import { loadProject } from '../support/project.ts'

const files = {
  dictionary: `
colors:
  acct.id: { type: integer }
  acct.any: {}
  acct.list: { type: array }
  acct.prices: { type: array }
  acct.limit: { type: integer, minimum: 0, multipleOf: 3, maximum: 9007199254740991 }
  acct.set: { type: array, uniqueItems: true, items: { type: number } }
  acct.one: { enum: [1, 2], type: number }
`,
  'services/s': `
service: s
endpoints: [http://127.0.0.1:9]
operations:
  given: { get: /given, out: { acct.id: $.id, acct.any: $.any, acct.list: $.list, acct.prices: $.prices } }
  user: { get: '/users/{acct.id}', in: { acct.any?: query.n }, headers: { x-id: $.acct.id, x-text: 'n \${ acct.id }' } }
  save: { post: /save, in: { acct.id: $.id, acct.any?: $.any } }
  note: { post: /note, body: $.request.body }
`,
}

interface Page {
  readonly status: number
  /** The body's text; of a failure its code. */
  readonly body: string
  /** `METHOD path body` of what was sent, the first call aside. */
  readonly sent: string[]
  readonly headers: Record<string, string>
}

/** A page of a route in whose first call a backend gives this. */
async function page(route: string, given = '{}', request: Partial<RequestParts> = {}): Promise<Page> {
  const snapshot = loadProject({ ...files, 'routes/r': `match: POST /r/{n}\n${route}` })
  const sent: string[] = []
  const headers: Record<string, string> = {}
  const { run, close } = openRoute(snapshot.routes[0] as AggregatedRoute, ({ method, path, body, headers: all }) => {
    if (path === '/given') return given
    sent.push(`${method} ${path}${body === undefined ? '' : ` ${body}`}`)
    for (let at = 0; at < all.length; at += 2) headers[all[at]!] = all[at + 1]!
    return '{}'
  })
  const outcome = await run(request)
  await close()
  const status = outcome.kind === 'failure' ? outcome.error.status : outcome.status
  return { status, body: textOf(outcome), sent, headers }
}

const big = '9007199254740993'
const ids = ['1786543210987654321', '1786543210987654322']
const body = (text: string) => ({ body: parseJson(text) })

describe('a whole number beyond 2^53 is the same', () => {
  test('in a path, a query, a header and a text', async () => {
    const { sent, headers } = await page(
      'do: [ { invoke: s.given }, { invoke: s.user } ]',
      `{"id":${big},"any":[${big},1.0]}`,
    )
    expect(sent).toEqual([`GET /users/${big}?n=${big}&n=1.0`])
    expect(headers).toMatchObject({ 'x-id': big, 'x-text': `n ${big}` })
  })

  test('in a body by locators, by a template and by `with`', async () => {
    const route = `do:
  - invoke: s.given
  - invoke: s.save
  - { invoke: s.save, id: other, with: { acct.any: { a: $.acct.id, b: '\${ acct.id + 1 }' } } }
  - invoke: s.note`
    const { sent } = await page(route, `{"id":${big}}`, body(`{"n":${big},"d":1.10}`))
    expect(sent).toEqual([
      `POST /save {"id":${big}}`,
      `POST /save {"id":${big},"any":{"a":${big},"b":9007199254740994}}`,
      `POST /note {"n":${big},"d":1.10}`,
    ])
  })

  test('through every operator of templates', async () => {
    const route = `do: [ { invoke: s.given } ]
response:
  body:
    merged: { $merge: [ $.acct.any, {} ] }
    picked: { $pick: [n], $from: $.acct.any }
    without: { $omit: [x], $from: $.acct.any }
    first: { $default: [ $.acct.any.none, $.acct.any.n ] }
    each: { $each: $.acct.list, $map: { id: $.item, next: '\${ item + 1 }' } }
    compact: { $compact: $.acct.list }`
    const given = `{"any":{"n":${big}},"list":[${big}]}`
    expect((await page(route, given)).body).toBe(
      `{"merged":{"n":${big}},"picked":{"n":${big}},"without":{"n":${big}},"first":${big},` +
        `"each":[{"id":${big},"next":9007199254740994}],"compact":[${big}]}`,
    )
  })

  test('where lists are joined, filtered and gone through', async () => {
    const route = `do:
  - invoke: s.given
  - { forEach: { in: $.acct.list, as: acct.any }, do: [ { invoke: s.save, with: { acct.id: $.item.id } } ] }
response:
  body:
    joined: { $join: { left: $.acct.list, right: $.acct.prices, on: id, as: p } }
    found: '$.acct.list[?@.id == ${ids[1]}].id'
    above: '$.acct.list[?@.id > ${ids[0]}].id'
    same: '\${ acct.list[0].id == acct.list[1].id }'
    less: '\${ acct.list[0].id < acct.list[1].id }'
    in: '\${ ${ids[0]} in [acct.list[1].id] }'`
    const given = `{"list":[{"id":${ids[0]}},{"id":${ids[1]}}],"prices":[{"id":${ids[1]},"v":2},{"id":${ids[0]}.0,"v":1}]}`
    const { body: text, sent } = await page(route, given)
    expect(sent.map((line) => /"id":(\d+)/.exec(line)?.[1])).toEqual(ids)
    expect(text).toBe(
      `{"joined":[{"id":${ids[0]}},{"id":${ids[1]},"p":{"id":${ids[1]},"v":2}}],` +
        `"found":[${ids[1]}],"above":[${ids[1]}],"same":false,"less":true,"in":false}`,
    )
  })
})

describe('a decimal', () => {
  test('keeps its text where it is only passed on, and is a double where it is computed with', async () => {
    const route = `do: [ { invoke: s.given } ]
response: { body: { all: $.acct.any, text: '\${ acct.any.p } EUR', one: '\${ acct.any.p }', sum: '\${ acct.any.p + 1 }', eq: '\${ acct.any.one == 1 }' } }`
    expect((await page(route, '{"any":{"p":19.90,"one":1.0,"z":-0,"e":1E2}}')).body).toBe(
      '{"all":{"p":19.90,"one":1.0,"z":-0,"e":1E2},"text":"19.90 EUR","one":19.90,"sum":20.9,"eq":true}',
    )
  })

  test('that no double reaches is passed on, and no answer where it is computed with', async () => {
    const passed = 'do: [ { invoke: s.given } ]\nresponse: { body: { n: $.acct.any, has: "${ has(acct.any) }" } }'
    expect((await page(passed, '{"any":1e400}')).body).toBe('{"n":1e400,"has":true}')
    for (const expression of ['acct.any + 1', 'acct.any == 1', 'acct.any > 1', '-acct.any', 'double(acct.any)']) {
      const route = `do: [ { invoke: s.given } ]\nresponse: { body: "\${ ${expression} }" }`
      expect(await page(route, '{"any":1e400}')).toMatchObject({ status: 502, body: 'invalid-response' })
    }
  })
})

describe('numbers are of one value however they are written', () => {
  const route = `in: { acct.any?: $.any, acct.limit?: $.limit, acct.set?: $.set, acct.one?: $.one, acct.id?: $.id }
response: { body: [ $.acct.any, $.acct.limit, $.acct.set, $.acct.one, $.acct.id ] }`
  test.each([
    ['{"id":1.0}', 200],
    ['{"id":1e3}', 200],
    [`{"id":${big}}`, 200],
    ['{"id":1e400}', 400],
    [`{"id":${big}.5}`, 400],
    ['{"id":1.5}', 400],
    ['{"limit":9007199254740993}', 400],
    ['{"limit":9007199254740990}', 200],
    ['{"limit":9.0}', 200],
    ['{"limit":10.0}', 400],
    ['{"set":[1,1.0]}', 400],
    [`{"set":[${big},9007199254740992]}`, 200],
    [`{"set":[${big},${big}]}`, 400],
    ['{"one":1.0}', 200],
    ['{"one":1.5}', 400],
  ])('where a type is checked: %s', async (text, status) => {
    const answer = await page(route, '', body(text))
    expect(answer.status).toBe(status)
    if (status === 200) expect(answer.body).toContain(text.slice(text.indexOf(':') + 1, -1))
  })

  test('but never that of a text', async () => {
    const compared = `do: [ { invoke: s.given } ]\nresponse: { body: "\${ acct.any == '${big}' }" }`
    expect((await page(compared, `{"any":${big}}`)).body).toBe('false')
  })
})

describe('whole numbers are computed exactly', () => {
  const route = (expression: string) => `do: [ { invoke: s.given } ]\nresponse: { body: "\${ ${expression} }" }`
  test.each([
    ['9007199254740991 + 2', big],
    ['acct.any + 2', big],
    ['acct.any * acct.any', '81129638414606663681390495662081'],
    ['acct.any * acct.any % 1000', '81'],
    ['-acct.any - acct.any', '-18014398509481982'],
    [`int('${big}')`, big],
    [`string(int('${big}'))`, `"${big}"`],
    [`int('${big}') / 2`, '4503599627370496'],
    [`${big} - 9007199254740992`, '1'],
    ['acct.any + 0.5', '9007199254740992'],
    ['acct.any / 2', '4503599627370495.5'],
    ['[acct.any + 2 == 9007199254740993, acct.any + 2 == acct.any + 1]', '[true,false]'],
  ])('%s', async (expression, text) => {
    expect((await page(route(expression), '{"any":9007199254740991}')).body).toBe(text)
  })

  test('to 400 digits, and no further', async () => {
    const power = 'cel.bind(a, acct.any, cel.bind(b, a * a, b * b))'
    const given = `{"any":1${'0'.repeat(99)}}`
    expect((await page(route(power), given)).body).toBe(`1${'0'.repeat(396)}`)
    expect((await page(route(`${power} * acct.any`), given)).body).toBe('expression-failed')
  })

  test.each(["int('0x10')", "int('1e3')", "int(' 1')", "int('')"])('no other text is one: %s', async (expression) => {
    expect((await page(route(expression), '{}')).body).toBe('expression-failed')
  })

  test('of over 400 digits are no answer', async () => {
    expect((await page(route('1'), `{"any":${'9'.repeat(401)}}`)).body).toBe('invalid-response')
  })
})

describe('text that is typed as a number', () => {
  test.each([
    ['9007199254740993', 200],
    ['1.0', 200],
    ['1.5', 400],
    ['1e400', 400],
    ['9'.repeat(401), 400],
  ])('keeps its value: %s', async (n, status) => {
    const route = `in: { acct.id: path.n }\ndo: [ { invoke: s.user } ]\nresponse: { body: $.acct.id }`
    const answer = await page(route, '', { params: { n } })
    expect(answer.status).toBe(status)
    if (status === 200) expect([answer.body, answer.sent]).toEqual([n, [`GET /users/${n}`]])
  })
})
