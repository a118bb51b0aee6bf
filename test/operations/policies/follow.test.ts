import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { leadsOn, methodAfter, resolveLocation } from '../../../src/calls/redirect.ts'
import { opened } from '../../support/cleanup.ts'
import { startGateway } from '../../support/gateway.ts'
import { startHttpServer } from '../../support/servers.ts'

interface Asked {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly socket: number | undefined
}

type Answers = Readonly<Record<string, (response: ServerResponse) => void>>

/** Remembers what it was asked, and answers by method and path; what it does not know is 404. */
async function startBackend(answers: () => Answers) {
  const asked: Asked[] = []
  const { url } = await opened(
    startHttpServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const line = `${request.method} ${request.url}`
      asked.push({ line, headers: request.headers, body, socket: request.socket.remotePort })
      const answer = answers()[line]
      if (answer) answer(response)
      else response.writeHead(404).end()
    }),
  )
  return { url, asked, lines: () => asked.map(({ line }) => line) }
}

const to =
  (status: number, location: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, { location, 'content-type': 'text/html', ...headers }).end('<a>elsewhere</a>')
const word = (text: string) => (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ word: text }))

interface Setting {
  readonly operation?: string
  readonly service?: string
  readonly route?: string
  readonly gateway?: string
}

const start = (url: string, { operation = 'get: /a', service = '', route = '', gateway = '' }: Setting) =>
  startGateway({
    gateway: `defaults: { timeout: 5s }\n${gateway}`,
    dictionary: 'colors:\n  word: { type: string }\n  user.token: { type: string, sensitivity: secret }\n',
    'services/words': `
service: words
endpoints: [${url}]
${service}
operations:
  word:
    ${operation}
    in: { user.token?: header.x-token }
    out: { word: $.word }
`,
    'routes/word': `
match: GET /word
in: { user.token?: header.x-token }
${route}
do: [ { invoke: words.word } ]
response: { body: { word: $.word, source: $.steps.word.status } }
`,
  })

