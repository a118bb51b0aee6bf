import { expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { Browser, navigation, type Shown } from '../support/browser.ts'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type Files, startGateway } from '../support/gateway.ts'
import { whoRoute } from '../support/guarded.ts'
import { makeKey } from '../support/issuer.ts'
import { projectTexts } from '../support/project.ts'
import { type Provider, startProvider } from '../support/provider.ts'
import { freePort, startHttpServer } from '../support/servers.ts'

const keys = ['k'.repeat(40), 'l'.repeat(40)] as const
const session = '__Host-tessera-staff'

interface Options {
  readonly settings?: string
  readonly cookieKeys?: readonly string[]
  readonly files?: Files
  readonly clock?: FakeClock
  readonly schemes?: string
  readonly trusted?: boolean
}

/** A gateway whose people sign in at `provider`. */
async function startSignIn(provider: Pick<Provider, 'url'>, options: Options = {}) {
  const { settings = '', cookieKeys = [keys[0]], files = {}, clock, schemes = '', trusted } = options
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const oidc = `{ issuer: '${provider.url}', clientId: tessera, clientSecret: s3cret, cookieKeys: [${cookieKeys}]${settings} }`
  const running = await startGateway(
    {
      gateway: `${trusted ? 'trustedProxies: [loopback]\n' : ''}publicUrl: ${origin}/\nauth: { staff: { oidc: ${oidc} }, ${schemes} }\ndefaults: { timeout: 5s, auth: staff }`,
      'routes/who': whoRoute,
      'routes/orders': 'match: POST /orders\nresponse: { body: placed }',
      ...files,
    },
    { port, ...(clock && { clock }) },
  )
  return { ...running, origin, browser: new Browser(origin) }
}

const codeOf = ({ text }: Shown) => (JSON.parse(text) as { code: string }).code
const by = { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }

test('a person who is sent to sign in comes back to the page that was asked for, and is known from then on', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider)
  const page = await browser.open(`${origin}/who?a=%20b&a=2`)
  expect([page.status, page.url]).toEqual([200, `${origin}/who?a=%20b&a=2`])
  expect(JSON.parse(page.text)).toEqual({ user: 'mei', scheme: 'staff' })
  const again = await browser.send(`${origin}/who`, by)
  expect([again.status, again.headers.get('cache-control')]).toEqual([200, 'private'])
  expect(provider.redeemed).toHaveLength(1)
})

test('what is sent to sign in is asked by PKCE, state and nonce, and the cookie is of this host alone', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider, { settings: ', scopes: [profile]' })
  const sent = await browser.send(`${origin}/who`)
  expect([sent.status, sent.headers.get('cache-control'), sent.headers.get('referrer-policy')]).toEqual([
    303,
    'no-store',
    'no-referrer',
  ])
  const asked = Object.fromEntries(new URL(sent.headers.get('location')!).searchParams)
  expect(asked).toEqual({
    response_type: 'code',
    client_id: 'tessera',
    redirect_uri: `${origin}/-/auth/callback`,
    scope: 'openid profile',
    state: expect.stringMatching(/^[\w-]{40,}$/),
    nonce: expect.stringMatching(/^[\w-]{22}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  })
  const [cookie] = sent.headers.getSetCookie()
  expect(cookie).toMatch(
    /^__Host-tessera-staff-browser=[\w-]{22}; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  )
  const back = await browser.send((await browser.send(sent.headers.get('location')!)).headers.get('location')!)
  expect(back.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-tessera-staff=[\w-]+; Max-Age=3600; Path=\/; Secure; HttpOnly; SameSite=Lax$/),
  ])
})

test('who asks at another host is sent to that of `publicUrl` first, and signs in there', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider)
  const elsewhere = { ...navigation, host: 'shop.example' }
  const sent = await browser.send(`${origin}/who?a=1`, elsewhere)
  expect([sent.status, sent.headers.get('location')]).toEqual([303, `${origin}/who?a=1`])
  expect((await browser.open(sent.headers.get('location')!)).status).toBe(200)
})

