import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { hashPassword } from '../../src/identity/schemes/basic/password-hash.ts'
import { Turns } from '../../src/identity/turns.ts'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { countHashes, hashOf, withPassword } from '../support/hashing.ts'
import { startIssuer } from '../support/issuer.ts'
import { sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { openWebSocket, startEcho } from '../support/websocket.ts'

const scheme = { jwt: '{ basic: { users: ./users.yaml } }' }
const user = (name: string, password: string, more: Record<string, unknown> = {}) => ({
  name,
  hash: hashOf(password),
  ...more,
})
const fileOf = (...users: unknown[]) => JSON.stringify({ users })
const anna = () => fileOf(user('anna', 'open sesame', { claims: { roles: ['editor'] }, scopes: ['read'] }))

test('a name and its password let in, with roles and scopes; without them a browser is told to ask for them', async () => {
  const { ask } = await startGuarded(scheme, {
    users: anna(),
    'routes/plan': 'match: GET /plan\nroles: [editor]\nscopes: [read]\nresponse: { body: $.auth.subject }',
  })
  expect((await ask('/plan', withPassword('anna', 'open sesame'))).body).toBe('anna')
  const refused = await ask('/plan')
  expect([refused.status, refused.body.code]).toEqual([401, 'unauthenticated'])
  expect(refused.headers.get('www-authenticate')).toBe('Basic realm="tessera", charset="UTF-8"')
})

test('names and passwords are UTF-8, and the same in whichever way their accents are written', async () => {
  const { ask } = await startGuarded(scheme, { users: fileOf(user('zo\u00eb', 'caf\u00e9:noir')) })
  expect((await ask('/who', withPassword('zoe\u0308', 'cafe\u0301:noir'))).body.user).toBe('zo\u00eb')
})

test('an argon2id hash is as good as one of scrypt', async () => {
  const hash = await hashPassword('open sesame', 'argon2id')
  const { ask } = await startGuarded(scheme, { users: fileOf({ name: 'anna', hash }) })
  expect((await ask('/who', withPassword('anna', 'open sesame'))).status).toBe(200)
  expect((await ask('/who', withPassword('anna', 'open sesamE'))).status).toBe(401)
})

test('a name that nobody has costs as many hashes as one that somebody has', async () => {
  const { ask } = await startGuarded(scheme, { users: anna() })
  const hashes = countHashes()
  expect((await ask('/who', withPassword('anna', 'wrong'))).status).toBe(401)
  expect(hashes()).toBe(1)
  expect((await ask('/who', withPassword('nobody', 'wrong'))).status).toBe(401)
  expect(hashes()).toBe(2)
})

test('a good password is hashed once in a minute, a bad one each time', async () => {
  const clock = new FakeClock()
  const { ask } = await startGuarded(scheme, { users: anna() }, { clock })
  const hashes = countHashes()
  const good = () => ask('/who', withPassword('anna', 'open sesame'))
  const bad = () => ask('/who', withPassword('anna', 'open sesame '))
  expect((await good()).status).toBe(200)
  expect((await good()).status).toBe(200)
  expect(hashes()).toBe(1)
  expect((await bad()).status).toBe(401)
  expect((await bad()).status).toBe(401)
  expect(hashes()).toBe(3)
  clock.skip(60_000)
  expect((await good()).status).toBe(200)
  expect(hashes()).toBe(4)
})

test('many at once with one password cost one hash', async () => {
  const { ask } = await startGuarded(scheme, { users: anna() })
  const hashes = countHashes()
  const all = await Promise.all(Array.from({ length: 20 }, () => ask('/who', withPassword('anna', 'open sesame'))))
  expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(hashes()).toBe(1)
})

test('who guesses beyond what may wait is told to come again, and every guess within it is looked at', async () => {
  const { ask } = await startGuarded(scheme, { users: anna() })
  const hashes = countHashes()
  const all = await Promise.all(Array.from({ length: 60 }, (_, at) => ask('/who', withPassword('anna', `guess ${at}`))))
  const statuses = all.map(({ status }) => status)
  const crowded = all.filter(({ status }) => status === 503)
  expect(crowded.length).toBeGreaterThan(0)
  expect(crowded[0]).toMatchObject({ body: { code: 'auth-unavailable' } })
  expect(crowded[0]!.headers.get('retry-after')).toBe('1')
  expect(statuses.filter((status) => status === 401)).toHaveLength(hashes())
  expect(statuses).not.toContain(200)
})

test('two work at once, some wait, and a turn that is given on is taken by nobody else', async () => {
  const turns = new Turns(2, 3)
  let working = 0
  let most = 0
  const work = async () => {
    working += 1
    most = Math.max(most, working)
    await new Promise(setImmediate)
    working -= 1
  }
  const taken = Array.from({ length: 6 }, () => turns.take(work))
  expect(taken.map((one) => one !== undefined)).toEqual([true, true, true, true, true, false])
  const later = taken[0]!.then(() => turns.take(work))
  await Promise.all([...taken, later])
  expect(most).toBe(2)
  await expect(turns.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await turns.take(work)
  expect(most).toBe(2)
})

test('who guesses too often waits before another password of his is hashed', async () => {
  const { ask } = await startGuarded(scheme, {
    gateway: `auth: { user: ${scheme.jwt} }\ndefaults: { auth: user, authFailures: 3/h }`,
    users: anna(),
  })
  const hashes = countHashes()
  for (let at = 0; at < 3; at++) expect((await ask('/who', withPassword(`user${at}`, '123456'))).status).toBe(401)
  expect((await ask('/who', withPassword('anna', 'open sesame'))).status).toBe(429)
  expect(hashes()).toBe(3)
})

test('who guesses at once has as many passwords hashed as who guesses in a row', async () => {
  const { ask } = await startGuarded(scheme, {
    gateway: `auth: { user: ${scheme.jwt} }\ndefaults: { auth: user, authFailures: 3/h }`,
    users: anna(),
  })
  const hashes = countHashes()
  const guesses = Array.from({ length: 12 }, (_, at) => ask('/who', withPassword(`user${at}`, '123456')))
  const statuses = (await Promise.all(guesses)).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([...Array(3).fill(401), ...Array(9).fill(429)])
  expect(hashes()).toBe(3)
})

test('passwords that are good are all let in, however many come at once', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const { ask } = await startGuarded(scheme, {
    gateway: `auth: { user: ${scheme.jwt} }\ndefaults: { auth: user, authFailures: 2/h }`,
    users: fileOf(...names.map((name) => user(name, `of ${name}`))),
  })
  const asked = [...names, ...names].map((name) => ask('/who', withPassword(name, `of ${name}`)))
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]))
})

