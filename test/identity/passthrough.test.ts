import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from '@jest/globals'
import { makeKey } from '../../src/identity/schemes/api-key/keys-file.ts'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { openWebSocket, startEcho } from '../support/websocket.ts'

const proxied = (url: string, keys = '') => ({
  'services/files': `service: files\nendpoints: [${url}]\n`,
  'routes/files': `match: '* /files/*rest'\nproxy: files\n${keys}`,
})

test('what is passed through is asked who it is of, and only then reaches its service', async () => {
  const issuer = await startIssuer()
  let asked = 0
  const backend = await opened(
    startHttpServer((_request, response) => {
      asked += 1
      response.setHeader('cache-control', 'public, max-age=60, s-maxage=600')
      response.end('file')
    }),
  )
  const { ask } = await startGuarded(issuer, proxied(backend.url, "scopes: ['files:read']"))
  expect((await ask('/files/a')).status).toBe(401)
  expect((await ask('/files/a', bearer(await issuer.sign()))).status).toBe(403)
  expect(asked).toBe(0)
  const { status, headers } = await ask('/files/a', bearer(await issuer.sign({ scope: 'files:read' })))
  expect(status).toBe(200)
  expect(headers.get('cache-control')).toBe('private, max-age=60')
})

test('what is passed through to one alone says so, whatever its route says of all its answers', async () => {
  const issuer = await startIssuer()
  const backend = await opened(startHttpServer((_request, response) => void response.end('file')))
  const { ask } = await startGuarded(issuer, proxied(backend.url, "headers: { cache-control: 'public, max-age=60' }"))
  const { status, headers } = await ask('/files/a', bearer(await issuer.sign()))
  expect([status, headers.get('cache-control')]).toEqual([200, 'private, max-age=60'])
})

test('a WebSocket is refused without a token, and ends when its token does', async () => {
  const clock = new FakeClock()
  const issuer = await startIssuer(clock)
  const echo = await startEcho()
  const { port } = await startGuarded(issuer, proxied(echo.url), { clock })
  expect((await openWebSocket(port, '/files/ws')).status).toBe(401)
  const { status, socket } = await openWebSocket(port, '/files/ws', `Authorization: Bearer ${await issuer.sign()}`)
  expect(status).toBe(101)
  const closed = once(socket, 'close')
  socket.resume()
  await clock.advance(59_000)
  expect(socket.destroyed).toBe(false)
  await clock.advance(1_100)
  await closed
})

test('where every credential has to be there, it ends with the first that does', async () => {
  const clock = new FakeClock()
  const issuer = await startIssuer(clock)
  const key = makeKey()
  const echo = await startEcho()
  const { port } = await startGuarded(
    issuer,
    {
      ...proxied(echo.url, 'auth: { all: [user, partner] }'),
      gateway: `auth: { user: ${issuer.jwt}, partner: { apiKey: { keys: ./keys.yaml } } }\ndefaults: { auth: user }`,
      keys: JSON.stringify({ keys: [{ id: key.id, name: 'acme', digest: key.digest }] }),
    },
    { clock },
  )
  const credentials = [`Authorization: Bearer ${await issuer.sign()}`, `X-Api-Key: ${key.key}`]
  const { status, socket } = await openWebSocket(port, '/files/ws', ...credentials)
  expect(status).toBe(101)
  socket.resume()
  await clock.advance(60_100)
  await until(() => socket.destroyed, 'the tunnel ends')
})

test('a stream of events ends when its token does, and a file that takes longer does not', async () => {
  const clock = new FakeClock()
  const issuer = await startIssuer(clock)
  const open = new Map<string, ServerResponse>()
  const backend = await opened(
    startHttpServer(({ url }, response) => {
      open.set(url!, response)
      response.setHeader('content-type', url!.endsWith('events') ? 'text/event-stream' : 'text/plain')
      response.write('data: 1\n\n')
    }),
  )
  const { port } = await startGuarded(issuer, proxied(backend.url), { clock })
  const headers = bearer(await issuer.sign())
  const get = (path: string) => fetch(`http://127.0.0.1:${port}/files/${path}`, { headers })
  const [events, file] = [await get('events'), await get('file')]
  const cut = expect(events.text()).rejects.toThrow()
  await clock.advance(61_000)
  await cut
  open.get('/files/file')!.end('data: 2')
  expect(await file.text()).toBe('data: 1\n\ndata: 2')
})

test('a WebSocket by a cookie is opened for the gateway’s own pages alone', async () => {
  const issuer = await startIssuer()
  const echo = await startEcho()
  const jwt = `{ jwt: { issuer: '${issuer.url}', audience: shop, from: cookie.token } }`
  const { port } = await startGuarded({ jwt }, proxied(echo.url))
  const cookie = `Cookie: token=${await issuer.sign()}`
  expect((await openWebSocket(port, '/files/ws', cookie, 'Origin: https://evil.example')).status).toBe(403)
  expect((await openWebSocket(port, '/files/ws', cookie, 'Origin: http://gateway.test')).status).toBe(101)
})

