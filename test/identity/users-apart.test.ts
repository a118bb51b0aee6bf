import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'
import { startHttpServer } from '../support/servers.ts'

test('whole answers are kept by what is read of who asks, not by the token', async () => {
  const [one, other] = [await startIssuer(), await startIssuer()]
  let calls = 0
  const backend = await opened(
    startHttpServer((request, response) => {
      calls += 1
      response.end(JSON.stringify({ word: `${request.headers['x-user']}` }))
    }),
  )
  const { ask } = await startGuarded(one, {
    gateway: `auth: { one: ${one.jwt}, other: ${other.jwt} }\ndefaults: { auth: [one, other] }`,
    'services/words': `service: words\nendpoints: [${backend.url}]\noperations: { word: { get: /word, in: { user.id: header.x-user }, out: { word: $.word } } }`,
    'routes/word':
      'match: GET /word\nin: { user.id: claims.sub }\ndo: [ { invoke: words.word } ]\nresponse: { body: $.word }\ncache: { ttl: 1m }\netag: true',
  })
  const word = async (token: string) => ask('/word', bearer(token))
  const first = await word(await one.sign({ jti: '1' }))
  expect(first.body).toBe('u1')
  expect(first.headers.get('cache-control')).toBe('private, max-age=60')
  expect(first.headers.get('vary')).toBe('authorization')
  expect((await word(await one.sign({ jti: '2' }))).body).toBe('u1')
  expect(calls).toBe(1)
  expect((await word(await one.sign({ sub: 'u2' }))).body).toBe('u2')
  expect(calls).toBe(2)
  await word(await other.sign())
  expect(calls).toBe(3)
  const tagged = await ask('/word', { 'if-none-match': String(first.headers.get('etag')) })
  expect(tagged.status).toBe(401)
})

test('a limit by who asks counts each user of each issuer, and strangers do not use it up', async () => {
  const [one, other] = [await startIssuer(), await startIssuer()]
  const { ask } = await startGuarded(one, {
    gateway: `auth: { one: ${one.jwt}, other: ${other.jwt} }\ndefaults: { auth: [one, other] }`,
    'routes/limited': 'match: GET /limited\nlimit: { rate: 1/h, by: auth.subject }\nresponse: { body: yes }',
  })
  const status = async (token: string) => (await ask('/limited', bearer(token))).status
  for (let time = 0; time < 3; time++) expect(await status('bad')).toBe(401)
  expect(await status(await one.sign())).toBe(200)
  expect(await status(await one.sign())).toBe(429)
  expect(await status(await one.sign({ sub: 'u2' }))).toBe(200)
  expect(await status(await other.sign())).toBe(200)
})

test('a limit by the address stands before anybody is asked who he is', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer, {
    'routes/limited': 'match: GET /limited\nlimit: { rate: 1/h, by: request.ip }\nresponse: { body: yes }',
  })
  expect((await ask('/limited', bearer('bad'))).status).toBe(401)
  expect((await ask('/limited', bearer(await issuer.sign()))).status).toBe(429)
})

test('answers of calls are kept apart by who vouches for a user, where his claims are in them, and shared where not', async () => {
  const [one, other] = [await startIssuer(), await startIssuer()]
  const calls: string[] = []
  const backend = await opened(
    startHttpServer((request, response) => {
      calls.push(request.url!)
      response.end('{"word":"w"}')
    }),
  )
  const { ask } = await startGuarded(one, {
    gateway: `auth: { one: ${one.jwt}, other: ${other.jwt} }\ndefaults: { auth: [one, other] }`,
    'services/words': `
service: words
endpoints: [${backend.url}]
cache: { ttl: 1m, override: true }
operations:
  own: { get: '/own/{user.id}', out: { word: $.word } }
  common: { get: /common, out: { other.word: $.word } }`,
    'routes/word':
      'match: GET /word\nin: { user.id: claims.sub }\ndo: [ { invoke: words.own }, { invoke: words.common } ]\nresponse: { body: [ $.word, $.other.word ] }',
  })
  for (const issuer of [one, other, one, other]) {
    expect((await ask('/word', bearer(await issuer.sign()))).body).toEqual(['w', 'w'])
  }
  expect(calls.sort()).toEqual(['/common', '/own/u1', '/own/u1'])
})

test('a part sees who asks, as the route does', async () => {
  const issuer = await startIssuer()
  const { ask } = await startGuarded(issuer, {
    'parts/greet': "do: [ { assign: { word: '${ claims.sub }' } } ]\nout: [word]",
    'routes/greet': 'match: GET /greet\ndo: [ { part: greet } ]\nresponse: { body: $.word }',
  })
  expect((await ask('/greet', bearer(await issuer.sign()))).body).toBe('u1')
})
