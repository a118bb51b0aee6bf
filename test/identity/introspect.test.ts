import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Who knows tokens: `answers` by the token; `answer` in place of them. */
async function startAuthority() {
  const authority = {
    answers: {} as Record<string, unknown>,
    answer: undefined as Answer | undefined,
    asked: [] as { token: string | null; authorization: string | undefined }[],
    url: '',
    scheme: (keys = '') =>
      `{ introspect: { url: '${authority.url}/introspect', clientId: 'shop&co', clientSecret: 'p+ss w\u00f6rd'${keys} } }`,
  }
  const server = await opened(
    startHttpServer(async (request, response) => {
      const token = new URLSearchParams(await text(request)).get('token')
      authority.asked.push({ token, authorization: request.headers.authorization })
      if (authority.answer) authority.answer(request, response)
      else response.end(JSON.stringify(authority.answers[token ?? ''] ?? { active: false }))
    }),
  )
  authority.url = server.url
  return authority
}

async function start(keys = '', clock = new FakeClock()) {
  const authority = await startAuthority()
  authority.answers['good'] = { active: true, sub: 'u1', scope: 'read' }
  const running = await startGuarded({ jwt: authority.scheme(keys) }, {}, { clock })
  return { authority, clock, ...running }
}

test('a token is asked about once in its time, and tells who asks', async () => {
  const { authority, askWith, clock } = await start()
  expect(await askWith('good')).toMatchObject({ status: 200, body: { user: 'u1', scheme: 'user' } })
  expect((await askWith('good')).status).toBe(200)
  const authorization = `Basic ${Buffer.from('shop%26co:p%2Bss+w%C3%B6rd').toString('base64')}`
  expect(authority.asked).toEqual([{ token: 'good', authorization }])
  clock.skip(30_000)
  authority.answers = {}
  expect((await askWith('good')).status).toBe(401)
})

test('a token that is none is known as such for 5 s', async () => {
  const { authority, askWith, clock } = await start()
  const refused = await askWith('new')
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    'Bearer realm="tessera", error="invalid_token"',
  ])
  authority.answers['new'] = { active: true, sub: 'u2' }
  expect((await askWith('new')).status).toBe(401)
  expect(authority.asked).toHaveLength(1)
  clock.skip(5000)
  expect((await askWith('new')).status).toBe(200)
})

test('however many bring one token at once, it is asked about once', async () => {
  const { authority, askWith } = await start()
  const all = await Promise.all(Array.from({ length: 20 }, () => askWith('good')))
  expect(all.map(({ status }) => status)).toEqual(all.map(() => 200))
  expect(authority.asked).toHaveLength(1)
})

test.each<[string, unknown, number]>([
  ['active', { active: true, sub: 'u1' }, 200],
  ['active for long', { active: true, sub: 'u1', exp: 4_000_000_000 }, 200],
  ['active and ended', { active: true, sub: 'u1', exp: 1000 }, 401],
  ['active and to come', { active: true, sub: 'u1', nbf: 4_000_000_000 }, 401],
  ['active until some text', { active: true, sub: 'u1', exp: '4000000000' }, 401],
  ['no more active', { active: false, sub: 'u1' }, 401],
  ['active as text', { active: 'true', sub: 'u1' }, 503],
  ['active as a number', { active: 1, sub: 'u1' }, 503],
  ['nothing', {}, 503],
  ['null', null, 503],
  ['a list', [{ active: true }], 503],
  ['true', true, 503],
])('a token that is told to be %s', async (_name, answer, status) => {
  const { authority, askWith } = await start()
  authority.answer = (_request, response) => void response.end(JSON.stringify(answer))
  expect((await askWith('any')).status).toBe(status)
})

test.each<[string, unknown, number]>([
  ['both', { iss: 'https://id.example.com', aud: ['bank', 'shop'] }, 200],
  ['no issuer', { aud: 'shop' }, 401],
  ['another issuer', { iss: 'https://evil.example', aud: 'shop' }, 401],
  ['no audience', { iss: 'https://id.example.com' }, 401],
  ['another audience', { iss: 'https://id.example.com', aud: 'bank' }, 401],
])('issuer and audience, where they are said, have to be there: %s', async (_name, claims, status) => {
  const { authority, askWith } = await start(", issuer: 'https://id.example.com', audience: shop")
  authority.answers['some'] = { active: true, sub: 'u1', ...(claims as object) }
  expect((await askWith('some')).status).toBe(status)
})

