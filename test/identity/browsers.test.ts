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
