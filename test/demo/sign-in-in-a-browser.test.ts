import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { inChromium, openChromium } from '../support/chromium.ts'
import { createDirectory, opened } from '../support/cleanup.ts'
import { startFastDemo } from '../support/fast-demo.ts'
import { startIn } from '../support/gateway.ts'
import { freePort, startHttpServer } from '../support/servers.ts'

/** The demo, with a route that changes something, and pages of other origins. */
async function start() {
  const demo = await opened(startFastDemo().then((backends) => ({ ...backends, close: () => backends.stop() })))
  const pages = await opened(
    startHttpServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>another</title>'),
    ),
  )
  const directory = createDirectory()
  const root = new URL('../../', import.meta.url).pathname
  for (const part of ['config', 'routes']) cpSync(join(root, part), join(directory, part), { recursive: true })
  mkdirSync(join(directory, 'routes/more'))
  writeFileSync(
    join(directory, 'routes/more/order.yaml'),
    'match: POST /account/orders\nauth: people\nresponse: { status: 201, body: placed }\n',
  )
  const port = await freePort()
  const site = `http://localhost:${port}`
  const { gateway } = await startIn(directory, { env: { ...demo.env, PUBLIC_URL: site }, port })
  await gateway.listen()
  const pagesPort = new URL(pages.url).port
  return {
    site,
    issuer: demo.env['ISSUER_URL']!,
    // Browsers take cookies along to all ports of a host, so this one is as near as a stranger can be.
    neighbour: `http://localhost:${pagesPort}`,
    stranger: `http://127.0.0.1:${pagesPort}`,
  }
}

async function signIn(page: Page, url: string, sub: string): Promise<void> {
  await page.goto(url)
  await page.click(`#${sub}`)
  await page.waitForURL(url)
}

const shown = async (page: Page) => JSON.parse((await page.textContent('body'))!)

inChromium(() => {
  test('two people sign in and see what is theirs, in all their tabs, until they sign out', async () => {
    const { site, issuer } = await start()
    const context = await openChromium()
    const page = await context.newPage()
    await signIn(page, `${site}/account`, 'u1001')
    expect(await shown(page)).toMatchObject({ user: { name: '林美' }, roles: ['support'] })
    const cookies = await context.cookies()
    expect(cookies.find(({ name }) => name === '__Host-tessera-people')).toMatchObject({
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    })
    expect(await page.evaluate<string>('document.cookie')).toBe('')
    const second = await context.newPage()
    await second.goto(`${site}/desk/users/u1003`)
    expect(await shown(second)).toMatchObject({ user: { id: 'u1003' } })

    const other = await openChromium()
    const jun = await other.newPage()
    await signIn(jun, `${site}/account`, 'u1002')
    expect(await shown(jun)).toMatchObject({ user: { name: '陈俊' }, roles: [] })
    const refused = await jun.goto(`${site}/desk/users/u1003`)
    expect([refused!.status(), (await shown(jun)).code]).toEqual([403, 'forbidden'])

    await page.goto(`${site}/-/auth/logout`).catch(() => {})
    // Typed into the bar, it is somebody's own wish.
    expect(page.url()).toBe(`${site}/`)
    await page.goBack()
    expect(page.url()).toContain(issuer)
    expect(await page.textContent('body')).not.toContain('林美')
    await second.reload()
    expect(second.url()).toContain(issuer)
    await jun.goto(`${site}/account`)
    expect((await shown(jun)).user.name).toBe('陈俊')
  })

  test('a page of another origin changes nothing by the session, and does not end it', async () => {
    const { site, neighbour, stranger } = await start()
    const context = await openChromium()
    const page = await context.newPage()
    await signIn(page, `${site}/account`, 'u1001')
    const submit = async (from: string, to: string): Promise<number> => {
      const tab = await context.newPage()
      await tab.goto(from)
      const [answer] = await Promise.all([
        tab.waitForResponse((response) => response.url() === to),
        tab.setContent(`<form method="post" action="${to}"></form><script>document.forms[0].submit()</script>`),
      ])
      return answer.status()
    }
    // The neighbour brings the cookie along, the stranger does not even do that.
    expect(await submit(neighbour, `${site}/account/orders`)).toBe(403)
    expect(await submit(stranger, `${site}/account/orders`)).toBe(401)
    expect(await submit(neighbour, `${site}/-/auth/logout`)).toBe(403)
    expect(await submit(stranger, `${site}/-/auth/logout`)).toBe(403)
    const own = await page.evaluate(async () => (await fetch('/account/orders', { method: 'POST' })).status)
    expect(own).toBe(201)
    const linked = await context.newPage()
    await linked.goto(stranger)
    await linked.setContent(`<a href="${site}/-/auth/logout">a prize</a>`)
    await linked.click('a')
    await linked.waitForURL(`${site}/-/auth/logout`)
    expect((await shown(linked)).code).toBe('cross-origin')
    await page.reload()
    expect(await shown(page)).toMatchObject({ user: { name: '林美' } })
  })
})
