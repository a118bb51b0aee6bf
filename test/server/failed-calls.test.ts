import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { type Answer, start as startOf } from '../support/one-operation.ts'
import { projectTexts } from '../support/project.ts'

const dictionary = `
colors:
  page.data: {}
  page.note: {}
`
const failing: Answer = {
  status: 429,
  headers: { 'retry-after': '30', 'content-type': 'application/json' },
  body: '{"trace":"at db.internal","hint":"slow down"}',
}
const start = (route: string, answer: Answer = failing, operation = '{ get: /x, out: { page.data: $ } }') =>
  startOf(operation, `match: GET /r\n${route}`, answer, { dictionary })
const seen = async (answer: Response) => [answer.status, await answer.text()]

describe('the record of a call that failed', () => {
  const optional = 'do: [ { id: x, invoke: s.op, optional: true } ]\n'

  test('has no body, whoever merges or asks for it', async () => {
    const merged = '{ $merge: [ { ok: true }, { $compact: { it: $.steps.x.body } } ] }'
    const or = '{ $default: [$.steps.x.body, none] }'
    const { ask } = await start(
      `${optional}response: { body: { merged: ${merged}, deep: "\${ has(steps.x.body) }", or: ${or} } }\n`,
    )
    expect(await seen(await ask())).toEqual([200, '{"merged":{"ok":true},"deep":false,"or":"none"}'])
  })

  test('has its status, headers and code, and what failed by its members', async () => {
    const body =
      '{ s: $.steps.x.status, h: \'$.steps.x.headers["retry-after"]\', e: $.steps.x.error, c: $.steps.x.failure.code, fs: $.steps.x.failure.status, fh: \'$.steps.x.failure.headers["retry-after"]\', fb: $.steps.x.failure.body.hint, from: $.steps.x.source }'
    const { ask } = await start(`${optional}response: { body: ${body} }\n`)
    expect(await (await ask()).json()).toEqual({
      s: 429,
      h: '30',
      e: 'http-429',
      c: 'http-429',
      fs: 429,
      fh: '30',
      fb: 'slow down',
      from: 'skipped',
    })
  })

  test('has its body as text where that is not JSON', async () => {
    const { ask } = await start(`${optional}response: { body: $.steps.x.failure.body }\n`, {
      status: 500,
      headers: { 'content-type': 'text/html; charset=iso-8859-1' },
      body: Buffer.from('<h1>caf\xe9</h1>', 'latin1'),
    })
    expect(await seen(await ask())).toEqual([200, '"<h1>café</h1>"'])
  })

  test('has what failed beside what stood in for it', async () => {
    const { ask } = await start(
      'do: [ { id: x, invoke: s.op, fallback: { body: { stale: true } } } ]\nresponse: { body: { it: $.steps.x.body, status: $.steps.x.status, code: $.steps.x.failure.code } }\n',
    )
    expect(await (await ask()).json()).toEqual({ it: { stale: true }, status: 200, code: 'http-429' })
  })
})

describe('a handler', () => {
  test('sees headers and body of the failure, and may answer with its status', async () => {
    const { ask } = await start(
      'do: [ { invoke: s.op } ]\ncatch: [ { errors: [http-429], do: [ { respond: { status: $.error.status, headers: { retry-after: \'$.error.headers["retry-after"]\' }, body: $.error.body.hint } } ] } ]\n',
    )
    const answer = await ask()
    expect(answer.headers.get('retry-after')).toBe('30')
    expect(await seen(answer)).toEqual([429, '"slow down"'])
  })
})

test('an expression sees the headers of a failure too', async () => {
  const { ask } = await start(
    'do: [ { invoke: s.op } ]\ncatch: [ { errors: [all], do: [ { respond: { body: "${ error.headers[\'retry-after\'] }" } } ] } ]\n',
  )
  expect(await seen(await ask())).toEqual([200, '"30"'])
})

