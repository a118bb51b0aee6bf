import { expect, test } from '@jest/globals'
import { makeKey } from '../../src/identity/schemes/api-key/keys-file.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'

async function start(rule: string) {
  const issuer = await startIssuer()
  const key = makeKey()
  const { ask } = await startGuarded(issuer, {
    gateway: `auth: { user: ${issuer.jwt}, partner: { apiKey: { keys: ./keys.yaml } } }\ndefaults: { auth: none }`,
    keys: JSON.stringify({ keys: [{ id: key.id, name: 'acme', digest: key.digest }] }),
    'routes/who': `match: GET /who\nauth: ${rule}\nin: { user.id: claims.sub }\nresponse: { body: { user: $.user.id, scheme: $.auth.scheme } }`,
  })
  return { ask, token: bearer(await issuer.sign()), key: { 'x-api-key': key.key } }
}

test('any: the first scheme of the list whose credential is there decides alone', async () => {
  const { ask, token, key } = await start('[partner, user]')
  expect((await ask('/who', token)).body).toEqual({ user: 'u1', scheme: 'user' })
  expect((await ask('/who', { ...token, ...key })).body).toEqual({ user: 'acme', scheme: 'partner' })
  expect((await ask('/who', { ...token, 'x-api-key': 'tsr_bad' })).status).toBe(401)
  const refused = await ask('/who')
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toBe('ApiKey realm="tessera", Bearer realm="tessera"')
})

test('all: every credential has to be there and good, and the last tells who asks', async () => {
  const { ask, token, key } = await start('{ all: [partner, user] }')
  expect((await ask('/who', token)).status).toBe(401)
  expect((await ask('/who', key)).status).toBe(401)
  expect((await ask('/who', { ...bearer('bad'), ...key })).status).toBe(401)
  expect((await ask('/who', { ...token, ...key })).body).toEqual({ user: 'u1', scheme: 'user' })
})

test('a claim is taken by its whole name, or by a path, and has to be what its color is', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer, {
    'routes/deep':
      'match: GET /deep\nin: { word: "claims[\'https://x.example/word\']", number?: claims.org.size }\nresponse: { body: { word: $.word, number: $.number } }',
  })
  const deep = async (claims: Record<string, unknown>) => ask('/deep', bearer(await issuer.sign(claims)))
  const name = 'https://x.example/word'
  expect((await deep({ [name]: 'hi', org: { size: 3 } })).body).toEqual({ word: 'hi', number: 3 })
  expect((await deep({ [name]: 'hi' })).body).toEqual({ word: 'hi' })
  expect((await deep({ [name]: 7 })).body).toMatchObject({
    code: 'invalid-input',
    errors: [{ in: `claims['${name}']` }],
  })
})

test('a reload that changes a scheme forgets whom it knew', async () => {
  const issuer = await startIssuer()
  const { ask, gateway, directory } = await startGuarded(issuer)
  const token = bearer(await issuer.sign())
  expect((await ask('/who', token)).status).toBe(200)
  const { writeFiles } = await import('../support/gateway.ts')
  const stricter = issuer.jwt.replace('audience: shop', 'audience: bank')
  writeFiles(directory, { gateway: `auth: { user: ${stricter} }\ndefaults: { auth: user }` })
  expect((await gateway.reload()).ok).toBe(true)
  expect((await ask('/who', token)).status).toBe(401)
})

test('a condition that cannot be told, for whatever reason, lets in nobody', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer, {
    'routes/who':
      'match: GET /who\nallow: claims.tenant == request.query.tenant && int(claims.level) > 2\nresponse: { body: in }',
  })
  const claims = { tenant: 't1', level: '3' }
  const status = async (query: string, more: Record<string, unknown> = {}) =>
    (await ask(`/who${query}`, bearer(await issuer.sign({ ...claims, ...more })))).status
  expect(await status('?tenant=t1')).toBe(200)
  expect(await status('')).toBe(403)
  expect(await status('?tenant=t1&tenant=t2')).toBe(403)
  expect(await status('?tenant=t1', { level: 'many' })).toBe(403)
  expect(await status('?tenant=%ff')).toBe(403)
})
