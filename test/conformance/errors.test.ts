import { describe, expect, test } from '@jest/globals'
import { type Stubs, startStubbedGateway } from '../support/stubbed-gateway.ts'

const dictionary = 'colors:\n  a.text: { type: string }\n  a.whole: { type: integer }\n'
const services = {
  s: `
service: s
endpoints: [BACKEND]
operations:
  ok: { get: /ok, in: { a.text: query.t }, out: { a.text: $.text } }
  any: { get: '/any', headers: { x-want: $.request.query.want } }
  slow: { get: /slow, timeout: 40ms }
  named: { get: /named, errors: { 404: product-missing, 409: taken } }
  allowed: { get: /named, ok: [200-299, 404], errors: { 404: product-missing }, out: { a.text: $.text } }
  resting: { get: /resting, breaker: { minCalls: 1, errorRate: 1%, open: 1h } }
  reset: { get: /reset }
  html: { get: /html }
  cut: { get: /cut }
  large: { get: /large }
`,
  nowhere: 'service: nowhere\nendpoints: [NOWHERE]\noperations: { op: { get: /x } }',
}
const stubs: Stubs = {
  'GET /ok': { body: { text: 'fine' } },
  'GET /any': ({ headers }) => ({ status: Number(headers['x-want']), body: { secret: 'of the backend' } }),
  'GET /slow': { delayMs: 5000 },
  'GET /named': { status: 404, body: { text: 'none' } },
  'GET /resting': { status: 500 },
  'GET /reset': { reset: true },
  'GET /html': { headers: { 'content-type': 'text/html' }, body: '<p>secret of the backend</p>' },
  'GET /cut': { body: '{"text": "secret of the ba' },
  'GET /large': { body: { text: 'x'.repeat(3000) } },
}

function start(steps: string, more = '') {
  return startStubbedGateway(
    {
      gateway: 'defaults: { maxResponseBody: 2KB }',
      dictionary,
      'services/s': services.s,
      'services/nowhere': services.nowhere,
      'routes/r': `name: home\nmatch: GET /r\n${more}do: ${steps}\nresponse: { body: { ok: true } }\n`,
    },
    stubs,
  )
}

const call = (operation: string) => `[ { id: mine, invoke: ${operation} } ]`

/** What nothing handles: its code and status. */
const unhandled: [name: string, steps: string, target: string, code: string, status: number][] = [
  ['a backend that is too slow', call('s.slow'), '/r', 'timeout', 504],
  ['a backend that refuses the connection', call('nowhere.op'), '/r', 'unavailable', 502],
  ['a backend that resets the connection', call('s.reset'), '/r', 'unavailable', 502],
  [
    'a backend whose name is not known',
    '[ { id: mine, invoke: { service: unknown, get: / } } ]',
    '/r',
    'unavailable',
    502,
  ],
  ['a status', call('s.any'), '/r?want=500', 'http-500', 502],
  ['a status of the client’s fault', call('s.any'), '/r?want=404', 'http-404', 502],
  ['a redirect', call('s.any'), '/r?want=302', 'http-302', 502],
  ['a status with a name', call('s.named'), '/r', 'product-missing', 502],
  ['an answer that is not JSON', call('s.html'), '/r', 'invalid-response', 502],
  ['an answer that is cut off', call('s.cut'), '/r', 'invalid-response', 502],
  ['an answer that is too large', call('s.large'), '/r', 'invalid-response', 502],
  [
    'an input that is missing',
    '[ { assign: { a.text: $.request.query.no } }, { id: mine, invoke: s.ok } ]',
    '/r',
    'missing-input',
    502,
  ],
  [
    'a throw',
    '[ { id: mine, throw: { error: session-expired, status: 401, title: Please sign in again } } ]',
    '/r',
    'session-expired',
    401,
  ],
  ['a throw without a status', '[ { id: mine, throw: { error: odd } } ]', '/r', 'odd', 500],
]

describe('what nothing handles', () => {
  test.each(unhandled)('%s', async (_, steps, target, code, status) => {
    const files = { dictionary, gateway: 'defaults: { maxResponseBody: 2KB }' }
    const { ask } = await startStubbedGateway(
      {
        ...files,
        'services/s': services.s,
        'services/nowhere': services.nowhere,
        'services/unknown': 'service: unknown\nendpoints: [http://nobody.invalid]',
        'routes/r': `name: home\nmatch: GET /r\ndo: ${steps}\nresponse: { body: { ok: true } }\n`,
      },
      stubs,
    )
    const answer = await ask(target)
    expect([answer.status, answer.json.code]).toEqual([status, code])
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.json).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      status,
      code,
      step: 'mine',
      route: 'home',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(answer.text).not.toMatch(/secret|127\.0\.0\.1|invalid:|nobody/)
  })

  test('a breaker that is open answers 503 with Retry-After', async () => {
    const { ask, seen } = await start(call('s.resting'))
    expect((await ask('/r')).json.code).toBe('http-500')
    const answer = await ask('/r')
    expect([answer.status, answer.json.code, answer.json.step]).toEqual([503, 'circuit-open', 'mine'])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(seen).toHaveLength(1)
  })

  test('a bad input answers 400 and names every fault', async () => {
    const { ask } = await start('[]', 'in: { a.text: query.t, a.whole: query.n }\n')
    const answer = await ask('/r?n=x')
    expect([answer.status, answer.json.code, answer.json.route]).toEqual([400, 'invalid-input', 'home'])
    expect(answer.json.errors).toEqual([
      { in: 'query.t', detail: 'is missing' },
      { in: 'query.n', detail: 'must be integer' },
    ])
  })

  test('a throw tells its title and detail', async () => {
    const { ask } = await start(
      "[ { throw: { error: odd, status: 418, title: 'A ${ request.query.x }', detail: more } } ]",
    )
    expect((await ask('/r?x=pot')).json).toMatchObject({ title: 'A pot', detail: 'more', status: 418, code: 'odd' })
  })

  test('the budget of the whole request', async () => {
    const { ask } = await start(call('{ service: s, get: /slow, timeout: 1s }'), 'timeout: 1s\n')
    const { ask: hurried } = await start('[ { id: mine, invoke: { service: s, get: /slow } } ]', 'timeout: 50ms\n')
    expect((await ask('/nothing')).status).toBe(404)
    expect((await hurried('/r')).json).toMatchObject({ code: 'timeout', status: 504 })
  })
})

