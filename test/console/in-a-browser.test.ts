/// <reference lib="dom" />
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { inChromium, openChromium } from '../support/chromium.ts'
import { opened } from '../support/cleanup.ts'
import { startFastDemo } from '../support/fast-demo.ts'
import { startIn } from '../support/gateway.ts'

const root = new URL('../../', import.meta.url).pathname
const axe = () => readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function start() {
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'console', '--logLevel', 'error'],
    {
      cwd: root,
    },
  )
  const demo = await opened(startFastDemo().then((backends) => ({ ...backends, close: () => backends.stop() })))
  const { gateway } = await startIn(root, { env: { ...demo.env }, console: true })
  const { port, adminPort } = await gateway.listen()
  return { site: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${adminPort}` }
}

/** By the rules of axe. Its script is evaluated by the browser's own protocol: the page's policy holds for the page. */
async function expectNothingSerious(page: Page, where: string): Promise<void> {
  await page.evaluate(axe())
  const { violations } = await page.evaluate(() =>
    // biome-ignore lint/suspicious/noExplicitAny: a global that was just made.
    (globalThis as any).axe.run(document, { resultTypes: ['violations'] }),
  )
  const serious = (violations as { id: string; impact: string; nodes: { html: string }[] }[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)
  expect([where, ...serious]).toEqual([where])
}

inChromium(() => {
  test('people walk the console at both widths and themes, with nothing serious for axe and nothing refused by its policy', async () => {
    const { site, admin } = await start()
    for (let turn = 0; turn < 5; turn++) await (await fetch(`${site}/mobile/home?city=Shanghai`)).text()
    const context = await openChromium()
    const page = await context.newPage()
    const complaints: string[] = []
    page.on(
      'console',
      (message) => message.type() === 'error' && complaints.push(`${message.text()} ${message.location().url}`),
    )
    page.on('pageerror', (error) => complaints.push(error.message))
    const views = ['', '/routes', '/routes/mobile-home', '/services', '/dictionary/user.id', '/about']
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [1280, 'dark'],
      [390, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 850 })
      await page.emulateMedia({ colorScheme })
      for (const view of views) {
        await page.goto(`${admin}/console${view}`)
        await page.locator('main h1, main h2').first().waitFor()
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        expect([view, width, Math.max(0, overflow)]).toEqual([view, width, 0])
        if (width > 1000) await expectNothingSerious(page, `${view} ${colorScheme}`)
      }
    }
    expect(complaints).toEqual([])

    await page.setViewportSize({ width: 1280, height: 850 })
    await page.goto(`${admin}/console`)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('route home')
    await page.getByRole('option', { name: 'mobile-home' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'mobile-home' }).waitFor()
    const box = page.locator('.picture g[data-id]').first()
    await box.focus()
    await page.keyboard.press('Enter')
    await page.getByText('Written in').waitFor()
    expect(new URL(page.url()).searchParams.get('step')).toBe(await box.getAttribute('data-id'))
    await page.locator('.source .marked').waitFor()
  })
})