async function ask(url: string, setting: Setting, headers: Record<string, string> = {}) {
  const running = await start(url, setting)
  const get = async () => {
    const answer = await fetch(`http://127.0.0.1:${running.port}/word`, { headers })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  return { ...running, get, ...(await get()) }
}

describe('follow', () => {
  test('without it a redirect stays the failure that it is', async () => {
    const backend = await startBackend(() => ({ 'GET /a': to(302, '/b'), 'GET /b': word('there') }))
    const { status, body } = await ask(backend.url, {})
    expect({ status, type: body['type'] }).toEqual({ status: 502, type: expect.stringContaining('http-302') })
    expect(backend.lines()).toEqual(['GET /a'])
  })

  test('goes on to where redirects lead, on connections that are kept', async () => {
    const backend = await startBackend(() => ({
      'GET /a': to(302, 'b?x=1#y'),
      'GET /b?x=1': to(307, '/c'),
      'GET /c': word('there'),
    }))
    const { status, body, get } = await ask(backend.url, { operation: 'get: /a\n    follow: 2' })
    expect({ status, body }).toEqual({ status: 200, body: { word: 'there', source: 200 } })
    await get()
    expect(backend.lines()).toEqual(['GET /a', 'GET /b?x=1', 'GET /c', 'GET /a', 'GET /b?x=1', 'GET /c'])
    expect(new Set(backend.asked.map(({ socket }) => socket)).size).toBe(1)
  })

  test('one too many is an answer that cannot be used', async () => {
    const backend = await startBackend(() => ({ 'GET /a': to(302, '/a') }))
    const { status, body } = await ask(backend.url, { operation: 'get: /a\n    follow: 3' })
    expect({ status, type: body['type'] }).toEqual({ status: 502, type: expect.stringContaining('invalid-response') })
    expect(backend.asked).toHaveLength(4)
  })

  test('a see-other makes a GET of a POST, without its body and what described it', async () => {
    const backend = await startBackend(() => ({ 'POST /a': to(303, '/b'), 'GET /b': word('seen') }))
    const operation = `post: /a\n    follow: 1\n    body: { x: 1 }`
    const { body } = await ask(backend.url, { operation })
    expect(body['word']).toBe('seen')
    const [posted, got] = backend.asked
    expect(posted).toMatchObject({ body: '{"x":1}', headers: { 'content-type': 'application/json' } })
    expect(got!.body).toBe('')
    expect(got!.headers).not.toHaveProperty('content-type')
  })

  test.each([
    ['post: /a', 307, 502, ['POST /a']],
    ['post: /a\n    headers: { idempotency-key: k1 }', 307, 200, ['POST /a', 'POST /b']],
    ['put: /a', 308, 200, ['PUT /a', 'PUT /b']],
    ['put: /a', 302, 200, ['PUT /a', 'PUT /b']],
    ['patch: /a', 301, 502, ['PATCH /a']],
    ['post: /a', 301, 200, ['POST /a', 'GET /b']],
  ])('%s and %d: what may not be repeated is not', async (method, redirect, status, lines) => {
    const verb = method.slice(0, method.indexOf(':')).toUpperCase()
    const backend = await startBackend(() => ({
      [`${verb} /a`]: to(redirect, '/b'),
      [`${verb} /b`]: word('again'),
      'GET /b': word('seen'),
    }))
    const answer = await ask(backend.url, { operation: `${method}\n    follow: 1\n    body: { x: 1 }` })
    expect(answer.status).toBe(status)
    expect(backend.lines()).toEqual(lines)
    if (lines.length === 2 && lines[1] === `${verb} /b`) expect(backend.asked[1]!.body).toBe('{"x":1}')
    if (status === 502) expect(answer.body['type']).toContain(`http-${redirect}`)
  })

  test('goes to another origin only where it is listed', async () => {
    const other = await startBackend(() => ({ 'GET /b': word('other') }))
    const backend = await startBackend(() => ({ 'GET /a': to(302, `${other.url}/b`) }))
    const refused = await ask(backend.url, { operation: 'get: /a\n    follow: 1' })
    expect({ status: refused.status, type: refused.body['type'] }).toMatchObject({ status: 502 })
    expect(refused.body['type']).toContain('invalid-response')
    expect(other.asked).toEqual([])
    const operation = `get: /a\n    follow: { max: 1, to: ['${other.url}'] }`
    expect((await ask(backend.url, { operation })).body).toMatchObject({ word: 'other' })
    expect(other.asked[0]!.headers['host']).toBe(new URL(other.url).host)
  })

  test('credentials go to the same origin only, and do not come back', async () => {
    const other = await startBackend(() => ({ 'GET /b': to(302, `${backend.url}/c`) }))
    const backend = await startBackend(() => ({
      'GET /a': to(302, '/a2'),
      'GET /a2': to(302, `${other.url}/b`),
      'GET /c': word('home'),
    }))
    const operation = `get: /a
    follow: { max: 3, to: ['${other.url}'] }
    headers: { authorization: Basic YQ==, x-api-key: k, cookie: s=1, x-plain: p }`
    await ask(backend.url, { operation }, { 'x-token': 'secret' })
    const sent = (asked: Asked | undefined) =>
      ['authorization', 'x-api-key', 'cookie', 'x-token', 'x-plain'].filter((name) => asked?.headers[name])
    const all = ['authorization', 'x-api-key', 'cookie', 'x-token', 'x-plain']
    expect(backend.asked.map(sent)).toEqual([all, all, ['x-plain']])
    expect(other.asked.map(sent)).toEqual([['x-plain']])
  })

  test('a body with a secret is not repeated elsewhere', async () => {
    const other = await startBackend(() => ({ 'PUT /b': word('stolen') }))
    const backend = await startBackend(() => ({ 'PUT /a': to(307, `${other.url}/b`) }))
    const operation = `put: /a
    follow: { to: ['${other.url}'] }
    body: { token: "\${ user.token }" }`
    const { status } = await ask(backend.url, { operation }, { 'x-token': 'secret' })
    expect(status).toBe(502)
    expect(other.asked).toEqual([])
  })

  test.each([
    'http://user:pass@127.0.0.1:1/b',
    'file:///etc/passwd',
    'gopher://127.0.0.1/b',
    'http://',
    '/b, /c',
    `/${'x'.repeat(9000)}`,
  ])('a location that is none is refused: %s', async (location) => {
    const backend = await startBackend(() => ({ 'GET /a': to(302, location) }))
    const { status, body } = await ask(backend.url, { operation: 'get: /a\n    follow: 3' })
    expect({ status, type: body['type'] }).toEqual({ status: 502, type: expect.stringContaining('invalid-response') })
    expect(backend.asked).toHaveLength(1)
  })

  test('an endpoint with a path stands before the paths of operations, not of redirects', async () => {
    const backend = await startBackend(() => ({
      'GET /v1/a': to(302, 'b'),
      'GET /v1/b': to(302, '/v2/c'),
      'GET /v2/c': word('there'),
    }))
    const { body } = await ask(`${backend.url}/v1`, { operation: 'get: /a\n    follow: 2' })
    expect(body['word']).toBe('there')
  })

  test('every hop counts as a call', async () => {
    const backend = await startBackend(() => ({ 'GET /a': to(302, '/b'), 'GET /b': word('there') }))
    const operation = 'get: /a\n    follow: 1'
    const { status, body } = await ask(backend.url, { operation, route: 'maxCalls: 1' })
    expect({ status, type: body['type'] }).toEqual({ status: 500, type: expect.stringContaining('too-much-work') })
    expect(backend.lines()).toEqual(['GET /a'])
    expect((await ask(backend.url, { operation, route: 'maxCalls: 2' })).status).toBe(200)
  })

  test('all hops have the one timeout of the attempt', async () => {
    const backend = await startBackend(() => ({ 'GET /a': to(302, '/b'), 'GET /b': () => {} }))
    const operation = 'get: /a\n    follow: 1\n    timeout: 100ms'
    const { status, body } = await ask(backend.url, { operation })
    expect({ status, type: body['type'] }).toEqual({ status: 504, type: expect.stringContaining('timeout') })
  })

  test('holds for a service, and not where an operation says so', async () => {
    const backend = await startBackend(() => ({ 'GET /a': to(302, '/b'), 'GET /b': word('there') }))
    expect((await ask(backend.url, { service: 'follow: 1' })).status).toBe(200)
    const off = 'get: /a\n    follow: false'
    expect((await ask(backend.url, { service: 'follow: 1', operation: off })).status).toBe(502)
  })

  test('a failure behind a redirect is the failure of the call, and a POST is not made twice for it', async () => {
    const gone = await startBackend(() => ({}))
    const backend = await startBackend(() => ({ 'POST /a': to(303, `${gone.url}/b`) }))
    const operation = `post: /a\n    follow: { to: ['${gone.url}'] }`
    const service = 'failover: fast-retry'
    expect((await ask(backend.url, { operation, service })).body['type']).toContain('http-404')
    expect(backend.asked).toHaveLength(1)
  })

  test('an answer is kept no longer than the redirects to it', async () => {
    const kept = { 'cache-control': 'no-store' }
    let headers: Record<string, string> = kept
    const backend = await startBackend(() => ({ 'GET /a': to(302, '/b', headers), 'GET /b': word('there') }))
    const operation = 'get: /a\n    follow: 1\n    cache: { ttl: 1h }'
    const { get } = await ask(backend.url, { operation })
    await get()
    expect(backend.asked).toHaveLength(4)
    headers = {}
    await get()
    await get()
    expect(backend.asked).toHaveLength(6)
  })

  test('is counted', async () => {
    const backend = await startBackend(() => ({ 'GET /a': to(302, '/b'), 'GET /b': to(302, '/c') }))
    const { adminPort } = await ask(backend.url, { operation: 'get: /a\n    follow: 1' })
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toContain('tessera_redirects_total{service="words",operation="word",result="followed"} 1')
    expect(metrics).toContain('tessera_redirects_total{service="words",operation="word",result="refused"} 1')
  })
})

describe('where a redirect leads', () => {
  test.each([
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [301, 'POST', 'GET'],
    [302, 'PUT', 'PUT'],
    [307, 'POST', 'POST'],
    [308, 'DELETE', 'DELETE'],
  ])('%d of %s is a %s', (status, method, next) => {
    expect(methodAfter(status, method)).toBe(next)
  })

  test('a status that is none leads nowhere', () => {
    const headers = { location: '/b' }
    for (const status of [200, 300, 304, 305, 306, 400]) {
      expect(leadsOn({ idempotent: true }, { method: 'GET' }, { status, headers })).toBe(false)
    }
    expect(leadsOn({}, { method: 'GET' }, { status: 302, headers: {} })).toBe(false)
  })

  test('what looks like a path may be another origin', () => {
    expect(resolveLocation('//evil.example/x', 'https://shop.example/a')?.origin).toBe('https://evil.example')
    expect(resolveLocation('\\\\evil.example/x', 'https://shop.example/a')?.origin).toBe('https://evil.example')
    expect(resolveLocation('/\t/evil.example', 'https://shop.example/a')).toBeUndefined()
    expect(resolveLocation('http://shop.example/a', 'https://shop.example/a')?.origin).toBe('http://shop.example')
  })
})
