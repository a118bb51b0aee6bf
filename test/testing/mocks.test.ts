import { describe, expect, test } from '@jest/globals'
import { load, problemsOf, run } from '../support/route-tests.ts'

const route = `
timeout: 500ms
in: { geo.city: { from: query.city, default: paris }, product.ids?: query.ids }
do:
  - id: picks
    invoke: reco.recommend
response: { body: { items: $.product.list } }
`
const plain = load(route)

describe('a mock', () => {
  test('answers by operation or by step', async () => {
    for (const name of ['reco.recommend', 'picks']) {
      expect(
        await problemsOf(`mocks: { ${name}: { body: { items: [1] } } }, expect: { body: { items: [1] } }`, plain),
      ).toEqual([])
    }
  })

  test('of the request stands before the one of the test, and that before the one of the file', async () => {
    const { suites } = await run(
      `
mocks: { picks: { body: { items: [file] } } }
tests:
  - { name: file, expect: { match: { '$.items[0]': file } } }
  - { name: test, mocks: { reco.recommend: { body: { items: [test] } } }, expect: { match: { '$.items[0]': test } } }
  - name: request
    mocks: { picks: { body: { items: [test] } } }
    requests:
      - { mocks: { picks: { body: { items: [request] } } }, expect: { match: { '$.items[0]': request } } }
      - { expect: { match: { '$.items[0]': test } } }
`,
      plain,
    )
    expect(suites[0]!.results.flatMap(({ problems }) => problems)).toEqual([])
  })

  test('gives the answers of a list one after the other, and the last one from then on', async () => {
    const answers = `[{ body: { items: [1] } }, { body: { items: [2] } }]`
    const requests = [1, 2, 2].map((n) => `{ expect: { match: { '$.items[0]': ${n} } } }`)
    expect(await problemsOf(`mocks: { picks: ${answers} }, requests: [${requests}]`, plain)).toEqual([])
  })

  test('gives an answer with a condition to every call it holds for', async () => {
    const answers = `[{ body: { items: [1] } }, { when: "request.path == '/recommend/rome'", body: { items: [rome] } }]`
    const ask = (city: string, item: unknown) =>
      `{ request: { query: { city: ${city} } }, expect: { match: { '$.items[0]': ${item} } } }`
    const requests = [ask('rome', 'rome'), ask('paris', 1), ask('rome', 'rome')]
    expect(await problemsOf(`mocks: { picks: ${answers} }, requests: [${requests}]`, plain)).toEqual([])
  })

  test('sees what the backend is sent, decoded, without the prefix of its URL', async () => {
    const test = `
      request: { query: { city: 'a b', ids: ['1', 'ü'] }, headers: { x-request-id: r-7 } },
      mocks: { picks: { body: { items: ['$.request.path', '$.request.query', '$.request.method', "\${ request.headers['x-request-id'] }"] } } },
      expect: { body: { items: [/recommend/a%20b, { size: '3', ids: ['1', 'ü'] }, GET, r-7] } }`
    expect(await problemsOf(test, plain)).toEqual([])
  })

  test('that is missing is an error of the test which names the operation, whatever covers the call', async () => {
    const covered = load(route.replace('invoke: reco.recommend', 'invoke: reco.recommend\n    optional: true'))
    expect(await problemsOf('expect: { status: 200 }', covered)).toEqual([
      '2: reco.recommend (GET /v1/recommend/paris?size=3): the route called it, and no mock answers',
    ])
    expect(await problemsOf("mocks: { picks: { when: 'false' } }, expect: { status: 200 }", covered)).toEqual([
      '2: reco.recommend (GET /v1/recommend/paris?size=3): no answer of its mock holds for this call',
    ])
  })

  test('whose template fails is an error of the test', async () => {
    const [problem] = await problemsOf(
      "mocks: { picks: { body: '${ int(request.path) }' } }, expect: { status: 200 }",
      plain,
    )
    expect(problem).toMatch(/^2: reco\.recommend .*`int\(request\.path\)` failed/)
  })
})

