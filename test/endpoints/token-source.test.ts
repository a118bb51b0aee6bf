import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import * as jose from 'jose'
import { Scope } from '../../src/cancellation.ts'
import type { OAuth2Settings } from '../../src/endpoints/credentials/settings.ts'
import { TokenSource } from '../../src/endpoints/credentials/token-source.ts'
import { GatewayError } from '../../src/errors.ts'
import type { Notice } from '../../src/telemetry/notice.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { errorOf } from '../support/sites.ts'
import { sendToken, startTokenServer } from '../support/token-server.ts'
import { until } from '../support/waiting.ts'

async function start(life?: Readonly<Record<string, unknown>>, settings: Partial<OAuth2Settings> = {}) {
  const server = await startTokenServer(life)
  const clock = new FakeClock()
  const notices: Notice[] = []
  const common = { kind: 'oauth2', clientId: 'tessera', clientSecret: 'hush', scopes: [], clientAuth: 'basic' } as const
  const source = new TokenSource(
    { ...common, tokenUrl: server.url, ...settings },
    { clock, notify: (notice) => notices.push(notice) },
  )
  const get = () => source.get(new Scope())
  return { server, clock, source, get, notices }
}

describe('a token', () => {
  test('is asked for once by a thousand calls, and shown by all that follow', async () => {
    const { server, source, get } = await start()
    expect(source.now()).toBeUndefined()
    const all = await Promise.all(Array.from({ length: 1000 }, get))
    expect(new Set(all)).toEqual(new Set(['Bearer token-1']))
    expect(source.now()).toBe('Bearer token-1')
    expect(server.asked.length).toBe(1)
  })

  test('is asked for anew after 80 % of its life, while the old one is shown on', async () => {
    const { server, clock, source, get } = await start({ expires_in: 100 })
    await get()
    clock.skip(79_000)
    expect(source.now()).toBe('Bearer token-1')
    expect(server.asked.length).toBe(1)
    clock.skip(2000)
    for (let turn = 0; turn < 10; turn++) expect(source.now()).toBe('Bearer token-1')
    await until(() => source.now() === 'Bearer token-2', 'the next token')
    expect(server.asked.length).toBe(2)
  })

  test('is shown until its end where no other is given out, and not beyond', async () => {
    const { server, clock, source, get, notices } = await start({ expires_in: 100 })
    await get()
    server.answer = (response) => sendToken(response, {}, 500)
    clock.skip(81_000)
    expect(source.now()).toBe('Bearer token-1')
    await until(() => notices.length > 0, 'a notice')
    clock.skip(18_500)
    expect(source.now()).toBeUndefined()
    expect((await errorOf(get())).code).toBe('credentials-unavailable')
  })

  test('without an end is shown for five minutes, and one with a text for a number as long as that says', async () => {
    const silent = await start({})
    await silent.get()
    silent.clock.skip(299_500)
    expect(silent.source.now()).toBeUndefined()
    const texts = await start({ expires_in: '1000' })
    await texts.get()
    texts.clock.skip(700_000)
    expect(texts.source.now()).toBe('Bearer token-1')
  })

  test('that was refused is asked for anew by one of all who tell of it, and once in ten seconds at most', async () => {
    const { server, clock, source, get } = await start()
    const first = await get()
    const worth = Array.from({ length: 50 }, () => source.refuse(first))
    expect(worth).toEqual(worth.map(() => true))
    expect(await Promise.all(Array.from({ length: 50 }, get))).toEqual(Array(50).fill('Bearer token-2'))
    expect(source.refuse(first)).toBe(true)
    expect(source.refuse('Bearer token-2')).toBe(false)
    expect(source.now()).toBe('Bearer token-2')
    clock.skip(10_000)
    expect(source.refuse('Bearer token-2')).toBe(true)
    expect(await get()).toBe('Bearer token-3')
    expect(server.asked.length).toBe(3)
  })
})

