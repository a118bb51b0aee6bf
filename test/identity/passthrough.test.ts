import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'
import { startHttpServer } from '../support/servers.ts'
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
})