describe('below the mocks everything is real', () => {
  test.each([
    ['{ status: 503 }', 502, 'http-503'],
    ['{ fail: unavailable }', 502, 'unavailable'],
    ['{ fail: overloaded }', 503, 'overloaded'],
    ['{ fail: timeout }', 504, 'timeout'],
    ['{ delay: 201ms }', 504, 'timeout'],
    ['{ fail: invalid-response }', 502, 'invalid-response'],
    ["{ text: '<html>' }", 502, 'invalid-response'],
    ["{ text: '{}', headers: { content-type: text/html } }", 502, 'invalid-response'],
  ])('%s', async (answer, status, error) => {
    expect(
      await problemsOf(`mocks: { picks: ${answer} }, expect: { status: ${status}, error: ${error} }`, plain),
    ).toEqual([])
  })

  test('an answer over the limit is unusable', async () => {
    const small = load(route, {
      gateway: 'defaults: { maxResponseBody: 10B }',
      ...(await import('../support/route-tests.ts')).services,
    })
    const mock = '{ text: \'{"items":[1,2,3]}\' }'
    expect(await problemsOf(`mocks: { picks: ${mock} }, expect: { error: invalid-response }`, small)).toEqual([])
  })

  test('what is discovered and looked after in production is neither', async () => {
    const files = (await import('../support/route-tests.ts')).services
    const service = files['services/reco']!.replace(
      'endpoints: [http://127.0.0.1:9/v1]',
      'discover: { consul: { address: "http://127.0.0.1:9", service: reco } }\nhealth: { get: /healthz }\nfailover: fast-retry',
    )
    const found = load(route, { ...files, 'services/reco': service })
    expect(
      await problemsOf(
        `mocks: { picks: { body: { items: [] } } }, expect: { status: 200, body: { items: [] } }`,
        found,
      ),
    ).toEqual([])
  })

  test('retries wait, and use up the budget of the request', async () => {
    const retried = load(
      route.replace(
        'invoke: reco.recommend',
        'invoke: reco.recommend\n    retry: { attempts: 9, delay: 40ms, backoff: constant, jitter: false, on: [all] }',
      ),
    )
    // 150 + 40 + 200 (its timeout) + 40, and the 70 that are left.
    const mock = '[{ delay: 150ms, status: 500 }, { fail: timeout }]'
    const test = `mocks: { picks: ${mock} }, expect: { error: timeout, within: 500ms, calls: { picks: 3 } }`
    expect(await problemsOf(test, retried)).toEqual([])
    expect(await problemsOf(test.replace('500ms', '499ms'), retried)).toEqual(['2: it took 500ms, over 499ms'])
  })

  test('a failure cancels the calls beside it', async () => {
    const beside = load(
      `in: { geo.city: query.city }\ndo: [ { parallel: [ { invoke: reco.recommend }, { invoke: content.banners } ] } ]\nresponse: { body: '$.product.list' }`,
    )
    const mocks = 'mocks: { recommend: { delay: 190ms }, banners: { delay: 10ms, fail: unavailable } }'
    const expected = 'expect: { error: unavailable, within: 10ms, calls: { recommend: 1, banners: 1 } }'
    expect(await problemsOf(`request: { query: { city: paris } }, ${mocks}, ${expected}`, beside)).toEqual([])
  })

  test('a breaker opens, rests and closes in virtual time', async () => {
    const guarded = load(
      route.replace(
        'invoke: reco.recommend',
        'invoke: reco.recommend\n    breaker: { minCalls: 4, open: 10m, window: 1m, errorRate: 50% }',
      ),
    )
    const test = `requests: [
      { repeat: 4, mocks: { picks: { status: 500 } }, expect: { error: http-500 } },
      { expect: { error: circuit-open, status: 503, headers: { retry-after: '600' }, calls: [] } },
      { after: 599s, expect: { error: circuit-open, calls: [] } },
      { after: 1s, mocks: { picks: { body: { items: [1] } } }, expect: { status: 200, calls: [picks] } },
      { mocks: { picks: { body: { items: [1] } } }, expect: { status: 200 } }]`
    expect(await problemsOf(test, guarded)).toEqual([])
  })

  test('a last good answer stands in as long as it may, and is forgotten by the next test', async () => {
    const stale = load(
      route.replace('invoke: reco.recommend', 'invoke: reco.recommend\n    fallback: { lastGood: 10m }'),
    )
    const good = '{ mocks: { picks: { body: { items: [1] } } }, expect: { status: 200 } }'
    const down = 'mocks: { picks: { status: 500 } }'
    const test = (after: string, expected: string) =>
      `requests: [${good}, { after: ${after}, ${down}, expect: ${expected} }]`
    expect(await problemsOf(test('10m', '{ degraded: [picks], match: { $.items: [1] } }'), stale)).toEqual([])
    expect(await problemsOf(test('601s', '{ error: http-500 }'), stale)).toEqual([])
    expect(await problemsOf(`${down}, expect: { error: http-500 }`, stale)).toEqual([])
  })

  test('jitter is the same in every run: half of the delay', async () => {
    const retried = load(
      route.replace(
        'invoke: reco.recommend',
        'invoke: reco.recommend\n    retry: { attempts: 2, delay: 100ms, jitter: true, on: [all] }',
      ),
    )
    const test =
      'mocks: { picks: [{ status: 500 }, { body: { items: [] } }] }, expect: { within: 50ms, calls: { picks: 2 } }'
    expect(await problemsOf(test, retried)).toEqual([])
    expect(await problemsOf(test.replace('50ms', '49ms'), retried)).toHaveLength(1)
  })
})
