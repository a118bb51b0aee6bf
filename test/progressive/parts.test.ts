import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { FakeClock } from '../support/fake-clock.ts'
import { startGateway } from '../support/gateway.ts'
import { startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'
import { asksForEvents, eventsIn, listen, startHolding } from '../support/parts.ts'
import { until } from '../support/waiting.ts'

const dictionary = `
colors:
  hero: {}
  banners: {}
  reco: {}
  page.status: { type: integer }
  page.kind: { type: string }
  name: { type: string }
  user.id: { type: string }
`

const service = (url: string) => `
service: shop
endpoints: [${url}]
timeout: 100s
operations:
  hero: { get: /hero, out: { hero: $ } }
  banners: { get: /banners, out: { banners: $ } }
  reco: { get: /reco, out: { reco: $.list } }
  kind: { get: /kind, out: { page.status: $.status, page.kind: $.kind } }
`

const home = `
match: GET /home
in: { name?: query.name }
do:
  - parallel:
      - { invoke: shop.hero }
      - { invoke: shop.banners, optional: true }
      - { invoke: shop.reco }
response:
  stream: true
  headers: { x-page: home }
  body:
    name: $.name
    reco: { $each: $.reco, $map: { title: $.item.title, price: "\${ item.price * 2 }" } }
    banners: $.banners
    hero: $.hero
`

async function start(routes: Record<string, string> = { 'routes/home': home }, options = {}, gateway = '{}') {
  const backend = await startHolding()
  const running = await startGateway(
    { gateway, dictionary, 'services/shop': service(backend.url), ...routes },
    { ...options },
  )
  return { ...running, backend }
}

describe('a page in parts', () => {
  test('goes out member by member, as soon as what each reads is there', async () => {
    const { port, adminPort, backend } = await start()
    const page = await listen(port, '/home?name=Ann')
    expect(page.message.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-page': 'home',
      vary: 'accept',
    })
    expect(page.message.headers['content-length']).toBeUndefined()
    expect(await page.has(1)).toEqual(['/name'])
    await backend.release('/banners', '[\r\n  { "id": 1 }\n]')
    expect(await page.has(2)).toEqual(['/name', '/banners'])
    await backend.release('/reco', { list: [{ title: 'a', price: 2 }] })
    expect(await page.has(3)).toEqual(['/name', '/banners', '/reco'])
    await backend.release('/hero', { id: 12345678901234567890n.toString() })
    expect(await page.has(5)).toEqual(['/name', '/banners', '/reco', '/hero', 'end'])
    await until(page.isOver)
    expect(eventsIn(page.text())).toEqual([
      { event: 'part', data: { path: '/name', value: 'Ann' } },
      { event: 'part', data: { path: '/banners', value: [{ id: 1 }] } },
      { event: 'part', data: { path: '/reco', value: [{ title: 'a', price: 4 }] } },
      { event: 'part', data: { path: '/hero', value: { id: '12345678901234567890' } } },
      { event: 'end', id: 'end', data: { degraded: [] } },
    ])
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toContain('tessera_first_part_duration_seconds_count{route="home"} 1')
  })

  test('is JSON Lines to who asks for them', async () => {
    const { port, backend } = await start()
    const page = await listen(port, '/home', { accept: 'application/jsonl, text/event-stream;q=0.9' })
    await backend.release('/banners', {}, 500)
    await backend.release('/reco', { list: [] })
    await backend.release('/hero', 7)
    await until(page.isOver)
    expect(page.message.headers['content-type']).toBe('application/jsonl')
    const lines = page.text().split('\n').slice(0, -1)
    expect(lines.map((line) => JSON.parse(line)).slice(-1)).toEqual([
      { event: 'end', degraded: [{ step: 'banners', source: 'skipped', error: 'http-500' }] },
    ])
    expect(lines).toContain('{"event":"part","path":"/hero","value":7}')
    expect(lines.some((line) => line.includes('/banners'))).toBe(false)
  })

  test('is the whole to everybody else, as without `stream`, and caches are told', async () => {
    const plain = home.replace('  stream: true\n', '').replace('/home', '/plain')
    const { port, backend } = await start({ 'routes/home': home, 'routes/plain': plain })
    const ask = async (path: string, accept?: string) => {
      const answering = fetch(`http://127.0.0.1:${port}${path}`, { headers: accept === undefined ? {} : { accept } })
      await backend.release('/banners', '[ 1,\n 2.50 ]')
      await backend.release('/reco', { list: [{ title: 'ü', price: 1 }] })
      await backend.release('/hero', { a: 1e21 })
      const answer = await answering
      return { type: answer.headers.get('content-type'), vary: answer.headers.get('vary'), body: await answer.text() }
    }
    const whole = await ask('/plain')
    expect(whole.vary).toBe(null)
    for (const accept of [
      undefined,
      '*/*',
      'text/*, application/*',
      'text/event-stream;q=0',
      'application/json, text/event-stream;q=0.5',
      'text/event-stream;q=x',
    ])
      expect([accept, await ask('/home', accept)]).toEqual([accept, { ...whole, vary: 'accept' }])
  })

  test('begins with the status and headers that steps give, when those are there', async () => {
    const route = `
match: GET /kind
do:
  - parallel: [ { invoke: shop.kind }, { invoke: shop.hero } ]
response: { stream: true, status: $.page.status, headers: { x-kind: $.page.kind, etag: '"1"' }, body: { hero: $.hero } }
`
    const { port, backend } = await start({ 'routes/kind': route })
    const listening = listen(port, '/kind')
    await backend.release('/hero', 1)
    await backend.release('/kind', { status: 203, kind: 'new' })
    const page = await listening
    expect([page.message.statusCode, page.message.headers['x-kind'], page.message.headers.etag]).toEqual([
      203,
      'new',
      undefined,
    ])
    expect(await page.has(2)).toEqual(['/hero', 'end'])
  })

  test('ends with the problem when a step fails, and what was ready before goes out before it', async () => {
    const { port, backend, entries, lines } = await start()
    const page = await listen(port, '/home?name=Ann')
    await page.has(1)
    await backend.release('/hero', {}, 500)
    await until(page.isOver)
    const [, last] = eventsIn(page.text())
    expect(page.names()).toEqual(['/name', 'error'])
    expect(last).toMatchObject({
      id: 'end',
      data: { code: 'http-500', status: 502, step: 'hero', traceId: expect.any(String), instance: '/home' },
    })
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ status: 200, error: 'http-500', bytes: page.text().length })
    expect(lines.some((line) => line.includes('"http-500"'))).toBe(true)
  })

  test('that fails before its head is an answer like any other', async () => {
    const route = `
match: GET /kind
do: [ { invoke: shop.kind } ]
response: { stream: true, status: $.page.status, body: { kind: $.page.kind } }
`
    const { port, backend } = await start({ 'routes/kind': route })
    const listening = listen(port, '/kind')
    await backend.release('/kind', {}, 404)
    const { message, text } = await listening
    await until(() => text().endsWith('}'))
    expect([message.statusCode, message.headers['content-type']]).toEqual([
      502,
      'application/problem+json; charset=utf-8',
    ])
  })

  test('cancels its calls when its client leaves', async () => {
    const { port, backend, entries } = await start()
    const page = await listen(port, '/home')
    await until(() => backend.isHeld('/hero') && backend.isHeld('/reco'))
    await backend.release('/banners', [])
    await page.has(1)
    page.leave()
    await until(() => backend.gone.length === 2)
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ status: 200, error: 'cancelled' })
  })

  test('is asked for once: a browser that comes back with the last event is told that there is no more', async () => {
    const { port, backend } = await start()
    const { message } = await listen(port, '/home', { ...asksForEvents, 'last-event-id': 'end' })
    expect(message.statusCode).toBe(204)
    expect(backend.isHeld('/hero')).toBe(false)
  })

  test('answers HEAD with its head alone', async () => {
    const { port, backend } = await start()
    const page = await listen(port, '/home', asksForEvents, 'HEAD')
    expect(page.message.headers['content-type']).toBe('text/event-stream')
    for (const path of ['/banners', '/reco', '/hero']) await backend.release(path, { list: [] })
    await until(page.isOver)
    expect(page.text()).toBe('')
  })

  test('says every 15 seconds that it is still there, and the timeout of the route holds for its last part', async () => {
    const clock = new FakeClock()
    const { port } = await start({ 'routes/home': `timeout: 40s\n${home}` }, { clock })
    const before = clock.pending
    const page = await listen(port, '/home?name=Ann')
    await page.has(1)
    const came = page.text()
    await clock.advance(14_999)
    expect(page.text()).toBe(came)
    await clock.advance(1)
    await until(() => page.text() === `${came}:\n\n`)
    await clock.advance(15_000)
    await until(() => page.text() === `${came}:\n\n:\n\n`)
    await clock.advance(10_000)
    await until(page.isOver)
    expect(eventsIn(page.text()).at(-1)).toMatchObject({ event: 'error', data: { code: 'timeout' } })
    await until(() => clock.pending === before)
  })
})

