import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { FakeClock } from '../support/fake-clock.ts'
import { startGuarded } from '../support/guarded.ts'
import { type Issuer, startIssuer } from '../support/issuer.ts'
import { until } from '../support/waiting.ts'

async function start() {
  const clock = new FakeClock()
  const issuer = await startIssuer(clock)
  const running = await startGuarded(issuer, {}, { clock })
  return { clock, issuer, ...running }
}

const fails = (issuer: Issuer) => {
  issuer.answer = (_request, response) => void response.writeHead(500).end()
}

test('a key that is new is found at once, and asked for once however many bring it', async () => {
  const { issuer, askWith, clock } = await start()
  expect((await askWith(await issuer.sign())).status).toBe(200)
  clock.skip(31_000)
  await issuer.rotate()
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, at) => issuer.sign({ sub: `u${at}` })))
  const answers = await Promise.all(tokens.map((token) => askWith(token)))
  expect(answers.map(({ status }) => status)).toEqual(tokens.map(() => 200))
  expect(issuer.fetches()).toBe(2)
})

test('keys that nobody knows ask the issuer once in 30 s, for all who bring one', async () => {
  const { issuer, askWith, clock } = await start()
  expect((await askWith(await issuer.sign())).status).toBe(200)
  clock.skip(31_000)
  const strange = await issuer.rotate({ isKeptBack: true })
  for (let at = 0; at < 5; at++) {
    expect((await askWith(await issuer.sign({}, { kid: `strange-${at}` }, strange))).status).toBe(401)
  }
  expect(issuer.fetches()).toBe(2)
  clock.skip(31_000)
  expect((await askWith(await issuer.sign())).status).toBe(401)
  expect(issuer.fetches()).toBe(3)
})

test('a token of a key that is unknown is 503 while its issuer cannot be asked', async () => {
  const { issuer, askWith, clock } = await start()
  expect((await askWith(await issuer.sign())).status).toBe(200)
  clock.skip(31_000)
  fails(issuer)
  await issuer.rotate()
  for (let time = 0; time < 2; time++) {
    const answer = await askWith(await issuer.sign())
    expect(answer).toMatchObject({ status: 503, body: { code: 'auth-unavailable' } })
    expect(answer.headers.get('retry-after')).toBe('30')
  }
})

test('known keys hold an hour more in an outage, then nobody is let in, and then again', async () => {
  const { issuer, askWith, clock, lines } = await start()
  const long = { exp: Math.floor(clock.epoch() / 1000) + 100_000 }
  const token = await issuer.sign(long)
  const other = await issuer.sign({ ...long, sub: 'u2' })
  expect((await askWith(token)).status).toBe(200)
  fails(issuer)
  clock.skip(600_000 + 3_500_000)
  expect((await askWith(token)).status).toBe(200)
  expect((await askWith(other)).status).toBe(200)
  await until(() => lines.join('').includes('cannot be fetched'), 'the outage to be told')
  clock.skip(200_000)
  expect((await askWith(token)).status).toBe(503)
  issuer.answer = undefined
  clock.skip(6_000)
  expect((await askWith(token)).status).toBe(200)
})

test('a key that is taken back lets in nobody any more, whoever was known by it', async () => {
  const { issuer, askWith, clock } = await start()
  const token = await issuer.sign({ exp: Math.floor(clock.epoch() / 1000) + 100_000 })
  expect((await askWith(token)).status).toBe(200)
  issuer.keys = []
  await issuer.rotate()
  clock.skip(601_000)
  await askWith(token)
  await until(async () => (await askWith(token)).status === 401, 'the key to be forgotten')
})

test('a token that was known ends when it does', async () => {
  const { issuer, askWith, clock } = await start()
  const token = await issuer.sign()
  expect((await askWith(token)).status).toBe(200)
  clock.skip(60_000 + 29_000)
  expect((await askWith(token)).status).toBe(200)
  clock.skip(2_000)
  expect((await askWith(token)).status).toBe(401)
})

describe('keys that cannot be had are 503, and the gateway starts and is ready all the same:', () => {
  const answers: Record<string, (response: ServerResponse, url: string) => void> = {
    'the server fails': (response) => void response.writeHead(500).end(),
    'it redirects': (response, url) => void response.writeHead(302, { location: `${url}/elsewhere` }).end(),
    'it sends no JSON': (response) => void response.end('<html>'),
    'it sends no keys': (response) => void response.end('{"keys":[]}'),
    'it sends something else': (response) => void response.end('[1]'),
    'it sends more than 1 MB': (response) => void response.end(`{"keys":["${'x'.repeat(1_100_000)}"]}`),
    'it is cut off': (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{')
      response.destroy()
    },
  }
  test.each(Object.entries(answers))('%s', async (_name, answer) => {
    const issuer = await startIssuer()
    issuer.answer = (_request, response) => answer(response, issuer.url)
    const { askWith, adminPort } = await startGuarded(issuer)
    expect((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status).toBe(200)
    const { status, body, headers } = await askWith(await issuer.sign())
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'auth-unavailable' })
    expect(headers.get('retry-after')).toMatch(/^[1-5]$/)
  })

  test('it does not answer in 2 s', async () => {
    const clock = new FakeClock()
    const issuer = await startIssuer(clock)
    const waiting: ServerResponse[] = []
    issuer.answer = (_request, response) => void waiting.push(response)
    const { askWith } = await startGuarded(issuer, {}, { clock })
    await until(() => waiting.length === 1, 'the keys to be asked for')
    const asking = askWith(await issuer.sign())
    await clock.advance(1_900)
    expect(await Promise.race([asking, 'still waits'])).toBe('still waits')
    await clock.advance(200)
    expect((await asking).status).toBe(503)
  })

  test('nobody listens there', async () => {
    const issuer = await startIssuer()
    const { askWith } = await startGuarded({
      jwt: `{ jwt: { issuer: '${issuer.url}', audience: shop, jwks: 'http://127.0.0.1:9/keys' } }`,
    })
    expect((await askWith(await issuer.sign())).status).toBe(503)
  })

  test('its discovery is that of another issuer', async () => {
    const issuer = await startIssuer()
    const { askWith } = await startGuarded({ jwt: `{ jwt: { issuer: '${issuer.url}/', audience: shop } }` })
    expect((await askWith(await issuer.sign({ iss: `${issuer.url}/` }))).status).toBe(503)
  })
})

test('keys may stand in a file beside the gateway’s', async () => {
  const issuer = await startIssuer()
  const fileOf = (keys: unknown) => JSON.stringify({ keys }, null, 2)
  const { askWith } = await startGuarded(
    { jwt: `{ jwt: { issuer: 'https://id.example.com/', audience: shop, jwks: ./keys.yaml } }` },
    { keys: fileOf(issuer.keys) },
  )
  expect((await askWith(await issuer.sign({ iss: 'https://id.example.com/' }))).status).toBe(200)
  expect(issuer.fetches()).toBe(0)
})
