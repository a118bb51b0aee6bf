import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordRoute, wordService } from '../support/words.ts'

async function startWords(keys = '', routes: Record<string, string> = { 'routes/word': wordRoute }) {
  let received = 0
  const backend = await opened(
    startHttpServer((_, response) => {
      received++
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"word":"hello"}')
    }),
  )
  const running = await startGateway({ 'services/words': wordService(backend.url, keys), ...routes })
  const ask = async (headers: Record<string, string> = {}, query = '') => {
    const response = await fetch(`http://127.0.0.1:${running.port}/word${query}`, { headers })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: JSON.parse(text) as Record<string, unknown>,
    }
  }
  return { ...running, ask, received: () => received }
}

const guarded = (condition: string) => `
match: GET /word
do:
  - { id: guard, throw: { error: forbidden, status: 403 }, when: ${JSON.stringify(condition)} }
  - invoke: words.word
response: { body: { word: $.word } }
`

describe('a guard, over sockets', () => {
  test.each([
    ["request.headers['x-role'] != 'admin'", 403, { 'x-role': 'admin' }, ''],
    ["!(request.headers['x-role'] == 'admin')", 403, { 'x-role': 'admin' }, ''],
    ["!(request.headers['x-role'] in ['admin', 'root'])", 403, { 'x-role': 'root' }, ''],
    ["request.cookies.role != 'admin'", 403, { cookie: 'role=admin' }, ''],
    ["request.query.role != 'admin'", 403, {}, '?role=admin'],
    ["!request.headers['x-key'].startsWith('k')", 500, { 'x-key': 'k1' }, ''],
    ["size(request.headers['x-key']) != 2", 500, { 'x-key': 'k1' }, ''],
    ["!['k1'].exists(k, request.headers['x-key'].startsWith(k))", 500, { 'x-key': 'k1' }, ''],
  ] as const)('when: %s', async (condition, status, headers, query) => {
    const { ask, received } = await startWords('', { 'routes/word': guarded(condition) })
    expect((await ask()).status).toBe(status)
    expect(received()).toBe(0)
    expect(await ask(headers, query)).toMatchObject({ status: 200, json: { word: 'hello' } })
  })

  test('that cannot be told says which step it was to the client, and to the log why', async () => {
    const { ask, lines } = await startWords('', {
      'routes/word': guarded("request.headers['x-role'].startsWith('operator-')"),
    })
    const { status, json, text } = await ask()
    expect(status).toBe(500)
    expect(json).toMatchObject({ code: 'expression-failed', step: 'guard', status: 500, traceId: expect.any(String) })
    expect(json).not.toHaveProperty('detail')
    expect(text).not.toMatch(/x-role|operator/)
    const log = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(log).toContainEqual(
      expect.objectContaining({
        msg: 'request',
        trace_id: json['traceId'],
        failures: [
          {
            step: 'guard',
            error: 'expression-failed',
            cause:
              "the expression `request.headers['x-role'].startsWith('operator-')` failed: `request.headers['x-role']` is absent",
          },
        ],
      }),
    )
    expect(lines.join('')).not.toContain('an internal error')
  })
})

describe('an expression that fails while a call is rendered', () => {
  test('says nothing to the breaker, whoever sends how many of them', async () => {
    const route = `
match: GET /word
do:
  - { invoke: words.word, with: { user.id: "\${ request.query.id + '!' }" } }
response: { body: { word: $.word } }
`
    const service = (url: string) => `
service: words
endpoints: [${url}]
breaker: { errorRate: 10%, window: 10s, minCalls: 2, open: 1m }
operations:
  word: { get: /word, in: { user.id: query.id }, out: { word: $.word } }
`
    const backend = await opened(
      startHttpServer((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"word":"hello"}')
      }),
    )
    const { port } = await startGateway({ 'services/words': service(backend.url), 'routes/word': route })
    const url = `http://127.0.0.1:${port}/word`
    for (let round = 0; round < 25; round++) expect((await fetch(url)).status).toBe(500)
    expect((await fetch(`${url}?id=1`)).status).toBe(200)
  })
})

describe('a rule of a split', () => {
  test('that cannot be told lets nobody in, and the log says so', async () => {
    const backend = await opened(
      startHttpServer((request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ word: request.url }))
      }),
    )
    const service = `
service: words
versions:
  stable: { endpoints: [${backend.url}/stable] }
  canary: { endpoints: [${backend.url}/canary], weight: 0 }
split: { match: [ { when: "request.headers['x-who'] != 'guest'", to: canary } ] }
operations:
  word: { get: /word, out: { word: $.word } }
`
    const { port, lines } = await startGateway({ 'services/words': service, 'routes/word': wordRoute })
    const ask = async (headers: Record<string, string>) =>
      ((await (await fetch(`http://127.0.0.1:${port}/word`, { headers })).json()) as { word: string }).word
    expect(await ask({})).toBe('/stable/word')
    expect(await ask({ 'x-who': 'guest' })).toBe('/stable/word')
    expect(await ask({ 'x-who': 'mei' })).toBe('/canary/word')
    expect(await ask({})).toBe('/stable/word')
    expect(lines.filter((line) => line.includes('does not hold where it cannot be told'))).toHaveLength(1)
  })
})