describe('what reads and what fails', () => {
  const one = (steps: string, body: string, more = '') => ({
    'routes/one': `match: GET /one\nin: { name?: query.name }\ndo:\n${steps}\n${more}response:\n  stream: true\n  body: ${body}\n`,
  })

  test('a member waits for every step that may write what it reads, and for what skips them', async () => {
    const steps = `
  - parallel:
      - invoke: shop.reco
      - branch:
          - { when: "request.query.kind == 'a'", do: [ { invoke: shop.hero } ] }
          - { when: "request.query.kind == 'b'", do: [ { invoke: shop.banners, out: { hero: $.banners } } ] }
          - { default: [ { assign: { hero: none } } ] }`
    const { port, backend } = await start(one(steps, '{ hero: $.hero, reco: $.reco }'))
    for (const [query, path] of [
      ['?kind=a', '/hero'],
      ['?kind=b', '/banners'],
    ] as const) {
      const page = await listen(port, `/one${query}`)
      await backend.release(path, '"x"')
      expect(await page.has(1)).toEqual(['/hero'])
      await backend.release('/reco', { list: [] })
      expect(await page.has(3)).toEqual(['/hero', '/reco', 'end'])
    }
    const page = await listen(port, '/one')
    expect(await page.has(1)).toEqual(['/hero'])
    await backend.release('/reco', { list: [] })
    expect(eventsIn((await page.has(3)) && page.text())[0]!.data).toEqual({ path: '/hero', value: 'none' })
  })

  test('what a `catch` may write is waited for until nothing can fail any more', async () => {
    const steps = `
  - try: [ { invoke: shop.hero }, { invoke: shop.reco } ]
    catch: [ { errors: [all], do: [ { assign: { hero: mended } } ] } ]`
    const { port, backend } = await start(one(steps, '{ hero: $.hero, name: $.name }'))
    const page = await listen(port, '/one?name=Ann')
    await backend.release('/hero', '"first"')
    await backend.release('/reco', {}, 500)
    expect(await page.has(3)).toEqual(['/name', '/hero', 'end'])
    expect(eventsIn(page.text())[1]!.data['value']).toBe('mended')
  })

  test('what turns of a `repeat` write goes out when it has ended', async () => {
    const steps = `
  - parallel:
      - repeat: { until: "page.status == 2", max: 3 }
        do: [ { invoke: shop.kind } ]
      - invoke: shop.hero`
    const { port, backend } = await start(one(steps, '{ status: $.page.status, hero: $.hero }'))
    const page = await listen(port, '/one')
    await backend.release('/kind', { status: 1, kind: 'x' })
    await until(() => backend.isHeld('/kind'))
    await backend.release('/hero', 1)
    expect(await page.has(1)).toEqual(['/hero'])
    await backend.release('/kind', { status: 2, kind: 'x' })
    expect(await page.has(3)).toEqual(['/hero', '/status', 'end'])
  })

  test('a member that cannot be made fails the page as it fails the whole, and the route’s `catch` may mend it', async () => {
    const body = `{ name: $.name, list: "\${ hero.list[0] + '' }" }`
    const steps = '  - parallel: [ { invoke: shop.hero }, { invoke: shop.reco } ]'
    const mends = 'catch: [ { errors: [all], do: [ { assign: { hero: { list: [ mended ] } } } ] } ]\n'
    const names = async (more: string) => {
      const { port, backend } = await start(one(steps, body, more))
      const page = await listen(port, '/one?name=Ann')
      await backend.release('/hero', { list: [] })
      await backend.release('/reco', { list: [] })
      await until(page.isOver)
      return eventsIn(page.text())
    }
    expect(await names('')).toMatchObject([
      { event: 'part', data: { path: '/name' } },
      { event: 'error', data: { code: 'expression-failed', step: 'response' } },
    ])
    const mended = await names(mends)
    expect(mended.at(-1)).toMatchObject({ event: 'end' })
    expect(mended).toContainEqual({ event: 'part', data: { path: '/list', value: 'mended' } })
  })

  test('a `respond` behind the head is the page as a whole, and one of an error is that error', async () => {
    const steps = `
  - invoke: shop.kind
  - { when: "page.kind == 'gone'", respond: { status: 410, body: { gone: true } } }
  - { when: "page.kind == 'early'", respond: { body: { early: true } } }
  - invoke: shop.hero`
    const { port, backend } = await start(one(steps, '{ name: $.name, hero: $.hero }'))
    const ask = async (kind: string) => {
      const page = await listen(port, '/one?name=Ann')
      await backend.release('/kind', { status: 1, kind })
      await until(page.isOver)
      return eventsIn(page.text()).slice(1)
    }
    expect(await ask('gone')).toMatchObject([{ event: 'error', data: { status: 410, body: { gone: true } } }])
    expect(await ask('early')).toEqual([
      { event: 'part', data: { path: '', value: { early: true } } },
      { event: 'end', id: 'end', data: { degraded: [] } },
    ])
  })
})

