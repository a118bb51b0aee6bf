import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { digestOf, makeKey } from '../../src/identity/schemes/api-key/keys-file.ts'
import { ConfigurationError } from '../../src/server/gateway.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { startGuarded } from '../support/guarded.ts'

const scheme = { jwt: '{ apiKey: { keys: ./keys.yaml } }' }
const fileOf = (...entries: unknown[]) => JSON.stringify({ keys: entries })
const entry = (key: { id: string; digest: string }, more: Record<string, unknown> = {}) => ({
  id: key.id,
  name: 'acme',
  digest: key.digest,
  ...more,
})

test('a key lets in whom it was given to, with its claims and scopes', async () => {
  const key = makeKey()
  const { ask } = await startGuarded(scheme, {
    keys: fileOf(entry(key, { scopes: ['read'], claims: { plan: 'gold' } })),
    'routes/plan': 'match: GET /plan\nscopes: [read]\nresponse: { body: { plan: $.claims.plan, who: $.auth.subject } }',
  })
  expect(key.key).toMatch(/^tsr_[0-9a-f]{8}_[A-Za-z0-9_-]{32}$/)
  expect((await ask('/plan', { 'x-api-key': key.key })).body).toEqual({ plan: 'gold', who: 'acme' })
  const refused = await ask('/plan')
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toBe('ApiKey realm="tessera"')
})

test('what is no key, or somebody else’s, or has ended, lets in nobody', async () => {
  const clock = new FakeClock()
  const [key, old, other] = [makeKey(), makeKey(), makeKey()]
  const expires = (ms: number) => new Date(clock.epoch() + ms).toISOString()
  const { ask } = await startGuarded(
    scheme,
    { keys: fileOf(entry(key, { expires: expires(60_000) }), entry(old, { expires: expires(-1) })) },
    { clock },
  )
  const status = async (text: string) => (await ask('/who', { 'x-api-key': text })).status
  expect(await status(key.key)).toBe(200)
  for (const text of [
    old.key,
    other.key,
    `${key.key}x`,
    key.digest,
    key.key.toUpperCase(),
    '',
    `${key.key}, ${key.key}`,
  ])
    expect(await status(text)).toBe(401)
  clock.skip(60_000)
  expect(await status(key.key)).toBe(401)
})

test('several keys of one name are one user’s, and one that is taken out is refused from the next reload on', async () => {
  const [one, two] = [makeKey(), makeKey()]
  const { ask, gateway, directory } = await startGuarded(scheme, { keys: fileOf(entry(one), entry(two)) })
  expect((await ask('/who', { 'x-api-key': one.key })).body.user).toBe('acme')
  expect((await ask('/who', { 'x-api-key': two.key })).body.user).toBe('acme')
  writeFileSync(join(directory, 'config/keys.yaml'), fileOf(entry(two)))
  expect((await gateway.reload()).ok).toBe(true)
  expect((await ask('/who', { 'x-api-key': one.key })).status).toBe(401)
  expect((await ask('/who', { 'x-api-key': two.key })).status).toBe(200)
})

test.each([
  ['no list', '{}', /keys/],
  ['a digest that is none', fileOf({ id: 'k7f3', name: 'a', digest: 'secret' }), /keys\.0\.digest/],
  ['two of one id', fileOf(entry(makeKey('k7f3')), entry(makeKey('k7f3'))), /k7f3/],
])('a file of keys with %s is an error at load', async (_name, keys, message) => {
  const starting = startGuarded(scheme, { keys })
  await expect(starting).rejects.toThrow(ConfigurationError)
  await expect(starting).rejects.toThrow(message)
})

test('a file of keys that is not there is an error at load', async () => {
  await expect(startGuarded(scheme)).rejects.toThrow(/keys\.yaml cannot be read/)
})

test('a key is not looked for in all cookies at once, which browsers send by themselves', async () => {
  const from = (place: string) =>
    startGuarded({ jwt: `{ apiKey: { keys: ./keys.yaml, from: ${place} } }` }, { keys: fileOf() })
  await expect(from('header.Cookie')).rejects.toThrow(/write cookie\.NAME/)
  await from('cookie.key')
})

test('the digest is that of the whole key', () => {
  const { key, digest } = makeKey()
  expect(digestOf(key)).toBe(digest)
  expect(digestOf(`${key}x`)).not.toBe(digest)
})

test('a scheme of a file that is included has its keys from where that lies', async () => {
  const key = makeKey()
  const { ask } = await startGuarded(scheme, {
    gateway: 'include: more/*-auth.yaml\ndefaults: { timeout: 5s }',
    'more/its-auth': `auth: { user: ${scheme.jwt} }\ndefaults: { auth: user }`,
    'more/keys': fileOf(entry(key)),
  })
  expect((await ask('/who', { 'x-api-key': key.key })).status).toBe(200)
  expect((await ask('/who')).status).toBe(401)
})
