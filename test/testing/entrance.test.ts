import { describe, expect, test } from '@jest/globals'
import { load, problemsOf, run, services } from '../support/route-tests.ts'

const called = `do: [ { invoke: reco.recommend, with: { geo.city: paris } } ]\nresponse: { body: { list: $.product.list } }\n`
const mocks = 'mocks: { reco.recommend: { body: { items: [1] } } }'

describe('the limit of a route', () => {
  const limited = (limit: string, gateway?: string) =>
    load(`${called}limit: ${limit}`, gateway === undefined ? services : { ...services, gateway })

  test('refuses the 21st request in a second, and says when one more may come', async () => {
    const requests = `[
      { repeat: 20, expect: { status: 200, headers: { ratelimit-policy: '"home";q=10;w=1;tessera-burst=20', ratelimit: '"home";r=0;t=1', retry-after: null } } },
      { expect: { status: 429, error: rate-limited, calls: [], headers: { ratelimit: '"home";r=0;t=1', retry-after: '1' }, match: { $.route: home } } },
      { after: 100ms, expect: { status: 200 } },
      { expect: { status: 429 } },
      { after: 2s, expect: { status: 200, headers: { ratelimit: '"home";r=19;t=1' } } },
    ]`
    expect(await problemsOf(`${mocks}, requests: ${requests}`, limited('{ rate: 10/s, burst: 20 }'))).toEqual([])
  })

  test('counts clients apart, and from the beginning in every test', async () => {
    const snapshot = limited('{ rate: 1/h, burst: 1, by: request.ip }')
    const requests = `[
      { request: { ip: 10.0.0.1 }, expect: { status: 200 } },
      { request: { ip: 10.0.0.2 }, expect: { status: 200 } },
      { request: { ip: 10.0.0.1 }, expect: { status: 429 } },
    ]`
    const text = `tests:\n  - { name: a, ${mocks}, requests: ${requests} }\n  - { name: b, ${mocks}, expect: { status: 200 } }\n`
    const { suites } = await run(text, snapshot)
    expect(suites[0]!.results.flatMap(({ problems }) => problems)).toEqual([])
  })

  test('stands behind the gateway’s own', async () => {
    const snapshot = limited('{ rate: 1/h, burst: 5 }', 'limit: { rate: 1/h, burst: 1, by: request.headers.x-key }')
    const requests = `[
      { expect: { status: 200, headers: { ratelimit: '"gateway";r=0;t=3600, "home";r=4;t=3600' } } },
      { expect: { status: 429, headers: { retry-after: '3600' } } },
      { request: { headers: { x-key: other } }, expect: { status: 200 } },
    ]`
    expect(await problemsOf(`${mocks}, requests: ${requests}`, snapshot)).toEqual([])
  })

  test('that a test has forgotten fails it', async () => {
    const problems = await problemsOf(
      `${mocks}, requests: [{ repeat: 2, expect: { status: 200 } }]`,
      limited('{ rate: 1/h, burst: 1 }'),
    )
    expect(problems).toEqual(['2: the status is 429 (rate-limited), not 200'])
  })
})

describe('the cache of a route', () => {
  test('answers the second request until its time has passed', async () => {
    const requests = `[
      { expect: { calls: { reco.recommend: 1 } } },
      { after: 20s, expect: { calls: { reco.recommend: 0 }, headers: { age: '20', cache-status: 'tessera;hit;ttl=10' } } },
      { after: 11s, expect: { calls: { reco.recommend: 1 }, headers: { age: null } } },
    ]`
    expect(await problemsOf(`${mocks}, requests: ${requests}`, load(`${called}cache: { ttl: 30s }`))).toEqual([])
  })

  test('tells a client that has the answer already', async () => {
    const snapshot = load(`${called}etag: true`)
    const { suites } = await run(`tests:\n  - { name: a, ${mocks}, expect: { status: 200 } }\n`, snapshot)
    const tag = String(suites[0]!.results[0]!.seen[0]!.headers['etag'])
    expect(tag).toMatch(/^"[\w-]{22}"$/)
    const requests = `[{ request: { headers: { if-none-match: '${tag}' } }, expect: { status: 304, headers: { content-type: null } } }]`
    expect(await problemsOf(`${mocks}, requests: ${requests}`, snapshot)).toEqual([])
  })
})
