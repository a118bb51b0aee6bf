import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { parseList } from 'structured-headers'
import { afterTest, opened } from '../../support/cleanup.ts'
import { startGateway } from '../../support/gateway.ts'
import { hasRedis, TestRedis } from '../../support/redis.ts'
import { startHttpServer } from '../../support/servers.ts'
import { until } from '../../support/waiting.ts'
import { wordRoute, wordService } from '../../support/words.ts'

async function startWords() {
  const waiting: ServerResponse[] = []
  const state = { holds: false, count: 0 }
  const answer = (response: ServerResponse) =>
    response.setHeader('content-type', 'application/json').end('{"word":"x"}')
  const server = await opened(
    startHttpServer((_request, response) => {
      state.count++
      if (state.holds) waiting.push(response)
      else answer(response)
    }),
  )
  return {
    url: server.url,
    state,
    /** Answers one, or all and whatever comes. */
    release(all = false) {
      if (all) state.holds = false
      for (const response of waiting.splice(0, all ? waiting.length : 1)) answer(response)
    },
  }
}

const get = (port: number, path = '/word', headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers })

describe('a limit of clients', () => {
  test('is answered 429 once it is used up, and told on every answer', async () => {
    const { url } = await startWords()
    const route = `${wordRoute}\nlimit: { rate: 1/m, burst: 2, by: request.headers.x-tenant }`
    const { port } = await startGateway({ 'services/words': wordService(url), 'routes/word': route })
    const first = await get(port, '/word', { 'x-tenant': 'a' })
    expect(first.status).toBe(200)
    expect(first.headers.get('ratelimit-policy')).toBe('"word";q=1;w=60;tessera-burst=2')
    expect(first.headers.get('ratelimit')).toBe('"word";r=1;t=60')
    await get(port, '/word', { 'x-tenant': 'a' })
    const refused = await get(port, '/word', { 'x-tenant': 'a' })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('content-type')).toContain('application/problem+json')
    expect(await refused.json()).toMatchObject({ code: 'rate-limited', route: 'word', status: 429 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(59)
    const [[name, about]] = parseList(refused.headers.get('ratelimit')!) as [[string, Map<string, number>]]
    expect([name, about.get('r')]).toEqual(['word', 0])
    expect(about.get('t')).toBe(Number(refused.headers.get('retry-after')))
    expect((await get(port, '/word', { 'x-tenant': 'b' })).status).toBe(200)
  })

  test('takes the addresses of one IPv6 network for one client, and IPv4 within IPv6 for IPv4', async () => {
    const { url } = await startWords()
    const { port } = await startGateway({
      gateway: '{ trustedProxies: [loopback] }',
      'services/words': wordService(url),
      'routes/word': `${wordRoute}\nlimit: { rate: 1/h, burst: 1, by: request.ip }`,
      'routes/pass': 'match: GET /pass\nproxy: words\nlimit: { rate: 1/h, burst: 1, by: request.ip }',
    })
    for (const path of ['/word', '/pass']) {
      const from = async (address: string) => (await get(port, path, { 'x-forwarded-for': address })).status !== 429
      const addresses = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '[2001:db8:1:2::3]:443', '2001:db8:1:3::1']
      const mapped = ['20.0.0.1', '::ffff:20.0.0.1', '20.0.0.1:41234']
      const passed = []
      for (const address of [...addresses, ...mapped]) passed.push(await from(address))
      expect(passed).toEqual([true, false, false, true, true, false, false])
    }
  })

  test('counts by an input of the route', async () => {
    const { url } = await startWords()
    const route = `match: GET /word\nin: { number: query.n }\nlimit: { rate: 1/h, burst: 1, by: number }\ndo: [ { invoke: words.word } ]\nresponse: { body: { word: $.word, number: $.number } }`
    const { port } = await startGateway({ 'services/words': wordService(url), 'routes/word': route })
    const statuses = []
    for (const n of ['1', '1', '2']) statuses.push((await get(port, `/word?n=${n}`)).status)
    expect(statuses).toEqual([200, 429, 200])
  })

  test('holds for the whole gateway, passthroughs included, beside a route’s own', async () => {
    const { url } = await startWords()
    const { port } = await startGateway({
      gateway: 'limit: { rate: 1/h, burst: 3, by: request.ip }',
      'services/words': wordService(url),
      'routes/word': `${wordRoute}\nlimit: { rate: 1/h, burst: 100 }`,
      'routes/pass': 'match: GET /pass\nproxy: words',
    })
    const answers = [
      await get(port),
      await get(port, '/pass'),
      await get(port),
      await get(port, '/pass'),
      await get(port),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429])
    expect(answers[1]!.headers.get('ratelimit')).toBe('"gateway";r=1;t=3600')
    expect(parseList(answers[0]!.headers.get('ratelimit')!).map(([name]) => name)).toEqual(['gateway', 'word'])
  })

  test('outlives a reload that leaves it as it was', async () => {
    const { url } = await startWords()
    const limited = (body: string) => `match: GET /word\nlimit: { rate: 1/h, burst: 1 }\nresponse: { body: ${body} }`
    const { writeFiles } = await import('../../support/gateway.ts')
    const { port, gateway, directory } = await startGateway({
      'services/words': wordService(url),
      'routes/word': limited('1'),
    })
    expect((await get(port)).status).toBe(200)
    writeFiles(directory, { 'routes/word': limited('2') })
    expect((await gateway.reload()).ok).toBe(true)
    expect((await get(port)).status).toBe(429)
  })
})