describe('who reads', () => {
  test.each(['br', 'gzip', 'zstd'] as const)('takes %s: each part can be decoded when it has come', async (coding) => {
    const { port, backend } = await start({ 'routes/home': home }, {}, 'compress: true')
    const page = await listen(port, '/home?name=Ann', { ...asksForEvents, 'accept-encoding': coding })
    const { message } = page
    expect([message.headers['content-encoding'], message.headers.vary]).toEqual([coding, 'accept, accept-encoding'])
    const decoder = { br: createBrotliDecompress, gzip: createGunzip, zstd: createZstdDecompress }[coding]()
    let text = ''
    decoder.on('data', (piece: Buffer) => {
      text += piece.toString()
    })
    message.pipe(decoder)
    await until(() => eventsIn(text).length === 1)
    await backend.release('/banners', [1])
    await until(() => eventsIn(text).length === 2)
    await backend.release('/reco', { list: [] })
    await backend.release('/hero', 1)
    await until(() => eventsIn(text).at(-1)?.event === 'end')
    await until(page.isOver)
  })

  test('from a page of another origin is told what its browser asks for', async () => {
    const { port } = await start(
      { 'routes/home': home },
      {},
      "cors: { origins: ['https://app.example'], credentials: true }",
    )
    const { message } = await listen(port, '/home', { ...asksForEvents, origin: 'https://app.example' })
    expect(message.headers['access-control-allow-origin']).toBe('https://app.example')
    expect(message.headers.vary).toBe('accept, Origin')
  })
})

test('a page in parts ends with the token that opened it, and its calls do', async () => {
  const clock = new FakeClock()
  const issuer = await startIssuer(clock)
  const backend = await startHolding()
  const files = { dictionary, 'services/shop': service(backend.url), 'routes/home': `timeout: 3m\n${home}` }
  const { port } = await startGuarded(issuer, files, { clock })
  const token = `Bearer ${await issuer.sign()}`
  const page = await listen(port, '/home?name=Ann', { ...asksForEvents, authorization: token })
  expect(await page.has(1)).toEqual(['/name'])
  await until(() => backend.isHeld('/hero'))
  await clock.advance(59_000)
  expect(page.isOver()).toBe(false)
  await clock.advance(1_100)
  await until(page.isOver)
  expect(eventsIn(page.text()).at(-1)).toMatchObject({ event: 'error', data: { code: 'unauthenticated', status: 401 } })
  await until(() => backend.gone.length === 3)
})