test('a proxy that hides the host of browsers sends nobody round in a circle, and one that is trusted tells it', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider)
  const hidden = { ...navigation, host: 'gateway.internal' }
  await browser.send(`${origin}/who`, hidden)
  const again = await browser.send(`${origin}/who`, hidden)
  expect(new URL(again.headers.get('location')!).origin).toBe(provider.url)

  const other = await startSignIn(provider, { trusted: true })
  const told = { ...hidden, 'x-forwarded-host': new URL(other.origin).host }
  const sent = await other.browser.send(`${other.origin}/who`, told)
  expect(new URL(sent.headers.get('location')!).origin).toBe(provider.url)
})

test('what is no navigation is refused with 401, and not sent anywhere', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider)
  const status = async (headers: Record<string, string>) => (await browser.send(`${origin}/who`, headers)).status
  expect(await status({ 'sec-fetch-mode': 'cors', accept: 'text/html' })).toBe(401)
  expect(await status({ accept: 'application/json' })).toBe(401)
  expect(await status({ accept: 'text/html' })).toBe(303)
  const form = await browser.send(`${origin}/orders`, navigation, 'POST')
  expect([form.status, form.headers.get('www-authenticate')]).toEqual([401, 'Cookie realm="tessera"'])
})

test('two windows that sign in at once both come back to their own page', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider)
  const [first, second] = [await browser.send(`${origin}/who?1`), await browser.send(`${origin}/who?2`)]
  for (const [sent, page] of [
    [second, '/who?2'],
    [first, '/who?1'],
  ] as const) {
    const atIssuer = await browser.send(sent.headers.get('location')!)
    const back = await browser.send(atIssuer.headers.get('location')!)
    expect([back.status, back.headers.get('location')]).toEqual([303, origin + page])
  }
})

test('a sign-in that another browser began, or nobody, or too long ago, is lost', async () => {
  const clock = new FakeClock()
  const provider = await startProvider(clock)
  const { browser, origin } = await startSignIn(provider, { clock })
  const begin = async () => {
    const sent = await browser.send(`${origin}/who`)
    return (await browser.send(sent.headers.get('location')!)).headers.get('location')!
  }
  const callback = await begin()
  const attacked = new Browser(origin)
  await attacked.send(`${origin}/who`)
  for (const [other, url] of [
    [attacked, callback],
    [new Browser(origin), callback],
    [browser, callback.replace(/state=[^&]*/, 'state=made-up')],
    [browser, `${callback}&state=other`],
    [browser, `${origin}/-/auth/callback`],
  ] as const) {
    const answer = await other.send(url)
    expect([answer.status, codeOf(answer)]).toEqual([400, 'sign-in-lost'])
  }
  clock.skip(10 * 60_000)
  expect((await browser.send(callback)).status).toBe(400)
  expect(provider.redeemed).toEqual([])
})

test('an issuer that says another thing than was asked signs nobody in', async () => {
  const provider = await startProvider()
  const { browser, origin, lines } = await startSignIn(provider)
  for (const claims of [
    { nonce: 'other' },
    { aud: 'other' },
    { aud: ['tessera', 'other'], azp: 'other' },
    { iss: 'https://id.example.com' },
    { exp: 1 },
    { sub: undefined },
  ]) {
    provider.claims = claims as Provider['claims']
    const answer = await browser.open(`${origin}/who`)
    expect([claims, answer.status, codeOf(answer)]).toEqual([claims, 403, 'sign-in-refused'])
  }
  provider.claims = {}
  const good = provider.key
  provider.key = await makeKey('ES256', 'k1')
  expect((await browser.open(`${origin}/who`)).status).toBe(403)
  provider.key = good
  provider.answers.set('/authorize', ({ url }, response) => {
    const state = new URL(url!, provider.url).searchParams.get('state')!
    const location = `${origin}/-/auth/callback?error=access_denied&error_description=%3Cb%3E&state=${state}`
    response.writeHead(302, { location }).end()
  })
  const denied = await browser.open(`${origin}/who`)
  expect([denied.status, codeOf(denied)]).toEqual([403, 'sign-in-refused'])
  expect(lines.join('')).toContain('access_denied')
  expect([...browser.cookies.keys()]).toEqual(['__Host-tessera-staff-browser'])
})

