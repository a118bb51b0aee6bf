import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { openWebSocket, startEcho, upgradeRequest } from '../support/websocket.ts'

const app = 'https://app.example.com'
const gatewayFile = `
defaults: { timeout: 5s, maxRequestBody: 1KB }
cors: { origins: ['${app}'], credentials: true, maxAge: 10m }
`
const routes = {
  'routes/word': `
match: GET /word
in: { user.id?: header.x-user }
response: { headers: { x-own: mine }, body: { word: $.user.id } }
etag: true
cache: { ttl: 1m }
`,
  'routes/put': 'match: PUT /word\nin: { word: $.word }\nresponse: { body: $.word }\n',
  'routes/none': 'match: GET /none\nresponse: { body: 1 }\n',
  'routes/gone': 'match: GET /gone\ndo: [ { throw: { error: gone, status: 503 } } ]\n',
  'routes/rare': 'match: GET /rare\nlimit: { rate: 1/h }\nresponse: { body: 1 }\n',
  'routes/own': `match: GET /own\ncors: { origins: ['https://*.partner.test'] }\nresponse: { body: 1 }\n`,
  'routes/closed': 'match: GET /closed\ncors: false\nresponse: { body: 1 }\n',
  'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  'routes/inside': 'match: ANY /inside/*rest\ncors: false\nproxy: shop\n',
}

/** The same without a word of it. */
const unsaid = {
  gateway: 'defaults: { timeout: 5s }',
  'routes/own': 'match: GET /own\nresponse: { body: 1 }\n',
  'routes/closed': 'match: GET /closed\nresponse: { body: 1 }\n',
  'routes/inside': 'match: GET /inside\nresponse: { body: 1 }\n',
}

async function start(files: Record<string, string> = {}) {
  const seen: string[] = []
  const backend = await opened(
    startHttpServer((message, response) => {
      seen.push(`${message.method} ${message.url}`)
      response.writeHead(200, {
        'Access-Control-Allow-Origin': '*',
        'access-control-allow-private-network': 'true',
        vary: 'accept',
      })
      response.end('passed')
    }),
  )
  const shop = `service: shop\nendpoints: [${backend.url}]\noperations: {}\n`
  const running = await startGateway({ gateway: gatewayFile, 'services/shop': shop, ...routes, ...files })
  const url = `http://127.0.0.1:${running.port}`
  const ask = (path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
    fetch(url + path, { ...init, headers: { origin: app, ...init.headers } })
  const preflight = (path: string, method: string, headers: Record<string, string> = {}) =>
    ask(path, { method: 'OPTIONS', headers: { 'access-control-request-method': method, ...headers } })
  return { ...running, seen, ask, preflight }
}

const readable = ({ headers }: Response) => [
  headers.get('access-control-allow-origin'),
  headers.get('access-control-allow-credentials'),
  headers.get('vary')?.split(', ').includes('Origin'),
]
const yes = [app, 'true', true]

describe('a page that may read', () => {
  test('reads an answer, the same kept, a 304, and each refusal there is', async () => {
    const { ask } = await start()
    const first = await ask('/word')
    expect([first.status, ...readable(first)]).toEqual([200, ...yes])
    const kept = await ask('/word')
    expect([kept.headers.get('cache-status'), ...readable(kept)]).toEqual([expect.stringContaining('hit'), ...yes])
    const etag = first.headers.get('etag')!
    const known = await ask('/word', { headers: { 'if-none-match': etag } })
    expect([known.status, ...readable(known)]).toEqual([304, ...yes])
    const long = JSON.stringify({ word: 'x'.repeat(2000) })
    const json = { 'content-type': 'application/json' }
    await ask('/rare')
    for (const [status, answer] of [
      [404, await ask('/nowhere')],
      [400, await ask('/%zz')],
      [405, await ask('/word', { method: 'DELETE' })],
      [400, await ask('/word', { method: 'PUT', body: '{', headers: json })],
      [413, await ask('/word', { method: 'PUT', body: long, headers: json })],
      [415, await ask('/word', { method: 'PUT', body: 'a', headers: { 'content-type': 'text/plain' } })],
      [429, await ask('/rare')],
      [503, await ask('/gone')],
    ] as const) {
      expect([answer.status, ...readable(answer)]).toEqual([status, ...yes])
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    }
  })

  test('reads which request it was, and what the gateway says of the answer', async () => {
    const { ask } = await start()
    const exposed = (await ask('/rare')).headers.get('access-control-expose-headers')!.split(', ')
    expect(exposed).toEqual(expect.arrayContaining(['x-request-id', 'tessera-degraded', 'ratelimit', 'retry-after']))
  })

  test('reads why its connection was refused what it understood of its request', async () => {
    const { port } = await start()
    const origin = `Origin: ${app}`
    const chunks = await sendRaw(
      port,
      `${request('PUT /word HTTP/1.1', origin, 'Content-Type: application/json', 'Transfer-Encoding: chunked')}zz\r\n`,
    )
    expect([chunks.status, chunks.header('access-control-allow-origin')]).toEqual([400, app])
    const broken = await sendRaw(port, 'GET / HTTP/1.1\r\nbroken\r\n\r\n')
    expect([broken.status, broken.header('vary')]).toEqual([400, 'Origin'])
  })

  test('is not sent what depends on it by a cache that lies between', async () => {
    const { port, ask } = await start()
    for (const headers of [{}, { origin: 'https://evil.test' }, { origin: 'null' }]) {
      const answer = await fetch(`http://127.0.0.1:${port}/word`, { headers })
      expect(readable(answer)).toEqual([null, null, true])
    }
    expect((await ask('/word')).headers.get('vary')).toBe('x-user, Origin')
  })
})

describe('a preflight', () => {
  test('is answered for the route that it asks of, before its limit, and tells nothing of the inside', async () => {
    const { preflight, entries } = await start()
    const answer = await preflight('/word', 'PUT', { 'access-control-request-headers': 'content-type' })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    const { date: _date, connection: _connection, 'x-request-id': _id, ...headers } = Object.fromEntries(answer.headers)
    expect(headers).toEqual({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, PUT',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'keep-alive': expect.any(String),
    })
    expect((await preflight('/word', 'GET')).headers.get('access-control-allow-headers')).toBe('if-none-match, x-user')
    for (let time = 0; time < 3; time++) expect((await preflight('/rare', 'GET')).status).toBe(204)
    expect(entries.every(({ route }) => route === undefined)).toBe(true)
  })

  test('for a method that the path has not is told those that it has', async () => {
    const { preflight } = await start()
    const answer = await preflight('/none', 'DELETE')
    expect([answer.status, answer.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD'])
  })

  test('for a path that nothing is at is a 404 that its page can read', async () => {
    const { preflight } = await start()
    const answer = await preflight('/nowhere', 'GET')
    expect([answer.status, ...readable(answer)]).toEqual([404, ...yes])
  })

  test('of another page is told nothing', async () => {
    const { preflight } = await start()
    for (const origin of ['https://evil.test', 'null']) {
      const answer = await preflight('/word', 'PUT', { origin })
      expect(answer.status).toBe(204)
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(answer.headers.get('vary')).toContain('Origin')
    }
  })

  test('never reaches a service, whatever methods are passed on', async () => {
    const { preflight, ask, seen } = await start()
    const answer = await preflight('/shop/cart', 'PATCH', { 'access-control-request-headers': 'x-any, content-type' })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE')
    expect(answer.headers.get('access-control-allow-headers')).toBe('x-any, content-type')
    expect((await ask('/shop/cart', { method: 'OPTIONS' })).status).toBe(200)
    expect(seen).toEqual(['OPTIONS /shop/cart'])
  })
})

describe('what a service says of it', () => {
  test('is dropped where the gateway says it', async () => {
    const { ask, port } = await start()
    const passed = await ask('/shop/x')
    expect([await passed.text(), ...readable(passed)]).toEqual(['passed', ...yes])
    expect(passed.headers.get('vary')).toBe('accept, Origin')
    expect(passed.headers.get('access-control-allow-private-network')).toBeNull()
    const foreign = await fetch(`http://127.0.0.1:${port}/shop/x`, { headers: { origin: 'https://evil.test' } })
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    const closed = await ask('/inside/x')
    expect([await closed.text(), closed.headers.get('access-control-allow-origin')]).toEqual(['passed', null])
  })

  test('passes where nobody says it', async () => {
    const { ask } = await start(unsaid)
    expect((await ask('/shop/x')).headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('a route’s own word', () => {
  test('holds in place of the gateway’s, for its refusals too', async () => {
    const { ask, preflight } = await start()
    const origin = 'https://eu.partner.test'
    for (const method of ['GET', 'DELETE']) {
      const answer = await ask('/own', { method, headers: { origin } })
      expect([answer.status, ...readable(answer)]).toEqual([method === 'GET' ? 200 : 405, origin, null, true])
      expect(readable(await ask('/own', { method }))).toEqual([null, null, true])
    }
    expect(readable(await preflight('/own', 'GET', { origin }))[0]).toBe(origin)
    expect(readable(await preflight('/own', 'GET'))[0]).toBeNull()
  })

  test('`false` closes it', async () => {
    const { ask, preflight } = await start()
    expect(readable(await ask('/closed'))).toEqual([null, null, undefined])
    const answer = await preflight('/closed', 'GET')
    expect([answer.status, answer.headers.get('allow'), ...readable(answer)]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      null,
      null,
      undefined,
    ])
  })
})

test('a page reads why an upgrade was refused, and that there is none', async () => {
  const echo = await startEcho()
  const { port } = await start({
    'services/chat': `service: chat\nendpoints: [${echo.url}]\noperations: {}\n`,
    'routes/chat': 'match: GET /chat\nproxy: chat\nlimit: { rate: 1/h }\n',
  })
  const origin = `Origin: ${app}`
  const { socket, head } = await openWebSocket(port, '/chat', origin)
  expect(head.toLowerCase()).toContain(`access-control-allow-origin: ${app}`)
  socket.destroy()
  const refused = await sendRaw(port, upgradeRequest('/chat', origin))
  expect([refused.status, refused.header('access-control-allow-origin')]).toEqual([429, app])
  const withBody = await sendRaw(port, upgradeRequest('/chat', origin, 'Content-Length: 1'))
  expect([withBody.status, withBody.header('access-control-allow-origin')]).toEqual([400, app])
})

test('nothing is said, and nothing answered, where no file says it', async () => {
  const { ask, preflight } = await start(unsaid)
  expect((await ask('/none')).headers.get('vary')).toBeNull()
  const answer = await preflight('/none', 'GET')
  expect([answer.status, answer.headers.get('allow'), answer.headers.get('vary')]).toEqual([
    204,
    'GET, HEAD, OPTIONS',
    null,
  ])
})