test.each([
  ['no colon', Buffer.from('anna').toString('base64')],
  ['a control character', Buffer.from('anna:open\nsesame').toString('base64')],
  ['bytes that are no UTF-8', Buffer.from([0x61, 0x3a, 0xff]).toString('base64')],
  ['another alphabet', 'YW5uYTpvcGVuIHNlc2FtZQ-_'],
  ['more than any password', Buffer.from(`anna:${'x'.repeat(2000)}`).toString('base64')],
  ['nothing', ''],
  ['two credentials in one', `${Buffer.from('anna:open sesame').toString('base64')}, Basic eA==`],
])('what has %s is no password, and is not hashed', async (_name, text) => {
  const { ask } = await startGuarded(scheme, { users: anna() })
  const hashes = countHashes()
  expect((await ask('/who', { authorization: `Basic ${text}` })).status).toBe(401)
  expect(hashes()).toBe(0)
})

test('of two headers with credentials none is believed, nor goes either on', async () => {
  const { port } = await startGuarded(scheme, { users: anna() })
  const { authorization } = withPassword('anna', 'open sesame')
  const head = `GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`
  expect((await sendRaw(port, `${head}Authorization: ${authorization}\r\n\r\n`)).status).toBe(200)
  for (const other of [authorization, 'Basic eDp5', 'Bearer x']) {
    const lines = (...values: string[]) => values.map((value) => `Authorization: ${value}\r\n`).join('')
    for (const two of [lines(authorization, other), lines(other, authorization)])
      expect((await sendRaw(port, `${head}${two}\r\n`)).status).toBe(400)
  }
})

test('beside tokens, each goes to its own scheme', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer, {
    gateway: `auth: { user: ${issuer.jwt}, staff: ${scheme.jwt} }\ndefaults: { auth: [user, staff] }`,
    users: anna(),
  })
  expect((await ask('/who', withPassword('anna', 'open sesame'))).body).toEqual({ user: 'anna', scheme: 'staff' })
  expect((await ask('/who', bearer(await issuer.sign()))).body).toEqual({ user: 'u1', scheme: 'user' })
})

