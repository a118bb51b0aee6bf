import { expect, test } from '@jest/globals'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'

const app = 'https://app.example.com'
const cors = `cors: { origins: ['${app}'], credentials: true }`
const asked = { origin: app, 'access-control-request-method': 'GET' }

const start = async (jwt?: string, routes: Record<string, string> = {}, gateway = cors) => {
  const issuer = await startIssuer()
  const from = jwt === undefined ? '' : `, from: ${jwt}`
  const user = `{ jwt: { issuer: '${issuer.url}', audience: shop${from} } }`
  const files = { gateway: `auth: { user: ${user} }\ndefaults: { timeout: 5s, auth: user }\n${gateway}`, ...routes }
  return { issuer, ...(await startGuarded({ jwt: user }, files)) }
}

test('a page may send what says who asks, and what lets him in, without anybody naming the header', async () => {
  const { ask } = await start('[header.authorization, header.x-token, cookie.token]', {
    'routes/mine': "match: GET /mine\nallow: request.headers['x-tenant'] == 'a'\nresponse: { body: 1 }",
    'routes/open': 'match: GET /open\nauth: none\nresponse: { body: 1 }',
  })
  const allowed = async (path: string) => {
    const { status, headers } = await ask(path, asked, { method: 'OPTIONS' })
    return [status, headers.get('access-control-allow-headers')]
  }
  expect(await allowed('/who')).toEqual([204, 'authorization, x-token'])
  expect(await allowed('/mine')).toEqual([204, 'authorization, x-tenant, x-token'])
  expect(await allowed('/open')).toEqual([204, null])
})

test('a page reads why it was refused', async () => {
  const { ask, issuer } = await start(undefined, {
    'routes/scoped': "match: GET /scoped\nscopes: ['a']\nresponse: { body: 1 }",
    'routes/rare': 'match: GET /rare\nlimit: { rate: 1/h, by: auth.subject }\nresponse: { body: 1 }',
  })
  const mine = bearer(await issuer.sign())
  expect((await ask('/rare', mine)).status).toBe(200)
  for (const [path, headers, status] of [
    ['/who', {}, 401],
    ['/who', bearer('bad'), 401],
    ['/scoped', mine, 403],
    ['/rare', mine, 429],
    ['/none', mine, 404],
  ] as const) {
    const answer = await ask(path, { origin: app, ...headers })
    const told = answer.headers.get('www-authenticate') !== null
    expect([answer.status, answer.headers.get('access-control-allow-origin'), told]).toEqual([
      status,
      app,
      status === 401 || path === '/scoped',
    ])
    if (told) expect(answer.headers.get('access-control-expose-headers')).toContain('www-authenticate')
  }
})

test('what a cookie authenticated is compressed where the route itself says so alone', async () => {
  const long = JSON.stringify('a long text, '.repeat(400))
  const { ask, issuer } = await start(
    '[header.authorization, cookie.token]',
    {
      'routes/long': `match: GET /long\nresponse: { body: ${long} }`,
      'routes/told': `match: GET /told\ncompress: true\nresponse: { body: ${long} }`,
    },
    'compress: true',
  )
  const token = await issuer.sign()
  const coding = async (path: string, headers: Record<string, string>) => {
    const answer = await ask(path, { 'accept-encoding': 'gzip', ...headers })
    expect(answer.status).toBe(200)
    return answer.headers.get('content-encoding')
  }
  expect(await coding('/long', { cookie: `token=${token}` })).toBe(null)
  expect(await coding('/told', { cookie: `token=${token}` })).toBe('gzip')
  expect(await coding('/long', bearer(token))).toBe('gzip')
})

test('a page that `cors` lets act for its visitors may change something by their cookie', async () => {
  const post = 'match: POST /cart\nresponse: { body: 1 }'
  const { ask, issuer } = await start('cookie.token', {
    'routes/cart': post,
    'routes/closed': post.replace('cart', 'closed\ncors: false'),
    'routes/public': post.replace('cart', "public\ncors: { origins: ['https://*.example.com'] }"),
    'routes/below': post.replace('cart', "below\ncors: { origins: ['https://*.example.com'], credentials: true }"),
  })
  const cookie = `token=${await issuer.sign()}`
  const status = async (path: string, origin: string) =>
    (await ask(path, { cookie, origin, 'sec-fetch-site': 'cross-site' }, { method: 'POST' })).status
  expect(await status('/cart', app)).toBe(200)
  expect(await status('/cart', 'https://evil.example')).toBe(403)
  expect(await status('/closed', app)).toBe(403)
  expect(await status('/public', app)).toBe(403)
  expect(await status('/below', app)).toBe(200)
  expect(await status('/below', 'https://evil.example')).toBe(403)
})