test('the API’s description names its schemes, and is given to whom `defaults.auth` says', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer, {
    gateway: `openapi: true\nauth: { user: ${issuer.jwt} }\ndefaults: { auth: user }`,
    'routes/open': "match: GET /open\nauth: { any: [user], optional: true }\nscopes: ['a']\nresponse: { body: 1 }",
  })
  expect((await ask('/openapi.json')).status).toBe(401)
  expect((await ask('/elsewhere')).status).toBe(404)
  const { status, body, headers } = await ask('/openapi.json', bearer(await issuer.sign()))
  expect(status).toBe(200)
  expect(headers.get('cache-control')).toBe('private')
  expect(body.components.securitySchemes).toEqual({
    user: { type: 'openIdConnect', openIdConnectUrl: `${issuer.url}/.well-known/openid-configuration` },
  })
  expect(body.paths['/who'].get.security).toEqual([{ user: [] }])
  expect(body.paths['/open'].get.security).toEqual([{ user: ['a'] }, {}])
  expect(Object.keys(body.paths['/who'].get.responses)).toEqual(['200', '400', '401'])
  expect(body.paths['/open'].get.responses['403'].description).toBe('Forbidden: insufficient-scope')
})

test('what says who asks never reaches the service, wherever it stands, unless `pass` names it itself', async () => {
  const issuer = await startIssuer()
  const seen: string[] = []
  const backend = await opened(
    startHttpServer(({ url, headers }, response) => {
      seen.push([url, headers.authorization, headers['x-token'], headers.cookie].map((one) => one ?? '-').join(' '))
      response.end()
    }),
  )
  const jwt = `{ jwt: { issuer: '${issuer.url}', audience: shop, from: [header.authorization, header.x-token, cookie.token, query.access_token] } }`
  const route = (name: string, pass: string) => ({
    [`routes/${name}`]: `match: '* /${name}/*rest'\nproxy: { service: files, path: '/{rest}', pass: [${pass}] }\n`,
  })
  const { ask } = await startGuarded(
    { jwt },
    {
      ...proxied(backend.url),
      ...route('theme', 'cookie.theme'),
      ...route('cookies', 'cookie'),
      ...route('token', 'cookie, cookie.token'),
      ...route('header', 'x-token'),
    },
  )
  const token = await issuer.sign()
  const cookie = `theme=dark; token=${token}; lang=en`
  const twice = `access_token=${token}&q=1&access%5Ftoken=${token}`
  for (const [path, headers, wanted] of [
    ['/files/a', bearer(token), '/files/a - - -'],
    ['/files/a', { 'x-token': token }, '/files/a - - -'],
    ['/files/a', { cookie }, '/files/a - - -'],
    [`/files/a?q=1&access_token=${token}`, {}, '/files/a?q=1 - - -'],
    [`/files/a?${twice}`, bearer(token), '/files/a?q=1 - - -'],
    ['/theme/a', { cookie }, '/a - - theme=dark'],
    ['/cookies/a', { cookie }, '/a - - theme=dark; lang=en'],
    ['/token/a', { cookie }, `/a - - ${cookie}`],
    ['/header/a', { 'x-token': token }, `/a - ${token} -`],
  ] as const) {
    expect((await ask(path, headers)).status).toBe(200)
    expect(seen.pop()).toBe(wanted)
  }
})

test('what tells a service who asks is never the client’s own word', async () => {
  const issuer = await startIssuer()
  const seen: unknown[] = []
  const backend = await opened(
    startHttpServer(({ headers }, response) => {
      seen.push([headers['x-user'], headers['x-own'], headers['accept-language']])
      response.end('{}')
    }),
  )
  const { ask } = await startGuarded(issuer, {
    'services/files': `service: files\nendpoints: [${backend.url}]\nheaders: { x-user: $.auth.subject, accept-language: en }\noperations: { list: { get: /list, headers: { X-Own: $.claims.iss } } }\n`,
    'routes/list': 'match: GET /list\ndo: [ { invoke: files.list } ]\nresponse: { body: 1 }\n',
    'routes/files': "match: '* /files/*rest'\nproxy: files\n",
    'routes/told': "match: '* /told/*rest'\nproxy: { service: files, headers: { x-user: $.claims.sub } }\n",
  })
  const forged = { ...bearer(await issuer.sign()), 'x-user': 'admin', 'x-own': 'me', 'accept-language': 'de' }
  for (const path of ['/list', '/files/a', '/told/a']) expect((await ask(path, forged)).status).toBe(200)
  expect(seen).toEqual([
    ['u1', issuer.url, 'en'],
    [undefined, undefined, 'de'],
    ['u1', undefined, 'de'],
  ])
})
