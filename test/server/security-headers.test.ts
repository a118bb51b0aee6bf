import { describe, expect, test } from '@jest/globals'
import { securityHeadersShape } from '../../src/browsers/security-headers.ts'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'

const names = [
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
]
const told = (headers: Headers) => Object.fromEntries(names.map((name) => [name, headers.get(name)]))
const strict = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': null,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

async function start(policy: string, keys = '') {
  const backend = await opened(
    startHttpServer((message, response) => {
      if (message.url === '/shop/own') response.setHeader('X-Frame-Options', 'SAMEORIGIN')
      response.end('<h1>shop</h1>')
    }),
  )
  const { port } = await startGateway({
    gateway: `securityHeaders: ${policy}\n${keys}`,
    'services/shop': `service: shop\nendpoints: [${backend.url}]\noperations: {}\n`,
    'routes/a': 'match: GET /a\nresponse: { body: 1 }\n',
    'routes/html':
      "match: GET /html\nresponse: { headers: { Content-Security-Policy: default-src 'self' }, body: 1 }\n",
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  })
  const ask = async (path: string, headers: Record<string, string> = {}) =>
    told((await fetch(`http://127.0.0.1:${port}${path}`, { headers })).headers)
  return { port, ask }
}

describe('securityHeaders', () => {
  test('stand on an answer, on a refusal, and on what was never understood', async () => {
    const { ask, port } = await start('true')
    for (const path of ['/a', '/nowhere', '/%zz']) expect([path, await ask(path)]).toEqual([path, strict])
    const broken = await sendRaw(port, 'broken\r\n\r\n')
    expect([broken.status, broken.header('x-content-type-options')]).toEqual([400, 'nosniff'])
    expect(broken.header('content-security-policy')).toBe(strict['content-security-policy'])
  })

  test('leave an answer what its route says of its own', async () => {
    const { ask } = await start('true')
    expect(await ask('/html')).toEqual({ ...strict, 'content-security-policy': "default-src 'self'" })
  })

  test('give a service’s answer what it left out, and say nothing of what its pages are made of', async () => {
    const { ask } = await start('true')
    const ofService = { ...strict, 'content-security-policy': null, 'cross-origin-resource-policy': null }
    expect(await ask('/shop/x')).toEqual(ofService)
    expect(await ask('/shop/own')).toEqual({ ...ofService, 'x-frame-options': 'SAMEORIGIN' })
  })

  test('bind a browser to TLS only where it came by TLS, as a trusted proxy says', async () => {
    const hsts = async (headers: Record<string, string>, keys: string, policy = 'true') =>
      (await (await start(policy, keys)).ask('/a', headers))['strict-transport-security']
    const trusted = 'trustedProxies: [loopback]'
    const https = { 'x-forwarded-proto': 'https' }
    expect(await hsts(https, trusted)).toBe('max-age=15552000')
    expect(await hsts(https, trusted, '{ hsts: 365d, subdomains: true }')).toBe('max-age=31536000; includeSubDomains')
    expect(await hsts(https, '')).toBeNull()
    expect(await hsts({ 'x-forwarded-proto': 'http' }, trusted)).toBeNull()
    expect(await hsts(https, trusted, '{ hsts: false }')).toBeNull()
  })

  test('are those that the file says', async () => {
    const { ask } = await start(
      '{ frame: same-origin, nosniff: false, referrer: origin, resource: same-site, csp: "default-src \'self\'" }',
    )
    expect(await ask('/a')).toEqual({
      'content-security-policy': "default-src 'self'",
      'cross-origin-resource-policy': 'same-site',
      'referrer-policy': 'origin',
      'strict-transport-security': null,
      'x-content-type-options': null,
      'x-frame-options': 'SAMEORIGIN',
    })
    const framed = await (await start('{ frame: same-origin }')).ask('/a')
    expect(framed['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'self'")
  })

  test('stand beside what CORS says', async () => {
    const { port } = await start('true', "cors: { origins: ['https://app.example.com'] }")
    const answer = await fetch(`http://127.0.0.1:${port}/a`, { headers: { origin: 'https://app.example.com' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(told(answer.headers)).toEqual(strict)
  })
})

test.each([
  [false, /./],
  [{ frame: 'allow' }, /./],
  [{ csp: 'a\nb' }, /no header can/],
  [{ hsts: false, subdomains: true }, /no effect/],
  [{ xss: true }, /./],
])('securityHeaders: %j is refused', (policy, why) => {
  const { error } = securityHeadersShape.safeParse(policy)
  expect(JSON.stringify(error?.issues)).toMatch(why)
})
