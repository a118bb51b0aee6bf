/// <reference lib="dom" />
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { historyShape } from '../../src/config/history.ts'
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
      env: { ...process.env, NODE_ENV: 'production' },
    },
  )
  const demo = await opened(startFastDemo().then((backends) => ({ ...backends, close: () => backends.stop() })))
  const { gateway } = await startIn(root, {
    env: { ...demo.env },
    console: true,
    // All are slow: of these a busy machine drops none.
    history: { ...historyShape.parse({ sample: '100%', always: ['slow'] }), slow: 0 },
  })
  const { port, adminPort } = await gateway.listen()
  return { site: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${adminPort}`, control: demo.controlUrl }
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

async function expectNoOverflow(page: Page, where: string): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect([where, Math.max(0, overflow)]).toEqual([where, 0])
}

/** The page that is shown, at both widths and themes. */
async function expectFits(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectNothingSerious(page, `${page.url()} ${colorScheme}`)
  }
  await page.setViewportSize({ width: 390, height: 850 })
  await expectNoOverflow(page, page.url())
  await page.setViewportSize({ width: 1280, height: 850 })
}

const planted = '<img src=x onerror=alert(1)><script>alert(2)</script>'

/** Asks for pages, one of which has markup in its query and answer; then again with a backend that is broken. */
async function askForPages({ site, control }: { readonly site: string; readonly control: string }): Promise<void> {
  const home = async () => (await fetch(`${site}/mobile/home?city=shanghai`)).text()
  await home()
  await (await fetch(`${site}/mobile/search?${new URLSearchParams({ q: planted })}`)).text()
  const setTrouble = (body: object) => fetch(`${control}/reco`, { method: 'POST', body: JSON.stringify(body) })
  expect((await setTrouble({ mode: 'status', status: 500 })).status).toBe(200)
  for (let turn = 0; turn < 3; turn++) await home()
  await setTrouble({ mode: 'none' })
}

/** A backend that was broken is a stripe; what is recorded meanwhile appears, and nothing while nobody wants it. */
async function lookAtRuns(page: Page, { site, admin }: { readonly site: string; readonly admin: string }) {
  const home = async () => (await fetch(`${site}/mobile/home?city=paris`)).text()
  await page.setViewportSize({ width: 1280, height: 850 })
  await page.goto(`${admin}/console/runs`)
  await page.getByRole('link', { name: 'mobile-home', exact: true }).click()
  await page.locator('.live-state').waitFor()
  const columns = page.locator('.runs-grid thead a')
  const broken = page.locator('.runs-grid tr', { hasText: 'recommend' }).locator('td.covered')
  await broken.nth(2).waitFor()
  await home()
  await columns.nth(4).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('paused').waitFor()
  await home()
  await page.getByRole('button', { name: 'Follow' }).click()
  await columns.nth(5).waitFor()
  await page.getByLabel('Runs that fit').fill('route:mobile-home method:POST')
  await page.getByText('Nothing that was recorded fits').waitFor()
  expect(new URL(page.url()).searchParams.get('filter')).toBe('route:mobile-home method:POST')
  await page.getByLabel('Runs that fit').fill('nonsense:1')
  await page.getByRole('alert').getByText('nothing is filtered by').waitFor()
}

/** What a degraded run shows of the step that failed, and of the moment before. Leaves the page there. */
async function lookAtOneRun(page: Page, { admin }: { readonly admin: string }) {
  await page.goto(`${admin}/console/runs?filter=route:mobile-home+color:geo.city%3Dshanghai+status:degraded`)
  await page.locator('.runs-grid tr', { hasText: 'recommend' }).locator('td.covered').first().click()
  await page.getByRole('heading', { name: 'reco.recommend' }).waitFor()
  expect(new URL(page.url()).searchParams.get('step')).toBe('recommend')
  await page.getByText(/^recommend: .+ from reco\.recommend/).waitFor()
  expect(await page.getByRole('list', { name: 'What was decided' }).textContent()).toContain('fallback')
  await page.locator('.waterfall button', { hasText: 'recommend' }).locator('.failed').waitFor()
  const curl = page.getByRole('button', { name: 'Copy as curl' }).first()
  expect(await curl.getAttribute('title')).toMatch(/^curl 'http:\/\/127\.0\.0\.1:\d+\/recommend\/shanghai\?/)
  await page.getByRole('slider').fill('0')
  await page.getByText(/: 0 of \d+ steps had ended/).waitFor()
  expect(await page.locator('.known').textContent()).toBe('geo.city')
  await page.reload()
  await page.getByText(/: 0 of \d+ steps had ended/).waitFor()
  await page.getByRole('link', { name: 'in the picture' }).click()
  await page.locator('.picture .chosen').waitFor()
  await page.goBack()
  await page.getByRole('slider').waitFor()
}

/** A member of the answer, the step and the line that it came from light together; and back from the line. */
async function lookAtLineage(page: Page): Promise<void> {
  await page
    .locator('.member', { hasText: /^city:$/ })
    .first()
    .click()
  await page.getByRole('heading', { name: '$.city' }).waitFor()
  const side = page.getByRole('complementary')
  expect(await side.textContent()).toContain('query.city')
  expect(await side.locator('.source .marked').allTextContents()).toEqual([
    expect.stringContaining('geo.city: { from: query.city'),
    expect.stringContaining('city: $.geo.city'),
  ])
  await page.getByRole('button', { name: 'title: $.item.title.zh' }).first().click()
  expect(new URL(page.url()).searchParams.has('member')).toBe(false)
  await page.locator('.waterfall .lit', { hasText: 'banners' }).waitFor()
  await page.getByRole('button', { name: 'city: $.geo.city' }).click()
  await page.locator('.member.lit', { hasText: /^city:$/ }).waitFor()
}

/** What somebody sent, and what a backend made of it, are letters. */
async function expectTextOnly(page: Page, { admin }: { readonly admin: string }) {
  await page.goto(`${admin}/console/runs?filter=route:search`)
  await page.locator('.runs-grid thead a').first().click()
  await page.locator('.tree').getByText(planted).first().waitFor()
  expect(await page.locator('main img, main script').count()).toBe(0)
}

/** A run is found by the id of its trace, as a log or an alert has it. */
async function findByTrace(page: Page): Promise<void> {
  const url = page.url()
  const trace = await page.locator('.facts code').first().textContent()
  await page.goto(new URL('/console', url).href)
  await page.locator('main h1').first().waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type(trace!)
  await page.getByRole('option', { name: 'run' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('slider').waitFor()
  expect(page.url()).toBe(url)
}

inChromium(() => {
  test('people walk the console at both widths and themes, with nothing serious for axe and nothing refused by its policy', async () => {
    const started = await start()
    const { admin } = started
    await askForPages(started)
    const context = await openChromium()
    const page = await context.newPage()
    const complaints: string[] = []
    page.on(
      'console',
      (message) => message.type() === 'error' && complaints.push(`${message.text()} ${message.location().url}`),
    )
    page.on('pageerror', (error) => complaints.push(error.message))
    const views = [
      ...['', '/routes', '/routes/mobile-home', '/services', '/dictionary/user.id', '/about'],
      ...['/runs', '/runs?filter=route:mobile-home'],
    ]
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
        await expectNoOverflow(page, `${view} ${width}`)
        if (width > 1000) await expectNothingSerious(page, `${view} ${colorScheme}`)
      }
    }
    await page.setViewportSize({ width: 1280, height: 850 })
    await page.goto(`${admin}/console`)
    await page.locator('main h1').first().waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('route home')
    await page.getByRole('option', { name: 'mobile-home' }).first().waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'mobile-home' }).waitFor()
    const box = page.locator('.picture g[data-id]').first()
    await box.focus()
    await page.keyboard.press('Enter')
    await page.getByText('Written in').waitFor()
    expect(new URL(page.url()).searchParams.get('step')).toBe(await box.getAttribute('data-id'))
    await page.locator('.source .marked').waitFor()
    await lookAtRuns(page, started)
    await lookAtOneRun(page, started)
    await expectFits(page)
    await lookAtLineage(page)
    await expectFits(page)
    await expectTextOnly(page, started)
    await findByTrace(page)
    expect(complaints.filter((complaint) => !complaint.includes('nonsense'))).toEqual([])
  })
})