describe('a token server', () => {
  test('is asked by header, by body, or by a signed assertion', async () => {
    const scopes = ['a', 'b:c']
    const byHeader = await start(undefined, { clientId: 'te ss', clientSecret: 'h:üsh', scopes, audience: 'stock' })
    await byHeader.get()
    const [asked] = byHeader.server.asked
    expect(Object.fromEntries(asked!.form)).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b:c',
      audience: 'stock',
    })
    const [, sent] = asked!.headers.authorization!.split(' ')
    expect(Buffer.from(sent!, 'base64').toString()).toBe('te+ss:h%3A%C3%BCsh')

    const byBody = await start(undefined, { clientAuth: 'post' })
    await byBody.get()
    expect(byBody.server.asked[0]!.headers.authorization).toBeUndefined()
    expect(Object.fromEntries(byBody.server.asked[0]!.form)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'tessera',
      client_secret: 'hush',
    })
  })

  test.each([
    ['RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['EdDSA', () => generateKeyPairSync('ed25519')],
  ])('verifies an assertion that is signed by %s', async (algorithm, makePair) => {
    const { privateKey } = makePair()
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const { server, clock, get } = await start(undefined, { clientAuth: 'private-key', clientSecret: pem })
    await get()
    const { form } = server.asked[0]!
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const { payload, protectedHeader } = await jose.jwtVerify(
      form.get('client_assertion')!,
      createPublicKey(privateKey),
      {
        issuer: 'tessera',
        subject: 'tessera',
        audience: server.url,
        currentDate: new Date(clock.epoch()),
      },
    )
    expect(protectedHeader.alg).toBe(algorithm)
    expect(payload.jti).toMatch(/./)
    expect(form.has('client_secret')).toBe(false)
  })

  const answers: [string, (response: ServerResponse) => void, RegExp][] = [
    [
      'says that it does not know us',
      (r) => sendToken(r, { error: 'invalid_client' }, 400),
      /it answered 400 \(invalid_client\)$/,
    ],
    [
      'says something else',
      (r) => sendToken(r, { error: 'hush <b>', error_description: 'hush' }, 401),
      /it answered 401$/,
    ],
    [
      'answers in HTML',
      (r) => void r.writeHead(200, { 'content-type': 'text/html' }).end('<p>hush'),
      /the answer is no JSON object$/,
    ],
    ['answers with a list', (r) => sendToken(r, ['hush']), /the answer is no JSON object$/],
    ['leads elsewhere', (r) => void r.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(), /it answered 302$/],
    ['gives no token', (r) => sendToken(r, { token: 'hush' }), /there is no token in the answer$/],
    [
      'gives one that no header holds',
      (r) => sendToken(r, { access_token: 'a\r\nb: c' }),
      /there is no token in the answer$/,
    ],
    [
      'gives one of another type',
      (r) => sendToken(r, { access_token: 'hush', token_type: 'DPoP' }),
      /another type than Bearer$/,
    ],
    ['gives one that has ended', (r) => sendToken(r, { access_token: 'hush', expires_in: -1 }), /has ended already$/],
    [
      'gives one that ends never',
      (r) => sendToken(r, { access_token: 'hush', expires_in: 'never' }),
      /has ended already$/,
    ],
    ['answers without an end', (r) => void r.writeHead(200).write('x'.repeat(70_000)), /more than 64KB$/],
    ['hangs up', (r) => void r.destroy(), /UND_ERR_SOCKET|ECONNRESET/],
  ]
  test.each(answers)('that %s is told apart, and nothing of its answer is told', async (_name, answer, reason) => {
    const { server, get, source, notices } = await start()
    server.answer = answer
    const error = await errorOf(get())
    expect(error).toMatchObject({ code: 'credentials-unavailable', status: 503, verdict: 'nothing', detail: undefined })
    expect(error.reason).toMatch(reason)
    expect(JSON.stringify([error.reason, notices])).not.toContain('hush')
    expect(source.now()).toBeUndefined()
  })

  test('that does not answer is given up after two seconds, or when the call has no more time', async () => {
    const { server, clock, source, get } = await start()
    server.answer = () => {}
    const scope = new Scope()
    const hasty = errorOf(source.get(scope))
    const gone = new Scope()
    const left = errorOf(source.get(gone))
    const patient = errorOf(get())
    await until(() => server.asked.length > 0, 'a question')
    scope.cancel(new GatewayError('timeout'))
    gone.cancel(new GatewayError('cancelled'))
    expect((await hasty).code).toBe('credentials-unavailable')
    expect((await left).code).toBe('cancelled')
    await clock.advance(2000)
    expect((await patient).reason).toMatch(/it did not answer in 2s$/)
    expect(server.asked.length).toBe(1)
  })

  test('that gave nothing is asked again a second later, and told of once until it does', async () => {
    const { server, clock, get, notices } = await start()
    server.answer = (response) => sendToken(response, {}, 503)
    for (let turn = 0; turn < 20; turn++) await errorOf(get())
    expect(server.asked.length).toBe(1)
    clock.skip(1000)
    await errorOf(get())
    server.answer = undefined
    clock.skip(1000)
    expect(await get()).toBe('Bearer token-3')
    expect(notices.map(({ level }) => level)).toEqual(['warn', 'info'])
  })
})
