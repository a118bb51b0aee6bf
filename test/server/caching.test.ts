import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { type Files, type Running, startGateway, untilActive, writeFiles } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** A backend that counts what it is asked; it answers its count unless told otherwise. */
async function startBackend(answer: Answer = (_request, response, count) => response.end(`{"word":"w${count}"}`)) {
  const asked: IncomingMessage[] = []
  const { url } = await opened(
    startHttpServer((request, response) => {
      asked.push(request)
      answer(request, response, asked.length)
    }),
  )
  return { asked, url }
}

const words = (url: string, keys: string) => `
service: words
endpoints: [${url}]
operations:
  word:
    get: /word
    in: { user.id?: header.x-user-id }
    out: { word: $.word }
    ${keys}
`

const route = (keys = '') => `
match: GET /word
in: { user.id?: header.x-user-id }
${keys}
do: [ { invoke: words.word } ]
response: { body: { word: $.word } }
`

const start = (
  url: string,
  { operation = '', keys = '', gateway = 'defaults: { timeout: 5s }' } = {},
  more: Files = {},
) => startGateway({ gateway, 'services/words': words(url, operation), 'routes/word': route(keys), ...more })

const get = ({ port }: Running, path = '/word', init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, init)
const purge = ({ adminPort }: Running, query: string) =>
  fetch(`http://127.0.0.1:${adminPort}/cache?${query}`, { method: 'DELETE' })

describe('the cache of an operation', () => {
  test('answers, and says so in Cache-Status and Server-Timing', async () => {
    const { url, asked } = await startBackend()
    const running = await start(url, { operation: 'cache: { ttl: 30s }' })
    const first = await get(running)
    expect(first.headers.get('cache-status')).toBe('word;fwd=uri-miss;stored')
    const second = await get(running)
    expect(await second.json()).toEqual({ word: 'w1' })
    expect(second.headers.get('cache-status')).toMatch(/^word;hit;ttl=(29|30)$/)
    expect(second.headers.get('server-timing')).toMatch(/^word;dur=[\d.]+;desc=cache$/)
    expect(running.entries[1]!.records[0]).toMatchObject({ source: 'cache', attempts: 0 })
    expect(asked).toHaveLength(1)
    const metrics = await (await fetch(`http://127.0.0.1:${running.adminPort}/metrics`)).text()
    expect(metrics).toContain('tessera_cache_total{service="words",operation="word",result="hit"} 1')
    expect(metrics).toMatch(/^tessera_store_entries 1$/m)
  })

  test('never gives one user what another asked for', async () => {
    const { url } = await startBackend((request, response) =>
      response.end(JSON.stringify({ word: request.headers['x-user-id'] ?? 'nobody' })),
    )
    const running = await start(url, { operation: 'cache: { ttl: 30s }' })
    for (const user of ['ann', 'bob', 'ann', 'bob']) {
      expect(await (await get(running, '/word', { headers: { 'x-user-id': user } })).json()).toEqual({ word: user })
    }
    expect(await (await get(running)).json()).toEqual({ word: 'nobody' })
  })

  test('stands in for a backend that fails, which degrades the answer', async () => {
    const { url } = await startBackend((_request, response, count) => {
      if (count > 1) response.statusCode = 503
      response.setHeader('cache-control', 'max-age=0')
      response.end('{"word":"kept"}')
    })
    const running = await start(url, { operation: 'cache: { ttl: 30s, staleIfError: 1h }' })
    await get(running)
    const answer = await get(running)
    expect(await answer.json()).toEqual({ word: 'kept' })
    expect(answer.headers.get('tessera-degraded')).toBe('word;source=stale;error=http-503')
    expect(answer.headers.get('cache-status')).toBe('word;fwd=stale;fwd-status=503')
  })

  test('gives a stale answer while it fetches a newer one, which degrades nothing', async () => {
    const { url, asked } = await startBackend((_request, response, count) => {
      response.setHeader('cache-control', 'max-age=0')
      response.end(`{"word":"w${count}"}`)
    })
    const running = await start(url, { operation: 'cache: { stale: 5m }' })
    await get(running)
    const answer = await get(running)
    expect(await answer.json()).toEqual({ word: 'w1' })
    expect(answer.headers.get('tessera-degraded')).toBeNull()
    expect(running.entries[1]!.records[0]).toMatchObject({ source: 'stale', error: undefined })
    expect(asked.length).toBeGreaterThanOrEqual(1)
  })

  test('never keeps a body that was cut short', async () => {
    const { url, asked } = await startBackend((_request, response, count) => {
      if (count > 1) return response.end('{"word":"whole"}')
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"word":"cut"}')
      setTimeout(() => response.destroy(), 20)
    })
    const running = await start(url, { operation: 'cache: { ttl: 30s }' })
    expect((await get(running)).status).toBe(502)
    expect(await (await get(running)).json()).toEqual({ word: 'whole' })
    expect(asked).toHaveLength(2)
  })

  test('asks whether an answer is still valid', async () => {
    const { url, asked } = await startBackend((request, response) => {
      response.setHeader('etag', '"1"')
      response.setHeader('cache-control', 'no-cache')
      if (request.headers['if-none-match'] === '"1"') {
        response.statusCode = 304
        response.end()
      } else response.end('{"word":"kept"}')
    })
    const running = await start(url, { operation: 'cache: { ttl: 30s }' })
    for (const _ of [1, 2, 3]) expect(await (await get(running)).json()).toEqual({ word: 'kept' })
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"'])
  })

  test('outlives a reload', async () => {
    const { url, asked } = await startBackend()
    const running = await start(url, { operation: 'cache: { ttl: 30s }' })
    await get(running)
    writeFiles(running.directory, { 'routes/word': route('summary: The word') })
    expect((await running.gateway.reload()).changed).toBe(true)
    expect((await get(running)).headers.get('cache-status')).toMatch(/^word;hit/)
    expect(asked).toHaveLength(1)
  })
})