/** Error patterns, and of which failures they hold. */
const failures: Record<string, [steps: string, target: string]> = {
  timeout: [call('s.slow'), '/r'],
  unavailable: [call('nowhere.op'), '/r'],
  'http-503': [call('s.any'), '/r?want=503'],
  'http-404': [call('s.any'), '/r?want=404'],
  'product-missing': [call('s.named'), '/r'],
  'invalid-response': [call('s.html'), '/r'],
  'circuit-open': [call('s.resting'), '/r'],
  'missing-input': ['[ { assign: { a.text: $.request.query.no } }, { invoke: s.ok } ]', '/r'],
  'session-expired': ['[ { throw: { error: session-expired } } ]', '/r'],
}
const patterns: [pattern: string, matches: string[]][] = [
  ['timeout', ['timeout']],
  ['unavailable', ['unavailable']],
  ['http-503', ['http-503']],
  ['http-404', ['http-404', 'product-missing']],
  ['http-4xx', ['http-404', 'product-missing']],
  ['http-5xx', ['http-503']],
  ['product-missing', ['product-missing']],
  ['invalid-response', ['invalid-response']],
  ['circuit-open', ['circuit-open']],
  ['missing-input', ['missing-input']],
  ['session-expired', ['session-expired']],
  ['all', Object.keys(failures)],
]

describe('a catch', () => {
  test.each(patterns)('for %s', async (pattern, matches) => {
    const routes = Object.entries(failures).map(([name, [steps, target]]) => {
      const caught = `catch: [ { errors: [${pattern}], do: [ { respond: { body: { caught: $.error.code } } } ] } ]`
      const route = `match: GET /${name}\ndo: [ { try: ${steps}, ${caught} } ]\n`
      return { name, route, target: target.replace('/r', `/${name}`) }
    })
    const { ask } = await startStubbedGateway(
      {
        dictionary,
        'services/s': services.s,
        'services/nowhere': services.nowhere,
        ...Object.fromEntries(routes.map(({ name, route }) => [`routes/${name}`, route])),
      },
      stubs,
    )
    await ask('/circuit-open')
    const caught: string[] = []
    for (const { name, target } of routes) if ((await ask(target)).json.caught !== undefined) caught.push(name)
    expect(caught).toEqual(Object.keys(failures).filter((name) => matches.includes(name)))
  })

  test('takes the first of its arms that matches, and none for another', async () => {
    const { ask } = await start(
      `[ { try: ${call('s.any')}, catch: [ { errors: [timeout, http-5xx], do: [ { respond: { body: 1 } } ] }, { errors: [http-404], do: [ { respond: { body: 2 } } ] } ] } ]`,
    )
    expect((await ask('/r?want=500')).json).toBe(1)
    expect((await ask('/r?want=404')).json).toBe(2)
    expect((await ask('/r?want=403')).json).toMatchObject({ code: 'http-403', step: 'mine' })
  })

  test('at the top of a route handles what nothing else did, and the route still answers', async () => {
    const { ask } = await start(call('s.any'), 'catch: [ { errors: [http-503], do: [ empty ] } ]\n')
    expect((await ask('/r?want=503')).json).toEqual({ ok: true })
    expect((await ask('/r?want=404')).json).toMatchObject({ code: 'http-404' })
  })

  test('that fails itself fails the route with its own error', async () => {
    const { ask } = await start(
      `[ { try: ${call('s.any')}, catch: [ { errors: [all], do: [ { throw: { error: 'again', status: 409 } } ] } ] } ]`,
    )
    expect((await ask('/r?want=500')).json).toMatchObject({ code: 'again', status: 409 })
  })

  test('is not asked for the end of a route', async () => {
    const { ask } = await start(
      '[ { try: [ { respond: { status: 202, body: done } } ], catch: [ { errors: [all], do: [ { respond: { body: caught } } ] } ] } ]',
    )
    expect((await ask('/r')).json).toBe('done')
  })
})

describe('statuses that an operation calls ok', () => {
  test('are success, whatever name another rule gives them', async () => {
    const { ask } = await start(
      '[ { id: mine, invoke: s.allowed }, { respond: { body: [ $.a.text, $.steps.mine.status ] } } ]',
    )
    expect((await ask('/r')).json).toEqual(['none', 404])
  })

  test('are success also where a failure is provided for, whatever their bodies hold', async () => {
    const { ask } = await start(
      `[ { try: [ { id: mine, invoke: { service: s, get: /named, ok: [200-299, 404], out: { a.text: $.nothing } } } ], catch: [ { errors: [all], do: [ { respond: { body: caught } } ] } ] }, { respond: { body: $.steps.mine.status } } ]`,
    )
    const answer = await ask('/r')
    expect([answer.json, answer.headers['tessera-degraded']]).toEqual([404, undefined])
  })
})