test('while the issuer is down people are told to come again, and those who are known stay so', async () => {
  const provider = await startProvider()
  const down: Parameters<Provider['answers']['set']>[1] = (_, response) => void response.writeHead(500).end()
  provider.answers.set('/.well-known/openid-configuration', down)
  const { browser, origin, adminPort } = await startSignIn(provider)
  const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz`)
  expect(ready.status).toBe(200)
  const answer = await browser.send(`${origin}/who`)
  expect([answer.status, codeOf(answer), answer.headers.get('retry-after')]).toEqual([
    503,
    'auth-unavailable',
    expect.stringMatching(/^[1-5]$/),
  ])
  const other = await startProvider()
  const working = await startSignIn(other)
  await working.browser.open(`${working.origin}/who`)
  other.answers.set('/token', down)
  other.answers.set('/keys', down)
  const unlucky = new Browser(working.origin)
  expect((await unlucky.open(`${working.origin}/who`)).status).toBe(503)
  expect((await working.browser.send(`${working.origin}/who`)).status).toBe(200)
})

test('a session ends when nobody uses it, and at its end whoever does', async () => {
  const clock = new FakeClock()
  const provider = await startProvider(clock)
  const { browser, origin } = await startSignIn(provider, { clock, settings: ', idle: 10m, max: 30m' })
  const ask = async () => (await browser.send(`${origin}/who`, by)).status
  await browser.open(`${origin}/who`)
  const first = browser.cookies.get(session)
  clock.skip(30_000)
  expect(await ask()).toBe(200)
  expect(browser.cookies.get(session)).toBe(first)
  for (let minutes = 0; minutes < 25; minutes += 5) {
    clock.skip(5 * 60_000)
    expect(await ask()).toBe(200)
  }
  expect(browser.cookies.get(session)).not.toBe(first)
  clock.skip(5 * 60_000)
  expect(await ask()).toBe(401)
  await browser.open(`${origin}/who`)
  clock.skip(10 * 60_000)
  expect(await ask()).toBe(401)
})

test('a key of cookies is changed without signing anybody out, and one that is taken away ends what it sealed', async () => {
  const provider = await startProvider()
  const [oldKey, newKey] = keys
  const first = await startSignIn(provider, { cookieKeys: [oldKey] })
  await first.browser.open(`${first.origin}/who`)
  const cookie = `${session}=${first.browser.cookies.get(session)}`
  const status = async (cookieKeys: readonly string[], sent = cookie) => {
    const { origin } = await startSignIn(provider, { cookieKeys })
    return (await fetch(`${origin}/who`, { headers: { cookie: sent } })).status
  }
  expect(await status([newKey, oldKey])).toBe(200)
  expect(await status([newKey])).toBe(401)
  for (const forged of ['', 'x', 'A'.repeat(200), `${cookie.slice(session.length + 1, -1)}_`])
    expect(await status([oldKey], `${session}=${forged}`)).toBe(401)
})

test('a session counts for its scheme, issuer and client alone', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider)
  await browser.open(`${origin}/who`)
  const cookie = `${session}=${browser.cookies.get(session)}`
  const other = await startSignIn(await startProvider())
  expect((await fetch(`${other.origin}/who`, { headers: { cookie } })).status).toBe(401)
  const browserId = browser.cookies.get('__Host-tessera-staff-browser')
  expect((await fetch(`${origin}/who`, { headers: { cookie: `${session}=${browserId}` } })).status).toBe(401)
})

test('who signs out is signed out at the issuer too, and his cookie is of no use to anybody', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider, { settings: ', afterSignOut: /bye' })
  await browser.open(`${origin}/who`)
  const stolen = { cookie: `${session}=${browser.cookies.get(session)}` }
  const out = await browser.send(`${origin}/-/auth/logout`, { ...navigation, 'sec-fetch-site': 'same-origin' })
  expect([out.status, out.headers.get('clear-site-data')]).toEqual([303, '"cache"'])
  const at = new URL(out.headers.get('location')!)
  expect([at.origin + at.pathname, Object.fromEntries(at.searchParams)]).toEqual([
    `${provider.url}/leave`,
    { client_id: 'tessera', post_logout_redirect_uri: `${origin}/bye` },
  ])
  expect([...browser.cookies]).toEqual([])
  expect((await fetch(`${origin}/who`, { headers: stolen })).status).toBe(401)
})

test('an issuer that cannot sign out is left alone, and a script is told that it is done', async () => {
  const provider = await startProvider()
  provider.signsOut = false
  const { browser, origin } = await startSignIn(provider)
  await browser.open(`${origin}/who`)
  const out = await browser.send(`${origin}/-/auth/logout`, by, 'POST')
  expect([out.status, out.headers.get('location')]).toEqual([204, null])
  await browser.open(`${origin}/who`)
  const left = await browser.send(`${origin}/-/auth/logout`, navigation)
  expect([left.status, left.headers.get('location')]).toEqual([303, `${origin}/`])
})

test('a page of another site signs nobody out, and changes nothing by a session', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider)
  await browser.open(`${origin}/who`)
  const foreign = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: 'https://evil.example' }
  // A neighbour (`blog.example.com` of `shop.example.com`) is of the same site; its links carry no origin.
  const neighbour = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }
  expect((await browser.send(`${origin}/-/auth/logout`, neighbour)).status).toBe(403)
  for (const [method, path] of [
    ['GET', '/-/auth/logout'],
    ['POST', '/-/auth/logout'],
    ['POST', '/orders'],
  ] as const) {
    const answer = await browser.send(origin + path, foreign, method)
    expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'cross-origin'])
  }
  expect((await browser.send(`${origin}/-/auth/logout`, navigation, 'DELETE')).status).toBe(405)
  expect((await browser.send(`${origin}/orders`, by, 'POST')).status).toBe(200)
})

test('nobody is sent to another site, whatever path he asked for', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider, {
    files: { 'routes/any': 'match: GET /*rest\nresponse: { body: 1 }' },
  })
  for (const path of ['//evil.example/x', '/%5cevil.example', '/@evil.example', `/${'x'.repeat(2000)}`]) {
    const page = await browser.open(origin + path)
    expect(new URL(page.url).origin).toBe(origin)
    browser.cookies.clear()
  }
})

test('what a route passes on brings no session to its service, and a bad one is sent to sign in as well', async () => {
  const provider = await startProvider()
  const seen: (string | undefined)[] = []
  const service = await opened(
    startHttpServer(({ headers }, response) => {
      seen.push(headers.cookie)
      response.end('passed')
    }),
  )
  const { browser, origin } = await startSignIn(provider, {
    files: {
      'services/files': `service: files\nendpoints: ['${service.url}']\noperations: {}`,
      'routes/any': 'match: GET /*rest\nproxy: { service: files, pass: [cookie] }',
    },
  })
  browser.cookies.set(session, 'old')
  const page = await browser.open(`${origin}/deep/file`)
  expect([page.status, page.text]).toEqual([200, 'passed'])
  expect(seen.join()).not.toContain(browser.cookies.get(session))
})

test('who would be refused for something else all the same is told so, and not sent round in a circle', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider, {
    schemes: `partner: { jwt: { issuer: '${provider.url}', audience: tessera, from: cookie.partner } }`,
    files: {
      'routes/both': 'match: GET /both\nauth: { all: [partner, staff] }\nresponse: { body: 1 }',
      'routes/either': 'match: GET /either\nauth: [partner, staff]\nresponse: { body: 1 }',
    },
  })
  await browser.open(`${origin}/who`)
  expect((await browser.open(`${origin}/both`)).status).toBe(401)
  expect((await browser.open(`${origin}/either`)).status).toBe(200)
  const told = Buffer.from(JSON.stringify({ iss: provider.url })).toString('base64url')
  browser.cookies.set('partner', `e30.${told}.e30`)
  expect((await browser.open(`${origin}/either`)).status).toBe(401)
})

test('a session that is too long for a cookie is told to the operator, and what is listed alone is kept', async () => {
  const provider = await startProvider()
  provider.claims = { groups: Array.from({ length: 400 }, (_, index) => `group-${index}`), name: 'Mei' }
  const whole = await startSignIn(provider)
  expect((await whole.browser.open(`${whole.origin}/who`)).status).toBe(503)
  expect(whole.lines.join('')).toContain('list the `claims` that are read')
  const listed = await startSignIn(provider, {
    settings: ', claims: [name]',
    files: { 'routes/claims': 'match: GET /claims\nresponse: { body: $.claims }' },
  })
  expect(JSON.parse((await listed.browser.open(`${listed.origin}/claims`)).text)).toEqual({ sub: 'mei', name: 'Mei' })
})

test('what is wrong with a sign-in is told when it is read', () => {
  const told = (gateway: string) => {
    const { diagnostics } = buildSnapshot(projectTexts({ gateway: `${gateway}\ndefaults: { auth: staff }` }))
    return diagnostics.map(({ code, message }) => `${code}: ${message}`)
  }
  const scheme = (settings: string) =>
    `auth: { staff: { oidc: { clientId: t, cookieKeys: [${keys[0]}], ${settings} } } }`
  expect(told(scheme("issuer: 'https://a'"))).toEqual(['missing-key: `publicUrl` is missing'])
  for (const [gateway, why] of [
    [`publicUrl: http://shop.example.com\n${scheme("issuer: 'https://a'")}`, 'it is no URL of https'],
    [`publicUrl: https://a\n${scheme("issuer: 'http://id.example.com'")}`, 'it is no URL of https'],
    [`publicUrl: https://a\n${scheme("issuer: 'https://a', idle: 2h, max: 1h")}`, 'a session lasts no longer'],
    [`publicUrl: https://a\n${scheme("issuer: 'https://a', afterSignOut: //evil.example")}`, 'it is a path'],
    [`publicUrl: https://a\n${scheme("issuer: 'https://a'").replace(keys[0], 'short')}`, 'a key has 32 bytes'],
  ] as const)
    expect([gateway, told(gateway).join()]).toEqual([gateway, expect.stringContaining(why)])
})

