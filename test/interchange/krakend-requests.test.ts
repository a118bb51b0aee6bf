import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { emptyProject, ImportRefused } from '../../src/interchange/draft.ts'
import { importKrakend } from '../../src/interchange/krakend/import.ts'
import { faultsOf, serve } from '../support/served-draft.ts'
import { startPaths, startStub } from '../support/stub.ts'

type Config = Record<string, unknown>

/** A configuration imported, which must load, and served. */
async function serveConfig(endpoints: readonly Config[], root: Config = {}) {
  const draft = importKrakend({ version: 3, ...root, endpoints }, emptyProject)
  expect(faultsOf(draft)).toEqual([])
  return { ask: await serve(draft), draft }
}

const notesOf = (endpoint: Config, root: Config = {}) =>
  importKrakend(
    {
      version: 3,
      host: ['http://a'],
      ...root,
      endpoints: [{ endpoint: '/e', backend: [{ url_pattern: '/' }], ...endpoint }],
    },
    emptyProject,
  )

describe('what reaches a backend', () => {
  const client = {
    headers: {
      authorization: 'Bearer x',
      cookie: 'a=b',
      'x-one': '1',
      'x-two': '2',
      'accept-language': 'fr',
      'x-forwarded-for': '6.6.6.6',
    },
  }
  const clientOnly = ['authorization', 'cookie', 'x-one', 'x-two', 'accept-language']
  const seen = (headers: Record<string, unknown>) => clientOnly.filter((name) => name in headers)

  test('is nothing of the client but where it is, when nothing is listed', async () => {
    const stub = await startStub(() => ({ body: {} }))
    const { ask } = await serveConfig([{ endpoint: '/e', backend: [{ host: [stub.url], url_pattern: '/b' }] }])
    await ask('/e?a=1&b=2', client)
    const [request] = stub.requests
    expect(request!.url).toBe('/b')
    expect(seen(request!.headers)).toEqual([])
    expect(request!.headers['x-forwarded-for']).toBe('127.0.0.1')
    expect(request!.headers['x-forwarded-host']).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  test('are the headers and parameters that the endpoint lists, where there are any', async () => {
    const stub = await startStub(() => ({ body: {} }))
    const endpoint = {
      endpoint: '/e',
      input_headers: ['Authorization', 'X-One', 'X-Absent'],
      input_query_strings: ['b', 'a', 'absent'],
    }
    const { ask } = await serveConfig([{ ...endpoint, backend: [{ host: [stub.url], url_pattern: '/b?fixed=1' }] }])
    await ask('/e?c=3&b=x%26y&a=1&a=2', client)
    await ask('/e?a=')
    expect(stub.requests.map(({ url }) => url)).toEqual(['/b?fixed=1&a=1&a=2&b=x%26y', '/b?fixed=1&a='])
    expect(seen(stub.requests[0]!.headers)).toEqual(['authorization', 'x-one'])
    expect(seen(stub.requests[1]!.headers)).toEqual([])
  })

  test('is cut to what the backend lists, forwarding headers too', async () => {
    const [all, some] = await Promise.all([startStub(() => ({ body: {} })), startStub(() => ({ body: {} }))])
    const endpoint = { endpoint: '/e', input_headers: ['X-One', 'X-Two'], input_query_strings: ['a', 'b'] }
    const backend = [
      { host: [all.url], url_pattern: '/' },
      { host: [some.url], url_pattern: '/', input_headers: ['x-two', 'Cookie'], input_query_strings: ['b', 'c'] },
    ]
    const { ask } = await serveConfig([{ ...endpoint, backend }])
    await ask('/e?a=1&b=2&c=3', client)
    expect(all.requests[0]!.url).toBe('/?a=1&b=2')
    expect(seen(all.requests[0]!.headers)).toEqual(['x-one', 'x-two'])
    expect(some.requests[0]!.url).toBe('/?b=2')
    expect(seen(some.requests[0]!.headers)).toEqual(['x-two'])
    expect(some.requests[0]!.headers).not.toHaveProperty('x-forwarded-for')
  })

  test('is not everything when everything is listed: that has no counterpart, and says so', () => {
    const draft = notesOf({ input_headers: ['*'], input_query_strings: ['*', 'a'] })
    expect(draft.notes.map(({ at }) => at)).toEqual([
      '$.endpoints[0].input_headers',
      '$.endpoints[0].input_query_strings',
    ])
    expect(draft.routes[0]!.text).toContain('#   $.endpoints[0].input_headers: `*`')
    expect(draft.services[0]!.text).toContain('query.a?')
    expect(faultsOf(draft)).toEqual([])
  })

  test('is the JSON body of a POST, by the method of the backend', async () => {
    const stub = await startStub(() => ({ status: 201, body: { ok: true } }))
    const backend = [
      { host: [stub.url], url_pattern: '/post' },
      { host: [stub.url], url_pattern: '/put', method: 'put' },
      { host: [stub.url], url_pattern: '/get', method: 'GET' },
    ]
    const { ask } = await serveConfig([{ endpoint: '/e', method: 'POST', backend }])
    const body = { a: [1, { $b: '${ x }' }] }
    await ask('/e', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    const sent = stub.requests.map(({ method, url, body: text }) => `${method} ${url} ${text}`).sort()
    expect(sent).toEqual(['GET /get ', `POST /post ${JSON.stringify(body)}`, `PUT /put ${JSON.stringify(body)}`])
  })
})

describe('a url_pattern', () => {
  test('takes the parameters of the endpoint into its path and query', async () => {
    const stub = await startStub(() => ({ body: {} }))
    const backend = [{ host: [stub.url], url_pattern: '/v/{user-id}.json/{1st}?x=1&id={user-id}&both={1st}-{user-id}' }]
    const { ask } = await serveConfig([{ endpoint: '/u/{user-id}/p/{1st}', backend }])
    await ask('/u/a%20b/p/c%2Fd')
    expect(stub.requests[0]!.url).toBe('/v/a%20b.json/c%2Fd?x=1&id=a%20b&both=c%2Fd-a%20b')
  })

  test('that names something else refuses the endpoint, and the others stay', () => {
    const endpoints = [
      { endpoint: '/a', backend: [{ host: ['a'], url_pattern: '/{nobody}' }] },
      {
        endpoint: '/b',
        backend: [
          { host: ['a'], url_pattern: '/x' },
          { host: ['b'], url_pattern: '/{resp0_x}' },
        ],
      },
      { endpoint: '/c', backend: [{ host: ['a'], url_pattern: '/c' }] },
    ]
    const draft = importKrakend({ version: 3, endpoints }, emptyProject)
    expect(draft.routes.map(({ name }) => name)).toEqual(['getC'])
    expect(draft.services).toHaveLength(1)
    expect(draft.notes.map(({ at }) => at)).toEqual([
      '$.endpoints[0].backend[0].url_pattern',
      '$.endpoints[1].backend[1].url_pattern',
    ])
    expect(faultsOf(draft)).toEqual([])
  })
})

describe('a sequence', () => {
  const proxy = { extra_config: { proxy: { sequential: true } } }

  test('hands values of one answer to the next call, from below its group', async () => {
    const hotels = await startPaths({ '/hotels/25': { id: 25, to: { city: 'Palma de M', tags: ['a', 'b c'] } } })
    const places = await startPaths({ '/places/Palma%20de%20M': { sun: true, code: 7.5 } })
    const weather = await startStub(() => ({ body: { ok: 1 } }))
    const backend = [
      { host: [hotels.url], url_pattern: '/hotels/{id}', group: 'hotel' },
      { host: [places.url], url_pattern: '/places/{resp0_hotel.to.city}' },
      {
        host: [weather.url],
        url_pattern: '/w/{resp1_code}?id={resp0_hotel.id}&tags={resp0_hotel.to.tags}&t=x-{resp0_hotel.id}',
        group: 'w',
      },
    ]
    const { ask } = await serveConfig([{ endpoint: '/h/{id}', ...proxy, backend }])
    const { body, headers } = await ask('/h/25')
    expect(body).toEqual({
      hotel: { id: 25, to: { city: 'Palma de M', tags: ['a', 'b c'] } },
      sun: true,
      code: 7.5,
      w: { ok: 1 },
    })
    expect(headers.get('x-krakend-completed')).toBe('true')
    expect(weather.requests[0]!.url).toBe('/w/7.5?id=25&tags=a,b%20c&t=x-25')
  })

  test('reads what its filters have left, by the new names', async () => {
    const first = await startPaths({ '/0': { data: { id: 1, key: 'k' } } })
    const second = await startStub(({ url }) => ({ body: { url } }))
    const backend = [
      { host: [first.url], url_pattern: '/0', target: 'data', mapping: { key: 'code' } },
      { host: [second.url], url_pattern: '/{resp0_code}' },
    ]
    const { ask } = await serveConfig([{ endpoint: '/e', ...proxy, backend }])
    expect((await ask('/e')).body).toEqual({ id: 1, code: 'k', url: '/k' })
  })

  test('ends at the first failure with what it has; without the first there is nothing', async () => {
    const answers: Record<string, { status?: number; body: unknown }> = {
      '/0': { body: { id: 1 } },
      '/1/1': { body: { b: 1 } },
      '/2': { body: { c: 1 } },
    }
    const stub = await startStub(({ url }) => answers[url]!)
    const backend = ['/0', '/1/{resp0_id}', '/2'].map((url_pattern) => ({ host: [stub.url], url_pattern }))
    const { ask } = await serveConfig([{ endpoint: '/e', ...proxy, backend }])
    answers['/1/1'] = { status: 404, body: { id: 'error' } }
    const partial = await ask('/e')
    expect({ body: partial.body, completed: partial.headers.get('x-krakend-completed') }).toEqual({
      body: { id: 1 },
      completed: 'false',
    })
    expect(stub.requests.map(({ url }) => url)).toEqual(['/0', '/1/1'])
    answers['/0'] = { body: { other: 1 } }
    expect((await ask('/e')).body).toEqual({ other: 1 })
    answers['/0'] = { status: 500, body: {} }
    expect((await ask('/e')).status).toBe(500)
    expect(stub.requests.map(({ url }) => url)).toEqual(['/0', '/1/1', '/0', '/0'])
  })

  test('is none with one backend, or when it is not said', async () => {
    const stub = await startPaths({ '/0': { a: 1 } })
    const { ask } = await serveConfig([
      { endpoint: '/e', ...proxy, backend: [{ host: [stub.url], url_pattern: '/0' }] },
    ])
    expect((await ask('/e')).body).toEqual({ a: 1 })
  })
})

describe('static data', () => {
  const strategies = ['always', 'success', 'complete', 'errored', 'incomplete', undefined]
  const data = { note: 'costs $5 ${ x } ${env.HOME}', $each: 1, a: 'static', big: -(2 ** 60) }

  /** The answers by strategy, of backends of which these work. */
  async function answers(...works: boolean[]) {
    const stub = await startStub(({ url }) => (url === '/true' ? { body: { a: 'live' } } : { status: 500 }))
    const backend = works.map((isWorking, index) => ({
      host: [stub.url],
      url_pattern: `/${isWorking}`,
      ...(index > 0 && { group: `g${index}` }),
    }))
    const endpoints = strategies.map((strategy, index) => ({
      endpoint: `/${index}`,
      extra_config: { proxy: { static: { ...(strategy && { strategy }), data } } },
      backend,
    }))
    const { ask } = await serveConfig(endpoints)
    return Promise.all(
      strategies.map(async (_, index) => {
        const { status, body, headers } = await ask(`/${index}`)
        return { status, body, completed: headers.get('x-krakend-completed') }
      }),
    )
  }

  test('are added when everything worked: always, success, complete', async () => {
    const live = { status: 200, body: { a: 'live' }, completed: 'true' }
    const added = { status: 200, body: data, completed: 'true' }
    expect(await answers(true)).toEqual([added, added, added, live, live, added])
  })

  test('are added when a part failed: always, errored, incomplete', async () => {
    const live = { status: 200, body: { a: 'live' }, completed: 'false' }
    const added = { status: 200, body: data, completed: 'false' }
    expect(await answers(true, false)).toEqual([added, live, live, added, added, added])
  })

  test('stand alone when everything failed, with 200', async () => {
    const nothing = { status: 500, body: undefined, completed: 'false' }
    const alone = { status: 200, body: data, completed: 'false' }
    for (const works of [[false], [false, false]]) {
      expect(await answers(...works)).toEqual([alone, nothing, nothing, alone, alone, alone])
    }
  })
})

describe('no-op', () => {
  test('passes answers through as they are, at the path or one with a prefix', async () => {
    const stub = await startStub(({ url }) => ({
      status: 418,
      headers: { 'content-type': 'text/plain', 'x-own': '1' },
      body: `tea ${url}`,
    }))
    const endpoints = [
      { endpoint: '/a/{x}', output_encoding: 'no-op', backend: [{ host: [stub.url], url_pattern: '/a/{x}' }] },
      { endpoint: '/b', output_encoding: 'no-op', backend: [{ host: [stub.url], url_pattern: '/v1/b' }] },
    ]
    const { ask } = await serveConfig(endpoints)
    const { status, text, headers } = await ask('/a/1?q=1')
    expect({ status, text, own: headers.get('x-own') }).toEqual({ status: 418, text: 'tea /a/1?q=1', own: '1' })
    expect((await ask('/b')).text).toBe('tea /v1/b')
  })

  test.each([
    ['another path', {}, [{ url_pattern: '/other' }]],
    ['another method', {}, [{ url_pattern: '/e', method: 'POST' }]],
    ['two backends', {}, [{ url_pattern: '/e' }, { url_pattern: '/e' }]],
    ['a check of who asks', { extra_config: { 'auth/validator': {} } }, [{ url_pattern: '/e' }]],
  ])('with %s is not imported', (_, keys, backend) => {
    const draft = notesOf({ output_encoding: 'no-op', ...keys, backend })
    expect(draft.routes).toEqual([])
    expect(draft.notes[0]!.message).toMatch(/not imported/)
  })
})

describe('a check of who may ask', () => {
  test.each(['auth/validator', 'auth/api-keys', 'validation/cel', 'security/policies'])(
    'by %s leaves the route closed until someone opens it',
    async (namespace) => {
      const stub = await startStub(() => ({ body: { private: true } }))
      const endpoint = {
        endpoint: '/e',
        extra_config: { [namespace]: {} },
        backend: [{ host: [stub.url], url_pattern: '/' }],
      }
      const { ask, draft } = await serveConfig([endpoint])
      const { status, body } = await ask('/e')
      expect(status).toBe(501)
      expect(body).toMatchObject({ code: 'not-imported' })
      expect(stub.requests).toEqual([])
      expect(draft.routes[0]!.text).toContain(`#   $.endpoints[0].extra_config['${namespace}']: `)
    },
  )
})

describe('hosts', () => {
  test('become services, one for each set; calls take turns', async () => {
    const [one, two] = await Promise.all([startPaths({ '/x': { n: 1 } }), startPaths({ '/x': { n: 2 } })])
    const endpoints = [
      { endpoint: '/a', backend: [{ url_pattern: '/x' }] },
      {
        endpoint: '/b',
        backend: [
          {
            host: [one.url, two.url],
            url_pattern: '/x',
            extra_config: { 'qos/circuit-breaker': { interval: 60, timeout: 10, max_errors: 5 } },
          },
        ],
      },
    ]
    const { ask, draft } = await serveConfig(endpoints, { host: [one.url, `${two.url}/`] })
    expect(draft.services).toHaveLength(1)
    expect(draft.services[0]!.text).toContain('breaker: { errorRate: 100%, window: 60s, minCalls: 5, open: 10s }')
    expect(draft.services[0]!.text).toMatch(/getX:[\s\S]*getX2:/)
    for (let count = 0; count < 4; count += 1) await ask('/a')
    expect([one.requests.length, two.requests.length]).toEqual([2, 2])
  })

  test('are named after what they are called', () => {
    const hosts = [
      'http://users:80',
      'http://users.internal',
      'api.shop.example',
      'http://localhost:81',
      'http://10.0.0.1:82',
      'https://[::1]:83',
    ]
    const draft = importKrakend(
      {
        version: 3,
        endpoints: hosts.map((host, index) => ({
          endpoint: `/${index}`,
          backend: [{ host: [host], url_pattern: '/' }],
        })),
      },
      emptyProject,
    )
    expect(draft.services.map(({ name }) => name)).toEqual([
      'users',
      'users-2',
      'shop',
      'localhost-81',
      'host-10-0-0-1-82',
      'host-1-83',
    ])
    expect(faultsOf(draft)).toEqual([])
  })
})

describe('what has no counterpart', () => {
  test('is told with its place, and written on top of the route it belongs to', () => {
    const draft = notesOf(
      {
        '@comment': 'a comment',
        concurrent_calls: 3,
        output_encoding: 'xml',
        extra_config: {
          'qos/ratelimit/router': { max_rate: 5 },
          proxy: { flatmap_filter: [], sequential_propagated_params: ['resp0_x'] },
        },
        backend: [
          {
            url_pattern: '/',
            encoding: 'rss',
            sd: 'dns',
            whitelist: ['a'],
            extra_config: { 'qos/http-cache': {}, 'qos/ratelimit/proxy': {} },
          },
          { url_pattern: '/', extra_config: { proxy: { shadow: true } } },
        ],
      },
      { $schema: 'x', tls: {}, extra_config: { 'telemetry/logging': {} } },
    )
    expect(draft.notes.map(({ at }) => at)).toEqual([
      '$.tls',
      "$.extra_config['telemetry/logging']",
      '$.endpoints[0].concurrent_calls',
      "$.endpoints[0].extra_config['qos/ratelimit/router']",
      '$.endpoints[0].extra_config.proxy.flatmap_filter',
      '$.endpoints[0].extra_config.proxy.sequential_propagated_params',
      '$.endpoints[0].output_encoding',
      '$.endpoints[0].backend[0].whitelist',
      "$.endpoints[0].backend[0].extra_config['qos/http-cache']",
      "$.endpoints[0].backend[0].extra_config['qos/ratelimit/proxy']",
      '$.endpoints[0].backend[0].encoding',
      '$.endpoints[0].backend[0].sd',
      '$.endpoints[0].backend[1].extra_config.proxy.shadow',
    ])
    for (const { at } of draft.notes.slice(2)) expect(draft.routes[0]!.text).toContain(`#   ${at}: `)
    expect(faultsOf(draft)).toEqual([])
  })

  test('of a path is told, and of two endpoints for one path the first stays', () => {
    const endpoints = ['/a/{x}', '/a/{y}', '/a.{x}', '/b:c'].map((endpoint) => ({
      endpoint,
      backend: [{ url_pattern: '/' }],
    }))
    const draft = importKrakend({ version: 3, host: ['a'], endpoints }, emptyProject)
    expect(draft.routes.map(({ name }) => name)).toEqual(['getAByX'])
    expect(draft.notes.map(({ at }) => at)).toEqual([
      '$.endpoints[1]',
      '$.endpoints[2].endpoint',
      '$.endpoints[3].endpoint',
    ])
  })

  test.each([[null], [[]], [{}], [{ endpoints: {} }], [{ version: 2, endpoints: [] }], ['text']])(
    'of a document that is no such configuration, %j, is all',
    (document) => {
      expect(() => importKrakend(document, emptyProject)).toThrow(ImportRefused)
    },
  )

  test('does not matter to what is nonsense inside of one', () => {
    const nonsense = [
      null,
      7,
      'x',
      [],
      {},
      { endpoint: 5, backend: 'x' },
      { endpoint: '/x', backend: [null, 7, { host: [7], url_pattern: {} }] },
      { endpoint: '/y', method: 'FETCH', backend: [{ url_pattern: '/' }] },
      { endpoint: '/z', backend: [{ host: ['http://[bad'], url_pattern: '/' }] },
    ]
    const draft = importKrakend({ version: 3, endpoints: nonsense }, emptyProject)
    expect(draft.routes).toEqual([])
    expect(draft.notes.length).toBeGreaterThanOrEqual(nonsense.length)
  })
})

test('a project that has colors already keeps them: the same are used, others get names beside them', () => {
  const endpoint = { endpoint: '/{id}/{n}', backend: [{ host: ['a'], url_pattern: '/{id}/{n}' }] }
  const colors = new Map([
    ['param.id', { type: 'string', description: 'theirs' }],
    ['param.n', { type: 'integer' }],
    ['part', { type: 'string' }],
  ])
  const draft = importKrakend({ version: 3, endpoints: [endpoint] }, { colors })
  expect(Object.keys(draft.colors)).toEqual(['param.n2', 'partData.answer'])
  expect(draft.services[0]!.text).toContain('get: /{param.id}/{param.n2}')
})

test('whatever names and values a configuration has, what comes of it loads', () => {
  const odd = fc.oneof(
    fc.string({ maxLength: 8, unit: 'grapheme' }),
    fc.constantFrom(
      'a',
      'a.b',
      'a.b.c',
      'in',
      'true',
      'item',
      '__proto__',
      'constructor.x',
      '$',
      '$merge',
      '${env.A}',
      "it's",
      '\n',
      '.',
      '',
    ),
  )
  const names = fc.array(odd, { maxLength: 4 })
  const backend = fc.record(
    {
      host: fc.array(fc.oneof(odd, fc.constantFrom('http://a', 'b:1', 'https://c.d.e/x')), {
        minLength: 1,
        maxLength: 2,
      }),
      url_pattern: fc.oneof(odd, fc.constantFrom('/{id}', '/x?a={id}&b', '/{resp0_a.b}', '/y?z={resp0_a}-{id}')),
      method: fc.constantFrom('GET', 'post', 'PUT'),
      group: odd,
      target: odd,
      allow: names,
      deny: names,
      mapping: fc.dictionary(odd, odd, { maxKeys: 3 }),
      is_collection: fc.boolean(),
      input_headers: names,
      input_query_strings: names,
    },
    { requiredKeys: ['host', 'url_pattern'] },
  )
  const proxy = fc.record(
    {
      sequential: fc.boolean(),
      static: fc.record({
        strategy: fc.constantFrom('always', 'errored', 'complete'),
        data: fc.dictionary(odd, fc.jsonValue({ maxDepth: 1 })),
      }),
    },
    { requiredKeys: [] },
  )
  const endpoint = fc.record(
    {
      endpoint: fc.oneof(odd, fc.constantFrom('/a/{id}', '/b')),
      backend: fc.array(backend, { maxLength: 3 }),
      input_headers: names,
      input_query_strings: names,
      output_encoding: fc.constantFrom('json', 'no-op', 'json-collection'),
      extra_config: fc.record({ proxy }),
    },
    { requiredKeys: ['endpoint', 'backend'] },
  )
  fc.assert(
    fc.property(fc.array(endpoint, { maxLength: 2 }), (endpoints) => {
      expect(faultsOf(importKrakend({ version: 3, endpoints }, emptyProject))).toEqual([])
    }),
    { numRuns: 150 },
  )
})