const redisTest = hasRedis ? test : test.skip

describe('a limit that two gateways share', () => {
  async function startTwo(redis: TestRedis) {
    const { url } = await startWords()
    const files = {
      gateway: `stores: { limits: '${redis.url}' }`,
      'services/words': wordService(url),
      'routes/word': `${wordRoute}\nlimit: { rate: 1/h, burst: 10, by: request.headers.x-tenant }`,
    }
    return [await startGateway(files), await startGateway(files)] as const
  }

  redisTest('lets as many through as one', async () => {
    const redis = await TestRedis.start()
    afterTest(() => redis.close())
    const gateways = await startTwo(redis)
    const told = (what: string) => gateways.flatMap(({ lines }) => lines.filter((line) => line.includes(what))).length
    // While Redis does not answer in time each counts for itself, and says so: then another tenant is looked at.
    let tenant = 0
    const passed = await until(async () => {
      const before = told('limits are not shared')
      const headers = { 'x-tenant': `t${tenant++}` }
      const asked = gateways.flatMap(({ port }) => Array.from({ length: 10 }, () => get(port, '/word', headers)))
      const statuses = (await Promise.all(asked)).map(({ status }) => status)
      const wereTogether = told('limits are not shared') === before && told('limits are shared again') === before
      return wereTogether && statuses.filter((status) => status === 200).length
    })
    expect(passed).toBe(10)
  })

  redisTest('goes on by itself when Redis is killed, and says so in the log and the metrics', async () => {
    const redis = await TestRedis.start()
    afterTest(() => redis.close())
    const [{ port, adminPort, lines }] = await startTwo(redis)
    expect((await get(port)).status).toBe(200)
    const shared = async () =>
      /^tessera_rate_limits_shared (\d)/m.exec(await (await get(adminPort, '/metrics')).text())?.[1]
    // A busy machine may have kept it from answering in time.
    await until(async () => (await shared()) === '1', 'the limits are shared')
    const told = () => lines.filter((line) => line.includes('limits are not shared')).length
    const before = told()
    await redis.kill()
    // Before any request has found out.
    expect(await shared()).toBe('0')
    const answers = await Promise.all(Array.from({ length: 10 }, () => get(port)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(await shared()).toBe('0')
    expect(told() - before).toBe(1)
  })
})

describe('a bulkhead of a route', () => {
  const untilWaiting = (adminPort: number, count: number) =>
    until(async () =>
      new RegExp(`bulkhead_waiting\\{[^}]*\\} ${count}\n`).test(await (await get(adminPort, '/metrics')).text()),
    )

  test('queues one, sheds the next, and counts the wait against the budget', async () => {
    const words = await startWords()
    words.state.holds = true
    const route = `${wordRoute}\ntimeout: 2s\nbulkhead: { concurrent: 1, queue: 1 }`
    const { port, adminPort } = await startGateway({ 'services/words': wordService(words.url), 'routes/word': route })
    const first = get(port)
    await until(() => words.state.count === 1)
    const second = get(port)
    await untilWaiting(adminPort, 1)
    const shed = await get(port)
    expect([shed.status, shed.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await shed.json()).toMatchObject({ code: 'overloaded' })
    words.release()
    expect((await first).status).toBe(200)
    await until(() => words.state.count === 2)
    words.release()
    expect((await second).status).toBe(200)
  })

  test('does not let a class that takes too much work to tell wait in it', async () => {
    const words = await startWords()
    words.state.holds = true
    const priority = "priority: \"${ request.query.tags.split(',').exists(t, t == 'vip') ? 'high' : 'low' }\""
    const route = `${wordRoute}\nmaxWork: 500\n${priority}\nbulkhead: { concurrent: 1, queue: 5 }`
    const { port } = await startGateway({ 'services/words': wordService(words.url), 'routes/word': route })
    const first = get(port)
    await until(() => words.state.count === 1)
    const heavy = await get(port, `/word?tags=${Array.from({ length: 3500 }, () => 't').join(',')}`)
    expect([heavy.status, await heavy.json()]).toEqual([400, expect.objectContaining({ code: 'too-much-work' })])
    words.release(true)
    expect((await first).status).toBe(200)
  })

  test('forgets a client that leaves the queue', async () => {
    const words = await startWords()
    words.state.holds = true
    const route = `${wordRoute}\nbulkhead: { concurrent: 1, queue: 1 }`
    const { port, adminPort } = await startGateway({ 'services/words': wordService(words.url), 'routes/word': route })
    const first = get(port)
    await until(() => words.state.count === 1)
    const leaving = new AbortController()
    const left = fetch(`http://127.0.0.1:${port}/word`, { signal: leaving.signal }).catch(() => undefined)
    await untilWaiting(adminPort, 1)
    leaving.abort()
    await left
    await untilWaiting(adminPort, 0)
    words.release(true)
    expect((await first).status).toBe(200)
    expect(words.state.count).toBe(1)
  })
})

describe('what stands before a service', () => {
  test('holds for all its routes together, and fails a call with what its fallback covers', async () => {
    const words = await startWords()
    words.state.holds = true
    const service = wordService(words.url, 'bulkhead: { concurrent: 1 }')
    const other = `match: GET /other\ndo: [ { invoke: words.word, fallback: { body: { word: spare } } } ]\nresponse: { body: { word: $.word } }`
    const { port } = await startGateway({ 'services/words': service, 'routes/word': wordRoute, 'routes/other': other })
    const first = get(port)
    await until(() => words.state.count === 1)
    const covered = await get(port, '/other')
    expect(await covered.json()).toEqual({ word: 'spare' })
    expect(covered.headers.get('tessera-degraded')).toBe('word;source=fallback;error=overloaded')
    words.release(true)
    expect((await first).status).toBe(200)
  })

  test('holds calls to its rate', async () => {
    const words = await startWords()
    const service = wordService(words.url, 'limit: { rate: 1/h, burst: 2, wait: 0ms }')
    const { port } = await startGateway({ 'services/words': service, 'routes/word': wordRoute })
    const statuses = []
    for (let request = 0; request < 3; request++) statuses.push((await get(port)).status)
    expect(statuses).toEqual([200, 200, 503])
  })
})