test('an issuer is read to a bound, followed nowhere, and sends nobody to an unsafe place', async () => {
  const provider = await startProvider()
  const { browser, origin } = await startSignIn(provider)
  provider.answers.set('/token', (_, response) => void response.end(`"${'x'.repeat(2 * 1024 * 1024)}"`))
  expect((await browser.open(`${origin}/who`)).status).toBe(503)
  let followed = 0
  provider.answers.set('/elsewhere', (_, response) => {
    followed += 1
    response.end('{}')
  })
  provider.answers.set('/token', (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end())
  expect((await browser.open(`${origin}/who`)).status).toBe(403)
  expect(followed).toBe(0)
  const unsafe = await startProvider()
  for (const endpoint of [
    'http://id.example.com/authorize',
    'javascript:alert(1)',
    'https://user:pass@id.example.com/',
  ]) {
    unsafe.answers.set('/.well-known/openid-configuration', (_, response) => {
      const told = { issuer: unsafe.url, authorization_endpoint: endpoint, token_endpoint: `${unsafe.url}/token` }
      response.end(JSON.stringify({ ...told, jwks_uri: `${unsafe.url}/keys` }))
    })
    const other = await startSignIn(unsafe)
    expect([endpoint, (await other.browser.send(`${other.origin}/who`)).status]).toEqual([endpoint, 503])
  }
})