test.each<[string, Answer]>([
  ['fails', (_request, response) => void response.writeHead(500).end()],
  ['does not know us', (_request, response) => void response.writeHead(401).end('{"active":true}')],
  ['sends elsewhere', (_request, response) => void response.writeHead(307, { location: '/other' }).end()],
  ['answers no JSON', (_request, response) => void response.end('active')],
  ['hangs up', (request) => request.socket.destroy()],
  ['floods', (_request, response) => void response.end(`{"active":true,"x":"${'x'.repeat(1024 * 1024)}"}`)],
])('where who knows tokens %s, nobody is let in, and nobody refused for good', async (_name, answer) => {
  const { authority, askWith, lines } = await start()
  authority.answer = answer
  const refused = await askWith('good')
  expect(refused).toMatchObject({ status: 503, body: { code: 'auth-unavailable' } })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(lines.join('')).toContain('tokens of a scheme cannot be asked about')
  expect(lines.join('')).not.toContain('good')
  authority.answer = undefined
  expect((await askWith('good')).status).toBe(200)
})

test('who knows tokens and does not answer in 2 s is waited for no longer', async () => {
  const { authority, askWith, clock } = await start()
  authority.answer = () => {}
  const waiting = askWith('good')
  await until(() => authority.asked.length === 1, 'the question')
  await clock.advance(2000)
  expect((await waiting).status).toBe(503)
})

test.each(['', 'no token', 'tok\u00e9n', 'x'.repeat(8193)])(
  'what cannot be a token is not asked about',
  async (text) => {
    const { authority, ask } = await start()
    const authorization = Buffer.from(`Bearer ${text}`).toString('latin1')
    expect((await ask('/who', { authorization })).status).toBe(401)
    expect(authority.asked).toEqual([])
  },
)

test('beside a jwt scheme, signed tokens go to that and all others are asked about; without one all are', async () => {
  const issuer = await startIssuer()
  const authority = await startAuthority()
  const jwt = await issuer.sign()
  authority.answers = { good: { active: true, sub: 'u2' }, [jwt]: { active: true, sub: 'u3' } }
  const { ask } = await startGuarded(issuer, {
    gateway: `auth: { user: ${issuer.jwt}, opaque: ${authority.scheme()}, key: { apiKey: { keys: ./keys.yaml } } }\ndefaults: { auth: [opaque, user] }`,
    keys: 'keys: []',
    'routes/opaque': 'match: GET /opaque\nauth: [key, opaque]\nresponse: { body: $.auth.subject }',
  })
  expect((await ask('/who', bearer(jwt))).body).toEqual({ user: 'u1', scheme: 'user' })
  expect((await ask('/who', bearer('good'))).body).toEqual({ user: 'u2', scheme: 'opaque' })
  expect((await ask('/who', bearer(await issuer.sign({ iss: 'https://evil.example' })))).status).toBe(401)
  expect((await ask('/opaque', bearer(jwt))).body).toBe('u3')
  // What is known of it there changes nothing here.
  expect((await ask('/who', bearer(jwt))).body).toEqual({ user: 'u1', scheme: 'user' })
  expect(authority.asked.map(({ token }) => token)).toEqual(['good', jwt])
})

test('the same subject of two issuers is two users', async () => {
  const authority = await startAuthority()
  authority.answers = {
    one: { active: true, sub: 'u1', iss: 'https://a.example' },
    two: { active: true, sub: 'u1', iss: 'https://b.example' },
  }
  const { askWith } = await startGuarded(
    { jwt: authority.scheme() },
    {
      'routes/mine': 'match: GET /mine\nlimit: { rate: 1/h, by: auth.subject }\nresponse: { body: $.claims.iss }',
    },
  )
  expect((await askWith('one', '/mine')).status).toBe(200)
  expect((await askWith('two', '/mine')).status).toBe(200)
  expect((await askWith('one', '/mine')).status).toBe(429)
})

test('who knows tokens is asked over https, or on this machine', async () => {
  const jwt = "{ introspect: { url: 'http://id.example.com/', clientId: a, clientSecret: b } }"
  await expect(startGuarded({ jwt })).rejects.toThrow(/over https, or on this machine/)
})
