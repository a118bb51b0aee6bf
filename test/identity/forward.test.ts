import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import type { Files } from '../support/gateway.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startHttpServer } from '../support/servers.ts'
import { openWebSocket, startEcho } from '../support/websocket.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Answer => {
  return (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

const colors = `
colors:
  user.id: { type: string }
  user.roles: { type: array, items: { type: string } }
  user.plan: { type: string }
  session.token: { type: string, sensitivity: secret }
`

/** Who decides: `answer` is what it answers. */
async function startAuthority() {
  const authority = {
    answer: json({ sub: 'u1', roles: ['editor'], plan: 'gold' }) as Answer,
    asked: [] as string[],
    url: '',
  }
  const server = await opened(
    startHttpServer((request, response) => {
      const { authorization = '-', 'x-path': path = '-', 'x-token': token = '-' } = request.headers
      authority.asked.push(`${authorization} ${path} ${token}`)
      authority.answer(request, response)
    }),
  )
  authority.url = server.url
  return authority
}

const operation = (keys = '', head = 'authorization: $.request.headers.authorization') => `
    get: /check
    headers: { ${head}, x-path: $.request.path }
    out: { user.id: $.sub, user.roles: $.roles, user.plan: $.plan }
    ${keys}`

const service = (url: string, keys = '', head?: string) => `service: authz
endpoints: ['${url}']
operations:
  check:${operation(keys, head)}
`

const forward = { jwt: '{ forward: { operation: authz.check, subject: user.id, roles: user.roles } }' }
const whoRoute =
  'match: GET /who\nroles: [editor]\nresponse: { body: { who: $.auth.subject, plan: $.claims.user.plan } }'

async function start(files: Files = {}, keys = '', head?: string) {
  const authority = await startAuthority()
  const running = await startGuarded(forward, {
    dictionary: colors,
    'services/authz': service(authority.url, keys, head),
    'routes/who': whoRoute,
    ...files,
  })
  return { authority, ...running }
}

test('what an operation lets in is let in, with what it gives as claims', async () => {
  const { authority, ask } = await start()
  expect(await ask('/who', bearer('t1'))).toMatchObject({ status: 200, body: { who: 'u1', plan: 'gold' } })
  expect(authority.asked).toEqual(['Bearer t1 /who -'])
  authority.answer = json({ sub: 'u1', roles: ['guest'] })
  expect((await ask('/who', bearer('t1'))).body.code).toBe('forbidden')
  expect(authority.asked).toHaveLength(2)
})

test('401 and 403 are handed on as they were said, and of its answer nothing else', async () => {
  const { authority, ask } = await start()
  authority.answer = json({ inside: 'secret' }, 401, {
    'www-authenticate': 'Negotiate',
    'set-cookie': 'a=b',
    'x-in': '1',
  })
  const unknown = await ask('/who')
  expect([unknown.status, unknown.body.code]).toEqual([401, 'unauthenticated'])
  expect(unknown.headers.get('www-authenticate')).toBe('Negotiate')
  expect([unknown.headers.get('x-in'), unknown.headers.get('set-cookie')]).toEqual([null, null])
  expect(JSON.stringify(unknown.body)).not.toContain('secret')
  authority.answer = json({}, 403)
  const refused = await ask('/who', bearer('t1'))
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden'])
  authority.answer = json({}, 401)
  expect((await ask('/who')).headers.get('www-authenticate')).toBe('Bearer realm="tessera", error="invalid_token"')
})

test.each<[string, Answer]>([
  ['fails', json({}, 500)],
  ['finds nothing', json({}, 404)],
  ['has too much to do', json({}, 429)],
  ['sends elsewhere', json({ sub: 'u1' }, 302, { location: '/login' })],
  ['has nothing new', json(undefined, 304)],
  [
    'answers no JSON',
    (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
  ],
  ['hangs up', (request) => request.socket.destroy()],
])('an authority that %s lets in nobody', async (_name, answer) => {
  const { authority, ask, lines } = await start()
  authority.answer = answer
  expect(await ask('/who', bearer('t1'))).toMatchObject({ status: 503, body: { code: 'auth-unavailable' } })
  expect(lines.join('')).toContain('authz.check')
})

test('`ok` of the operation lets in nobody', async () => {
  const { authority, ask } = await start({}, 'ok: [200, 403, 500]')
  authority.answer = json({ sub: 'u1', roles: ['editor'] }, 403)
  expect((await ask('/who', bearer('t1'))).status).toBe(403)
  authority.answer = json({ sub: 'u1', roles: ['editor'] }, 500)
  expect((await ask('/who', bearer('t1'))).status).toBe(503)
  authority.answer = json({ sub: 'u1', roles: ['editor'] }, 201)
  expect((await ask('/who', bearer('t1'))).status).toBe(200)
})

test('what a service says of keeping and joining answers does not hold for it', async () => {
  const authority = await startAuthority()
  const { ask } = await startGuarded(forward, {
    dictionary: colors,
    'services/authz': `${service(authority.url)}cache: { ttl: 1m }\n`,
    'routes/who': whoRoute,
  })
  authority.answer = json({ sub: 'u1', roles: ['editor'] }, 200, { 'cache-control': 'public, max-age=60' })
  await Promise.all(Array.from({ length: 5 }, () => ask('/who', bearer('t1'))))
  expect(authority.asked).toHaveLength(5)
  authority.answer = json({}, 403)
  expect((await ask('/who', bearer('t1'))).status).toBe(403)
})

test.each([
  ['fallback: [{ body: {} }]', /`fallback` cannot stand at what the scheme `user` asks/],
  ['fallback: [{ lastGood: 1m }]', /`fallback` cannot stand/],
  ['cache: { ttl: 1m, staleIfError: 1m }', /`cache` cannot stand/],
  ['coalesce: true', /`coalesce` cannot stand/],
  ['follow: { max: 2 }', /`follow` cannot stand/],
])('%s at such an operation is an error at load', async (keys, message) => {
  await expect(start({}, keys)).rejects.toThrow(message)
})

test('an operation that is not there, or wants what is not there yet, is an error at load', async () => {
  await expect(
    start({ 'services/authz': 'service: authz\nendpoints: [http://127.0.0.1:1]\noperations: {}' }),
  ).rejects.toThrow(/no operation `check`/)
  await expect(start({}, '', 'x-token: $.session.token')).rejects.toThrow(/`session.token` is not there yet/)
  await expect(start({}, '', 'x-user: $.claims.sub')).rejects.toThrow(/nobody knows yet who asks/)
  await expect(start({}, '', 'x-user: $.request.body.user')).rejects.toThrow(/is not there yet/)
})

test('what stands behind a scheme that is always asked is an error at load', async () => {
  const gateway = `auth: { user: ${forward.jwt}, key: { apiKey: { keys: ./keys.yaml } } }\ndefaults: { auth: none }`
  const files = (auth: string) => ({ gateway, keys: 'keys: []', 'routes/who': `${whoRoute}\nauth: ${auth}` })
  await expect(start(files('[user, key]'))).rejects.toThrow(/what stands behind it is never looked at/)
  const { ask } = await start(files('[key, user]'))
  expect((await ask('/who')).status).toBe(200)
  expect((await ask('/who', { 'x-api-key': 'bad' })).status).toBe(401)
})

test('who does not bring what the operation requires has no credential, and costs no question', async () => {
  const authority = await startAuthority()
  const { ask } = await startGuarded(forward, {
    dictionary: colors,
    'services/authz': service(authority.url, 'in: { session.token: header.x-token }', "x-any: 'a'"),
    'routes/who': `${whoRoute}\nin: { session.token?: cookie.sid }`,
    'routes/drop': 'match: POST /drop\nin: { session.token?: cookie.sid }\nresponse: { body: dropped }',
    'routes/any':
      'match: GET /any\nauth: { any: [user], optional: true }\nin: { session.token?: cookie.sid }\nresponse: { body: all }',
  })
  expect((await ask('/who')).status).toBe(401)
  expect((await ask('/any')).status).toBe(200)
  expect(authority.asked).toEqual([])
  expect((await ask('/who', { cookie: 'sid=s1' })).status).toBe(200)
  expect(authority.asked).toEqual(['- /who s1'])
  const cross = { cookie: 'sid=s1', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect((await ask('/drop', cross, { method: 'POST' })).body.code).toBe('cross-origin')
  authority.answer = json({}, 401)
  expect((await ask('/any', { cookie: 'sid=bad' })).status).toBe(401)
})

test('what is passed through is asked about as well, and so are WebSockets and the description of the gateway', async () => {
  const authority = await startAuthority()
  const seen: unknown[] = []
  const backend = await opened(
    startHttpServer(({ headers }, response) => {
      seen.push(headers.authorization, headers['x-user'])
      response.end('file')
    }),
  )
  const echo = await startEcho()
  const { ask, port } = await startGuarded(forward, {
    gateway: `openapi: true\nauth: { user: ${forward.jwt} }\ndefaults: { auth: user }`,
    dictionary: colors,
    'services/authz': service(authority.url),
    'services/files': `service: files\nendpoints: [${backend.url}]\n`,
    'services/echo': `service: echo\nendpoints: [${echo.url}]\n`,
    'routes/who': whoRoute,
    'routes/files': "match: '* /files/*rest'\nproxy: { service: files, headers: { x-user: $.auth.subject } }\n",
    'routes/echo': "match: '* /echo/*rest'\nproxy: echo\n",
  })
  expect((await ask('/files/a', bearer('t1'))).body).toBe('file')
  expect(seen).toEqual([undefined, 'u1'])
  expect((await ask('/openapi.json', bearer('t1'))).status).toBe(200)
  expect((await openWebSocket(port, '/echo/ws')).status).toBe(101)
  authority.answer = json({}, 401)
  expect((await ask('/files/a', bearer('t1'))).status).toBe(401)
  expect((await ask('/openapi.json', bearer('t1'))).status).toBe(401)
  expect((await openWebSocket(port, '/echo/ws')).status).toBe(401)
  expect(seen).toHaveLength(2)
})

test('who is refused too often waits, and is asked about no more', async () => {
  const { authority, ask } = await start({
    gateway: `auth: { user: ${forward.jwt} }\ndefaults: { auth: user, authFailures: 3/h }`,
  })
  authority.answer = json({}, 401)
  for (let at = 0; at < 3; at++) expect((await ask('/who', bearer(`guess${at}`))).status).toBe(401)
  expect((await ask('/who', bearer('t1'))).status).toBe(429)
  expect(authority.asked).toHaveLength(3)
})