describe('all of a failure reaches no answer', () => {
  const cases: [string, string][] = [
    ['by a path', 'do: [ { id: x, invoke: s.op, optional: true } ]\nresponse: { body: { a: $.steps.x.failure } }\n'],
    [
      'by an expression',
      "do: [ { id: x, invoke: s.op, optional: true } ]\nresponse: { body: '${ steps.x.failure }' }\n",
    ],
    [
      'by a color',
      'do: [ { id: x, invoke: s.op, optional: true }, { assign: { page.note: { x: $.steps.x.failure } } } ]\nresponse: { body: $.page.note }\n',
    ],
    [
      'by an operator',
      'do: [ { id: x, invoke: s.op, optional: true } ]\nresponse: { body: { $merge: [ $.steps.x.failure, { a: 1 } ] } }\n',
    ],
    [
      'from a handler',
      'do: [ { invoke: s.op } ]\ncatch: [ { errors: [all], do: [ { respond: { status: 500, body: $.error } } ] } ]\n',
    ],
    [
      'by a color of a handler',
      'do: [ { invoke: s.op } ]\ncatch: [ { errors: [all], do: [ { assign: { page.note: $.error } } ] } ]\nresponse: { body: $.page.note }\n',
    ],
    [
      'in a header',
      'do: [ { invoke: s.op } ]\ncatch: [ { errors: [all], do: [ { respond: { headers: { x-a: $.error } } } ] } ]\n',
    ],
    [
      'in what an error says',
      "do: [ { invoke: s.op } ]\ncatch: [ { errors: [all], do: [ { throw: { error: bad, detail: '${ error }' } } ] } ]\n",
    ],
  ]
  test.each(cases)('%s', (_name, route) => {
    const files = {
      dictionary,
      'services/s': 'service: s\nendpoints: [http://127.0.0.1:9]\noperations: { op: { get: /x } }\n',
      'routes/r': `match: GET /r\n${route}`,
    }
    const { diagnostics } = buildSnapshot(projectTexts(files))
    expect(diagnostics.map(({ code }) => code)).toEqual(['failure-in-answer'])
  })

  test.each([
    [
      'out of a part',
      'do: [ { id: x, invoke: s.op, optional: true }, { assign: { page.note: $.steps.x.failure } } ]\nout: [ page.note? ]\n',
    ],
    [
      'in what an error of a part says',
      "do: [ { assign: { page.note: 1 } }, { try: [ { invoke: s.op } ], catch: [ { errors: [all], do: [ { throw: { error: bad, detail: '${ error }' } } ] } ] } ]\nout: [ page.note? ]\n",
    ],
  ])('%s', (_name, part) => {
    const files = {
      dictionary,
      'services/s': 'service: s\nendpoints: [http://127.0.0.1:9]\noperations: { op: { get: /x } }\n',
      'parts/p': part,
      'routes/r': 'match: GET /r\ndo: [ { id: a, part: p } ]\nresponse: { body: $.page.note }\n',
    }
    const { diagnostics } = buildSnapshot(projectTexts(files))
    expect(diagnostics.map(({ code }) => code)).toEqual(['failure-in-answer'])
  })
})

test('a failure in a part is told by its members', async () => {
  const part =
    'do: [ { id: x, invoke: s.op, optional: true }, { assign: { page.note: { is: $.steps.x.failure.code, says: $.steps.x.failure.body.why } } } ]\nout: [ page.note? ]\n'
  const route = 'do: [ { id: a, part: p } ]\nresponse: { body: $.page.note }\n'
  const answer = { status: 409, body: '{"why":"taken"}' }
  const { ask } = await startOf('{ get: /x }', `match: GET /r\n${route}`, answer, { dictionary, 'parts/p': part })
  expect(await (await ask()).json()).toEqual({ is: 'http-409', says: 'taken' })
})

describe('an error that its service names', () => {
  const operation = '{ get: /x, out: { page.data: $ }, errors: { 404: not-there, 503: resting } }'
  const route = (errors: string) =>
    `do: [ { invoke: s.op } ]\ncatch: [ { errors: [${errors}], do: [ { assign: { page.note: gone } } ] } ]\nresponse: { headers: { cache-control: max-age=60 }, body: $.page.note }\n`
  test.each([
    ['by its name is a way that the route knows', 'not-there', 404, null, 'max-age=60'],
    ['by all is degradation', 'all', 404, 'op;source=skipped;error=not-there', 'no-store'],
    ['by its class is degradation', 'http-4xx', 404, 'op;source=skipped;error=not-there', 'no-store'],
    ['of a failing backend is degradation', 'resting', 503, 'op;source=skipped;error=resting', 'no-store'],
  ])('caught %s', async (_name, errors, status, degraded, caching) => {
    const { ask } = await start(route(errors), { status }, operation)
    const { headers, status: answered } = await ask()
    expect([answered, headers.get('tessera-degraded'), headers.get('cache-control')]).toEqual([200, degraded, caching])
  })

  test('and that a fallback covers is degradation', async () => {
    const { ask } = await start(
      'do: [ { invoke: s.op, fallback: { body: {} } } ]\nresponse: { body: $.page.data }\n',
      { status: 404 },
      operation,
    )
    expect((await ask()).headers.get('tessera-degraded')).toBe('op;source=fallback;error=not-there')
  })
})

