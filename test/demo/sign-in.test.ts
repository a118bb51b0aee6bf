import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { Browser } from '../support/browser.ts'
import { opened } from '../support/cleanup.ts'
import { startFastDemo } from '../support/fast-demo.ts'
import { startIn } from '../support/gateway.ts'
import { freePort } from '../support/servers.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

async function start() {
  const demo = await opened(startFastDemo().then((backends) => ({ ...backends, close: () => backends.stop() })))
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const { gateway } = await startIn(root, { env: { ...demo.env, PUBLIC_URL: origin }, port })
  await gateway.listen()
  return { origin, issuer: demo.env['ISSUER_URL']! }
}

/** Signs in as one of those whom the issuer shows, on the way to a page. */
async function signIn(browser: Browser, url: string, sub: string) {
  const page = await browser.open(url)
  const [, link = ''] = new RegExp(`id="${sub}" href="([^"]*)"`).exec(page.text) ?? []
  return browser.open(new URL(link.replaceAll('&#38;', '&'), page.url).href)
}

test('two people sign in to the demo, and only the one who works at the desk looks accounts up', async () => {
  const { origin } = await start()
  const [mei, jun] = [new Browser(origin), new Browser(origin)]
  const account = await signIn(mei, `${origin}/account`, 'u1001')
  expect([account.status, account.url]).toEqual([200, `${origin}/account`])
  expect(JSON.parse(account.text)).toMatchObject({ user: { name: '林美', segment: 'vip' }, roles: ['support'] })
  const own = await signIn(jun, `${origin}/account`, 'u1002')
  expect(JSON.parse(own.text)).toMatchObject({ user: { name: '陈俊' }, roles: [] })
  expect((await mei.open(`${origin}/desk/users/u1003`)).status).toBe(200)
  expect((await jun.open(`${origin}/desk/users/u1003`)).status).toBe(403)
  const left = await mei.open(`${origin}/-/auth/logout`)
  expect(left.url).toBe(`${origin}/`)
  expect((await mei.send(`${origin}/desk/users/u1003`)).status).toBe(303)
  expect((await jun.open(`${origin}/account`)).status).toBe(200)
})

test('a program looks accounts up with a token, and the shop is open to everybody', async () => {
  const { origin, issuer } = await start()
  const granted = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('reports:demo')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token: token } = (await granted.json()) as { access_token: string }
  const ask = (path: string, authorization?: string) =>
    fetch(origin + path, { headers: authorization === undefined ? {} : { authorization } })
  const found = await ask('/desk/users/u1003', `Bearer ${token}`)
  expect([found.status, await found.json()]).toEqual([
    200,
    { user: { id: 'u1003', name: '安娜', segment: 'new', points: 0 } },
  ])
  expect((await ask('/desk/users/u1003')).status).toBe(401)
  expect((await ask('/desk/users/nobody', `Bearer ${token}`)).status).toBe(404)
  expect((await ask('/mobile/home?city=shanghai')).status).toBe(200)
})