test('a page of another site changes nothing in the name of whom its visitor is signed in as', async () => {
  const { ask } = await startGuarded(scheme, {
    users: anna(),
    'routes/drop': 'match: POST /drop\nresponse: { body: dropped }',
  })
  const drop = (headers: Record<string, string>) =>
    ask('/drop', { ...withPassword('anna', 'open sesame'), ...headers }, { method: 'POST' })
  expect((await drop({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).body.code).toBe(
    'cross-origin',
  )
  expect((await drop({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  expect((await drop({})).status).toBe(200)
})

test('what is passed through is let in by a password, which stays here', async () => {
  const seen: unknown[] = []
  const backend = await opened(
    startHttpServer(({ headers }, response) => {
      seen.push(headers.authorization)
      response.end('file')
    }),
  )
  const { ask } = await startGuarded(scheme, {
    users: anna(),
    'services/files': `service: files\nendpoints: [${backend.url}]\n`,
    'routes/files': "match: '* /files/*rest'\nproxy: files\n",
  })
  expect((await ask('/files/a')).status).toBe(401)
  expect((await ask('/files/a', withPassword('anna', 'open sesame'))).status).toBe(200)
  expect(seen).toEqual([undefined])
})

test('a WebSocket is opened by a password, and not by a page of another site', async () => {
  const echo = await startEcho()
  const { port } = await startGuarded(scheme, {
    users: anna(),
    'services/files': `service: files\nendpoints: [${echo.url}]\n`,
    'routes/files': "match: '* /files/*rest'\nproxy: files\n",
  })
  const head = `Authorization: ${withPassword('anna', 'open sesame').authorization}`
  expect((await openWebSocket(port, '/files/ws')).status).toBe(401)
  expect((await openWebSocket(port, '/files/ws', head)).status).toBe(101)
  expect((await openWebSocket(port, '/files/ws', `${head}\r\nOrigin: https://evil.example`)).status).toBe(403)
})

test('the description of the gateway asks for it too, and says so', async () => {
  const { ask } = await startGuarded(scheme, {
    gateway: `openapi: true\nauth: { user: ${scheme.jwt} }\ndefaults: { auth: user }`,
    users: anna(),
  })
  expect((await ask('/openapi.json')).status).toBe(401)
  const { body } = await ask('/openapi.json', withPassword('anna', 'open sesame'))
  expect(body.components.securitySchemes).toEqual({ user: { type: 'http', scheme: 'basic' } })
})

test('a user who is taken out, or has ended, is let in no more', async () => {
  const clock = new FakeClock()
  const expires = new Date(clock.epoch() + 30_000).toISOString()
  const users = [user('anna', 'open sesame'), user('bo', 'please', { expires })]
  const { ask, gateway, directory } = await startGuarded(scheme, { users: fileOf(...users) }, { clock })
  const status = async (name: string, password: string) => (await ask('/who', withPassword(name, password))).status
  expect(await status('anna', 'open sesame')).toBe(200)
  expect(await status('bo', 'please')).toBe(200)
  clock.skip(30_000)
  expect(await status('bo', 'please')).toBe(401)
  writeFileSync(join(directory, 'config/users.yaml'), fileOf(users[1]))
  expect((await gateway.reload()).ok).toBe(true)
  expect(await status('anna', 'open sesame')).toBe(401)
})

const [salt, digest] = ['c2FsdHNhbHQ', 'ZGlnZXN0ZGlnZXN0ZGlnZXN0']
test.each([
  ['a password', 'open sesame', /neither \$scrypt\$/],
  ['a fast hash', `$sha256$${digest}`, /neither \$scrypt\$/],
  ['scrypt that is too cheap', `$scrypt$ln=10,r=8,p=1$${salt}$${digest}`, /ln of scrypt is 14 to 20/],
  ['scrypt that takes too much', `$scrypt$ln=20,r=8,p=1$${salt}$${digest}`, /more than 256MB/],
  ['argon2id that takes too much', `$argon2id$v=19$m=999999,t=2,p=1$${salt}$${digest}`, /m of argon2id/],
  ['an old argon2id', `$argon2id$v=16$m=19456,t=2,p=1$${salt}$${digest}`, /only v=19/],
  ['a digest that is cut', `$scrypt$ln=14,r=8,p=1$${salt}$eA`, /a digest of 16/],
  ['no salt', `$scrypt$ln=14,r=8,p=1$$${digest}`, /a salt of 8 bytes/],
])('a file of users with %s is an error at load, which does not quote it', async (_name, hash, message) => {
  const starting = startGuarded(scheme, { users: fileOf({ name: 'anna', hash }) })
  await expect(starting).rejects.toThrow(message)
  await expect(starting).rejects.not.toThrow(digest)
})

test('two users of one name are an error at load', async () => {
  const twice = user('anna', 'x')
  await expect(startGuarded(scheme, { users: fileOf(twice, twice) })).rejects.toThrow(/two users are called anna/)
})