test('100 equal requests at once make one call of the backend', async () => {
  const waiting: ServerResponse[] = []
  const { url, asked } = await startBackend((_request, response) => void waiting.push(response))
  const running = await start(url, { operation: 'coalesce: true' })
  const answers = Array.from({ length: 100 }, () => get(running))
  await until(() => waiting.length > 0)
  await untilActive(running, 100)
  waiting[0]!.end('{"word":"one"}')
  const bodies = await Promise.all(answers.map(async (answer) => (await (await answer).json()) as { word: string }))
  expect(new Set(bodies.map(({ word }) => word))).toEqual(new Set(['one']))
  expect(asked).toHaveLength(1)
  const sources = running.entries.map(({ records }) => records[0]!.source)
  expect(sources.filter((source) => source === 'coalesced')).toHaveLength(99)
})

describe('DELETE /cache', () => {
  test.each([
    ['service=words', 2],
    ['service=words&operation=word', 2],
    ['all', 2],
    ['route=word', 1],
    ['key=none-like-it', 1],
  ])('%s', async (query, asks) => {
    const { url, asked } = await startBackend()
    const running = await start(url, { operation: 'cache: { ttl: 30s }' })
    await get(running)
    expect((await purge(running, query)).status).toBe(200)
    await get(running)
    expect(asked).toHaveLength(asks)
  })

  test.each([
    ['', 400],
    ['service=words&all', 400],
    ['servise=words', 400],
    ['service=wrods', 404],
    ['service=words&operation=wrod', 404],
    ['route=wrod', 404],
  ])('refuses %s', async (query, status) => {
    const { url } = await startBackend()
    expect((await purge(await start(url), query)).status).toBe(status)
  })

  test('is not for pages of another origin', async () => {
    const { url } = await startBackend()
    const running = await start(url)
    const headers = { origin: 'https://elsewhere.example' }
    const answer = await fetch(`http://127.0.0.1:${running.adminPort}/cache?all`, { method: 'DELETE', headers })
    expect(answer.status).toBe(403)
  })
})

describe('a route with `etag`', () => {
  test('tells a client that it has the answer already', async () => {
    const { url } = await startBackend((_request, response) => response.end('{"word":"same"}'))
    const running = await start(url, { keys: 'etag: true' })
    const first = await get(running)
    const etag = first.headers.get('etag')!
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    expect(first.headers.get('vary')).toBe('x-user-id')
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get(running, '/word', { headers: { 'if-none-match': known } })
      expect(again.status).toBe(304)
      expect(again.headers.get('etag')).toBe(etag)
      expect(again.headers.get('content-type')).toBeNull()
      expect(await again.text()).toBe('')
    }
    const head = await get(running, '/word', { method: 'HEAD', headers: { 'if-none-match': etag } })
    expect(head.status).toBe(304)
    const changed = await get(running, '/word', { headers: { 'if-none-match': '"other"' } })
    expect(changed.status).toBe(200)
  })
})