describe('a 200 without a body', () => {
  const json = { 'content-type': 'application/json' }
  test.each([
    ['is a failure where its body is read', 'do: [ { invoke: s.op } ]\nresponse: { body: $.page.data }\n', 200, 502],
    ['also by its record', 'do: [ { id: x, invoke: s.op } ]\nresponse: { body: $.steps.x.body }\n', 200, 502],
    [
      'is none where it says that there is none',
      'do: [ { invoke: s.op } ]\nresponse: { body: { it: $.page.data } }\n',
      204,
      200,
    ],
  ])('%s', async (_name, route, status, answered) => {
    const { ask } = await start(route, { status, headers: status === 200 ? json : {} })
    expect((await ask()).status).toBe(answered)
  })

  test('is covered by a fallback', async () => {
    const { ask } = await start(
      'do: [ { invoke: s.op, fallback: { body: { a: 1 } } } ]\nresponse: { body: $.page.data }\n',
      { status: 200 },
    )
    expect(await (await ask()).json()).toEqual({ a: 1 })
  })

  test('is an answer where nobody reads a body', async () => {
    const { ask } = await start('do: [ { invoke: s.op } ]\nresponse: { body: ok }\n', { status: 200 }, '{ post: /x }')
    expect((await ask()).status).toBe(200)
  })
})

describe('the status of an answer', () => {
  const route = (status: string) => `in: { page.data: query.s }\nresponse: { status: ${status}, body: ok }\n`
  const told = (field: string) => `match: GET /r\nin: { page.data?: query.s }\ndo: [ ${field} ]\n`
  test.each([
    ["'${ int(page.data) }'", '404', 404],
    ["'${ int(page.data) }'", '200', 200],
    ["'${ int(page.data) }'", '199', 500],
    ["'${ int(page.data) }'", '600', 500],
    ["'${ double(page.data) }'", '200.5', 500],
    ['$.page.data', '404', 500],
  ])('%s of %s is %d', async (status, given, answered) => {
    const { ask } = await start(route(status))
    const answer = await ask(`/r?s=${given}`)
    expect(answer.status).toBe(answered)
    if (answered === 500) expect(((await answer.json()) as { code: string }).code).toBe('expression-failed')
  })

  test('of a `respond` and a `throw` too', async () => {
    const respond = await startOf(
      '{ get: /x }',
      told("{ respond: { status: '${ int(page.data) }' } }"),
      {},
      { dictionary },
    )
    expect((await respond.ask('/r?s=418')).status).toBe(418)
    const thrown = await startOf(
      '{ get: /x }',
      told("{ throw: { error: no, status: '${ int(page.data) }' } }"),
      {},
      { dictionary },
    )
    expect((await thrown.ask('/r?s=418')).status).toBe(418)
    expect((await thrown.ask('/r?s=302')).status).toBe(500)
  })
})

describe('a header of an answer', () => {
  test('is as many as its list has, lists in it too, and nothing of what is absent', async () => {
    const { ask } = await start(
      'in: { page.note?: query.none }\ndo: [ { id: a, invoke: s.op } ]\nresponse: { headers: { set-cookie: [ \'$.steps.a.headers["set-cookie"]\', last=1, null, $.page.note ], x-none: [], x-one: [1, true] }, body: ok }\n',
      { headers: { 'set-cookie': ['a=1', 'b=2'] }, body: '{}' },
    )
    const { headers } = await ask()
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2', 'last=1'])
    expect([headers.get('x-none'), headers.get('x-one')]).toEqual([null, '1, true'])
  })

  test('that cannot be sent is left out, and told', async () => {
    const { ask, lines } = await start(
      'in: { page.note: query.v }\nresponse: { headers: { x-name: $.page.note, x-object: { a: 1 }, etag: bare }, body: ok }\n',
    )
    const answer = await ask(`/r?v=${encodeURIComponent('名')}`)
    expect([
      answer.status,
      answer.headers.get('x-name'),
      answer.headers.get('x-object'),
      answer.headers.get('etag'),
    ]).toEqual([200, null, null, null])
    expect(lines.join('')).toContain('x-name')
  })
})

describe('a required list in a query', () => {
  test('is sent when it is empty, an optional one is left out', async () => {
    const operation = (key: string) => `{ get: /x, in: { ${key}: 'query.ids[,]' } }`
    const route = 'do: [ { assign: { page.data: [] } }, { invoke: s.op } ]\n'
    const paths = await Promise.all(
      ['page.data', 'page.data?'].map(async (key) => {
        const { ask, sent } = await start(route, {}, operation(key))
        await ask()
        return sent[0]!.path
      }),
    )
    expect(paths).toEqual(['/x?ids=', '/x'])
  })
})
