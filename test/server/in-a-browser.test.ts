import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { inChromium, openChromium } from '../support/chromium.ts'
import { createDirectory, opened } from '../support/cleanup.ts'
import { startFastDemo } from '../support/fast-demo.ts'
import { startIn } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'

interface Seen {
  readonly status?: number
  readonly body?: string
  readonly requestId?: string | null
  readonly wait?: string | null
  readonly error?: string
}

type Send = (path: string, init?: { method?: string; headers?: Record<string, string>; body?: string }) => Promise<Seen>

async function openOrigin(origin: string, cookieOf?: string) {
  const context = await openChromium()
  if (cookieOf !== undefined) await context.addCookies([{ name: 'sid', value: 's-1', url: cookieOf }])
  const page = await context.newPage()
  await page.goto(origin)
  return page
}

/** A page of an origin that calls the gateway with its visitor's credentials. */
async function openPage(origin: string, gateway: string): Promise<Send> {
  const page = await openOrigin(origin, gateway)
  return (path, init = {}) =>
    page.evaluate(
      async ({ url, init }): Promise<Seen> => {
        try {
          const answer = await fetch(url, { credentials: 'include', ...init })
          return {
            status: answer.status,
            body: await answer.text(),
            requestId: answer.headers.get('x-request-id'),
            wait: answer.headers.get('retry-after'),
          }
        } catch (thrown) {
          return { error: String(thrown) }
        }
      },
      { url: gateway + path, init },
    )
}

/** The demo, with what it lacks to refuse people, behind `cors` for one of two origins. */
async function start() {
  const demo = await opened(startFastDemo().then((backends) => ({ ...backends, close: () => backends.stop() })))
  const pages = await opened(startHttpServer((_, response) => response.end('<!doctype html><title>app</title>')))
  const { port: pagesPort } = new URL(pages.url)
  const app = `http://127.0.0.1:${pagesPort}`
  const directory = createDirectory()
  const root = new URL('../../', import.meta.url).pathname
  for (const part of ['config', 'routes']) cpSync(join(root, part), join(directory, part), { recursive: true })
  mkdirSync(join(directory, 'routes/more'))
  const write = (path: string, text: string) => writeFileSync(join(directory, path), text)
  const demoGateway = readFileSync(join(root, 'config/gateway.yaml'), 'utf8')
  write(
    'config/gateway.yaml',
    `${demoGateway}\ncors: { origins: ['${app}'], credentials: true }\nsecurityHeaders: true\ncompress: true\n`,
  )
  write(
    'routes/more/me.yaml',
    'match: GET /me\nin: { session.token: header.x-session-token }\ndo: [ { throw: { error: unauthorized, status: 401 }, when: "session.token != \'\'" } ]\nresponse: { status: 204 }\n',
  )
  write('routes/more/rare.yaml', 'match: GET /rare\nlimit: { rate: 1/h }\nresponse: { body: once }\n')
  write('routes/more/closed.yaml', 'match: GET /closed\ndo: [ { throw: { error: closed, status: 503 } } ]\n')
  write(
    'routes/more/mine.yaml',
    'match: PUT /mine\ndo: [ { branch: [ { when: "has(request.cookies.sid)", do: [ { respond: { body: $.request.cookies.sid } } ] } ] } ]\nresponse: { status: 403 }\n',
  )
  write(
    'routes/more/progressive.yaml',
    'match: GET /progressive\ntimeout: 5s\nin: { geo.city: query.city }\ndo: [ { invoke: reco.recommend, with: { user.id: u1, user.segment: vip }, timeout: 4s } ]\nresponse: { stream: true, body: { city: $.geo.city, products: $.product.ids } }\n',
  )
  const { gateway } = await startIn(directory, { env: demo.env })
  const { port } = await gateway.listen()
  return { gateway: `http://127.0.0.1:${port}`, app, foreign: `http://localhost:${pagesPort}` }
}

inChromium(() => {
  test('a page of a listed origin reads answers and refusals, with credentials; one of another reads nothing', async () => {
    const { gateway, app, foreign } = await start()
    const send = await openPage(app, gateway)
    const sendForeign = await openPage(foreign, gateway)
    const home = await send('/mobile/home?city=hangzhou')
    expect(home).toMatchObject({ status: 200, requestId: expect.any(String) })
    expect(JSON.parse(home.body!)).toBeInstanceOf(Object)
    // Not a header that a page may set by itself: the browser asks first.
    const token = { headers: { 'x-session-token': 'tok-expired' } }
    expect(await send('/me', token)).toMatchObject({ status: 401, body: expect.stringContaining('unauthorized') })
    expect(await send('/nowhere')).toMatchObject({ status: 404, body: expect.stringContaining('not-found') })
    await send('/rare')
    expect(await send('/rare')).toMatchObject({ status: 429, wait: expect.any(String) })
    expect(await send('/closed')).toMatchObject({ status: 503, body: expect.stringContaining('closed') })
    expect(await send('/mine', { method: 'PUT' })).toMatchObject({ status: 200, body: '"s-1"' })
    const unreadable = { error: expect.stringContaining('Failed to fetch') }
    expect(await send('/mine', { method: 'DELETE' })).toEqual(unreadable)
    expect(await send('/me', { headers: { 'x-unread': '1' } })).toEqual(unreadable)
    for (const [path, init] of [
      ['/mobile/home?city=hangzhou'],
      ['/me', token],
      ['/nowhere'],
      ['/rare'],
      ['/closed'],
      ['/mine', { method: 'PUT' }],
    ] as Parameters<Send>[])
      expect([path, await sendForeign(path, init)]).toEqual([path, unreadable])
  })

  test('a page of a listed origin reads the parts of a page as they come, once; one of another reads nothing', async () => {
    const { gateway, app, foreign } = await start()
    const listen = async (origin: string) => {
      const page = await openOrigin(origin)
      return page.evaluate(
        (url) =>
          new Promise<string[]>((resolve) => {
            const heard: string[] = []
            const source = new EventSource(url, { withCredentials: true })
            const hear = (event: Event) => {
              const { type, data } = event as MessageEvent
              heard.push(`${type} ${type === 'part' ? JSON.parse(data).path : data}`)
            }
            source.addEventListener('part', hear)
            source.addEventListener('end', hear)
            source.onerror = (event) => {
              if (event instanceof MessageEvent) heard.push(event.data)
              heard.push(`state ${source.readyState}`)
              // It has asked again, and was told that there is no more; or may not read it.
              if (source.readyState === EventSource.CLOSED) resolve(heard)
            }
          }),
        `${gateway}/progressive?city=hangzhou`,
      )
    }
    expect(await listen(app)).toEqual(['part /city', 'part /products', 'end {"degraded":[]}', 'state 0', 'state 2'])
    expect(await listen(foreign)).toEqual(['state 2'])
  })
})