describe('a route with `cache`', () => {
  test('answers from the store, with its age and what other caches may do', async () => {
    const { url, asked } = await startBackend()
    const running = await start(url, { keys: 'cache: { ttl: 60s }\netag: true' })
    const first = await get(running)
    expect(first.headers.get('cache-status')).toBe('tessera;fwd=uri-miss;stored')
    const second = await get(running)
    expect(await second.text()).toBe(await first.text())
    expect(second.headers.get('cache-status')).toMatch(/^tessera;hit;ttl=(59|60)$/)
    expect(second.headers.get('cache-control')).toBe('max-age=60')
    expect(second.headers.get('age')).toBe('0')
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(second.headers.get('server-timing')).toBeNull()
    expect(asked).toHaveLength(1)
  })

  test('keeps apart what it reads, and only that', async () => {
    const { url, asked } = await startBackend((request, response) =>
      response.end(JSON.stringify({ word: request.headers['x-user-id'] ?? 'nobody' })),
    )
    const running = await start(url, { keys: 'cache: { ttl: 60s }' })
    for (const user of ['ann', 'bob', 'ann']) {
      const answer = await get(running, '/word', { headers: { 'x-user-id': user, 'x-other': String(Math.random()) } })
      expect(await answer.json()).toEqual({ word: user })
    }
    await get(running, '/word?unread=1', { headers: { 'x-user-id': 'ann' } })
    expect(asked).toHaveLength(2)
  })

  test('does not keep an answer in which something is missing', async () => {
    const { url, asked } = await startBackend((_request, response, count) => {
      response.statusCode = count === 1 ? 503 : 200
      response.end('{"word":"there"}')
    })
    const degraded = route('cache: { ttl: 60s }').replace('words.word }', 'words.word, optional: true }')
    const running = await start(url, {}, { 'routes/word': degraded })
    expect(await (await get(running)).json()).toEqual({})
    expect(await (await get(running)).json()).toEqual({ word: 'there' })
    expect(asked).toHaveLength(2)
  })

  test('outlives a reload that changes nothing of what makes the answer, and no other', async () => {
    const { url, asked } = await startBackend()
    const running = await start(url, { keys: 'cache: { ttl: 60s }' })
    const dictionary = 'colors:\n  word: { type: string }\n  user.id: { type: string }\n'
    const write = async (files: Files) => {
      writeFiles(running.directory, files)
      expect((await running.gateway.reload()).changed).toBe(true)
      await get(running)
      return asked.length
    }
    expect(await write({ dictionary })).toBe(1)
    const commented = `# a comment\n${route('cache: { ttl: 60s } # a minute')}`
    expect(await write({ 'routes/word': commented, dictionary: `${dictionary}  # more to come\n` })).toBe(1)
    expect(await write({ 'routes/other': 'match: GET /other\ndo: [ empty ]\n' })).toBe(1)
    expect(await write({ 'routes/word': `${commented}summary: "# none"\n` })).toBe(2)
    expect(await write({ 'routes/word': `${commented}summary: "# some"\n` })).toBe(3)
    expect(await write({ dictionary: `${dictionary}  other.word: { type: string }\n` })).toBe(4)
  })

  test('is purged by its name', async () => {
    const { url, asked } = await startBackend()
    const running = await start(url, { keys: 'cache: { ttl: 60s }' })
    await get(running)
    expect((await purge(running, 'route=word')).status).toBe(200)
    await get(running)
    expect(asked).toHaveLength(2)
  })

  test('is private where who asks is in the answer', async () => {
    const { url } = await startBackend()
    const personal = route('cache: { ttl: 60s }').replace('header.x-user-id', 'cookie.user')
    const running = await start(url, {}, { 'routes/word': personal })
    const answer = await get(running)
    expect(answer.headers.get('cache-control')).toBe('private, max-age=60')
    expect(answer.headers.get('vary')).toBe('cookie')
  })
})
