import { expect, test } from '@jest/globals'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'

test('a token that is good lets in, and its claims are read', async () => {
  const issuer = await startIssuer()
  const { askWith } = await startGuarded(issuer)
  const { status, body, headers } = await askWith(await issuer.sign())
  expect({ status, body }).toEqual({ status: 200, body: { user: 'u1', scheme: 'user' } })
  expect(headers.get('cache-control')).toBe('private')
})

test('who brings none is told what to bring, and nothing of the inside', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer)
  const { status, body, headers } = await ask('/who')
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toBe('Bearer realm="tessera"')
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(body).toEqual({
    type: 'urn:tessera:error:unauthenticated',
    title: 'It is not known who asks',
    status: 401,
    instance: '/who',
    code: 'unauthenticated',
    route: 'who',
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
})

test('a token that is none is said to be so, and the log alone says why', async () => {
  const issuer = await startIssuer()
  const { askWith, lines } = await startGuarded(issuer)
  const token = await issuer.sign({ aud: 'other' })
  const { status, body, headers } = await askWith(token)
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toBe('Bearer realm="tessera", error="invalid_token"')
  expect(JSON.stringify(body)).not.toMatch(/aud|claim/)
  expect(lines.join('')).toContain('ERR_JWT_CLAIM_VALIDATION_FAILED (aud: check_failed)')
  expect(lines.join('')).not.toContain(token.split('.')[2])
})

test('a token is verified once, and known from then on until it ends', async () => {
  const issuer = await startIssuer()
  const { askWith } = await startGuarded(issuer)
  const token = await issuer.sign()
  for (let time = 0; time < 3; time++) expect((await askWith(token)).status).toBe(200)
  expect(issuer.fetches()).toBe(1)
})

test('a route may ask for nobody, or let pass who brings nothing', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer, {
    'routes/open': 'match: GET /open\nauth: none\nresponse: { body: open }',
    'routes/maybe':
      'match: GET /maybe\nauth: { any: [user], optional: true }\nresponse: { body: "${ has(claims.sub) ? claims.sub : \'nobody\' }" }',
  })
  expect((await ask('/open')).body).toBe('open')
  expect((await ask('/maybe')).body).toBe('nobody')
  expect((await ask('/maybe', bearer(await issuer.sign()))).body).toBe('u1')
  expect((await ask('/maybe', bearer('bad'))).status).toBe(401)
})

test('scopes, roles and `allow` let in who has them', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer, {
    'routes/scoped': "match: GET /scoped\nscopes: ['orders:read', 'orders:write']\nresponse: { body: yes }",
    'routes/roled': 'match: GET /roled\nroles: [editor, admin]\nresponse: { body: yes }',
    'routes/allowed':
      'match: GET /allowed/{id}\nin: { user.id: path.id }\nallow: claims.sub == user.id && claims.level > 3\nresponse: { body: yes }',
  })
  const status = async (path: string, claims: Record<string, unknown>) =>
    (await ask(path, bearer(await issuer.sign(claims)))).status
  expect(await status('/scoped', { scope: 'orders:read orders:write' })).toBe(200)
  expect(await status('/scoped', { scp: ['orders:write', 'orders:read'] })).toBe(200)
  const lacking = await ask('/scoped', bearer(await issuer.sign({ scope: 'orders:read' })))
  expect(lacking).toMatchObject({ status: 403, body: { code: 'insufficient-scope' } })
  expect(lacking.headers.get('www-authenticate')).toBe(
    'Bearer realm="tessera", error="insufficient_scope", scope="orders:read orders:write"',
  )
  expect(await status('/roled', { roles: ['admin'] })).toBe(200)
  expect(await status('/roled', { roles: ['reader'] })).toBe(403)
  expect(await status('/allowed/u1', { level: 4 })).toBe(200)
  expect(await status('/allowed/u2', { level: 4 })).toBe(403)
  expect(await status('/allowed/u1', {})).toBe(403)
  expect(await status('/allowed/u1', { level: 'high' })).toBe(403)
})

test('keys of one issuer verify no token of another', async () => {
  const [one, other] = [await startIssuer(), await startIssuer()]
  const { ask } = await startGuarded(one, {
    gateway: `auth: { one: ${one.jwt}, other: ${other.jwt} }\ndefaults: { auth: [one, other] }`,
  })
  expect((await ask('/who', bearer(await one.sign()))).body).toEqual({ user: 'u1', scheme: 'one' })
  expect((await ask('/who', bearer(await other.sign()))).body).toEqual({ user: 'u1', scheme: 'other' })
  expect((await ask('/who', bearer(await one.sign({ iss: other.url })))).status).toBe(401)
  expect((await ask('/who', bearer(await one.sign({ iss: 'https://nobody.example' })))).status).toBe(401)
})

test('a token may stand in a cookie: then pages of other sites change nothing with it', async () => {
  const issuer = await startIssuer()
  const { ask, port } = await startGuarded(issuer, {
    gateway: `auth: { user: { jwt: { issuer: '${issuer.url}', audience: shop, from: [header.authorization, cookie.__Host-token] } } }\ndefaults: { auth: user }`,
    'routes/post': 'match: POST /who\nresponse: { body: done }',
  })
  const token = await issuer.sign()
  const post = async (headers: Record<string, string>) =>
    (await ask('/who', { cookie: `__Host-token=${token}`, ...headers }, { method: 'POST' })).status
  expect((await ask('/who', { cookie: `__Host-token=${token}`, 'sec-fetch-site': 'cross-site' })).status).toBe(200)
  expect(await post({})).toBe(200)
  expect(await post({ origin: `http://127.0.0.1:${port}` })).toBe(200)
  expect(await post({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toBe(403)
  expect(await post({ origin: 'https://evil.example' })).toBe(403)
  expect(await post({ 'sec-fetch-site': 'same-site' })).toBe(403)
  const own = await ask('/who', { ...bearer(token), origin: 'https://evil.example' }, { method: 'POST' })
  expect(own.status).toBe(200)
})
