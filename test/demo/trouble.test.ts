import { get } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { DemoBackend, DemoBackends } from '../../demo/backends.ts'
import { getJson, postJson, startFastDemo } from '../support/fast-demo.ts'
import { until } from '../support/waiting.ts'

let demo: DemoBackends
let reco: DemoBackend
let page: string

beforeAll(async () => {
  demo = await startFastDemo({ names: ['reco', 'brands'] })
  reco = demo.services.find((service) => service.name === 'reco')!
  page = `${reco.url}/recommend/paris`
})
afterEach(async () => {
  await reco.ask({ mode: 'none' })
})
afterAll(() => demo.stop())

/** The code of the socket error that a plain GET ends with, and how many bytes came before. */
function failureOf(url: string): Promise<{ code: string | undefined; bytes: number; promised: number }> {
  return new Promise((resolve, reject) => {
    let bytes = 0
    let promised = 0
    const fail = (error: NodeJS.ErrnoException) => resolve({ code: error.code, bytes, promised })
    const request = get(url, { agent: false }, (response) => {
      promised = Number(response.headers['content-length'])
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('error', fail)
      response.on('end', () => reject(new Error('the answer was complete')))
    })
    request.on('error', fail)
  })
}

const order = (body: unknown) => postJson(`${reco.url}/_trouble`, body)

describe('each trouble does what it says', () => {
  test('status: answers that status', async () => {
    await order({ mode: 'status', status: 503 })
    expect((await getJson(page)).status).toBe(503)
  })

  test('delay: answers late, and rightly', async () => {
    await order({ mode: 'delay', ms: 120 })
    const start = performance.now()
    expect((await getJson(page)).body.ids).toHaveLength(20)
    expect(performance.now() - start).toBeGreaterThan(110)
  })

  test('reset: the connection is reset', async () => {
    await order({ mode: 'reset' })
    expect((await failureOf(page)).code).toBe('ECONNRESET')
  })

  test('refuse: the port is closed, and the control server heals it', async () => {
    await order({ mode: 'refuse' })
    await reco.ask()
    expect((await failureOf(page)).code).toBe('ECONNREFUSED')
    const healed = await postJson(`${demo.controlUrl}/reco`, { mode: 'none' })
    expect(healed.status).toBe(200)
    expect((await getJson(page)).status).toBe(200)
  })

  test('refuse with `for`: listens again by itself', async () => {
    await postJson(`${demo.controlUrl}/reco`, { mode: 'refuse', for: 0.15 })
    expect((await failureOf(page)).code).toBe('ECONNREFUSED')
    await until(async () => (await getJson(page).catch(() => undefined))?.status === 200, 'it listens again')
  })

  test('garbage: answers 200 with HTML', async () => {
    await order({ mode: 'garbage' })
    const response = await fetch(page)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(await response.text()).toMatch(/^<!doctype html>/)
  })

  test('half: cuts the body in the middle', async () => {
    await order({ mode: 'half' })
    const { code, bytes, promised } = await failureOf(page)
    expect(code).toBe('ECONNRESET')
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBe(Math.floor(promised / 2))
  })

  test('empty: answers {}', async () => {
    await order({ mode: 'empty' })
    expect(await getJson(page)).toEqual({ status: 200, body: {} })
  })

  test('huge: answers 20 MB of valid JSON', async () => {
    await order({ mode: 'huge' })
    const text = await (await fetch(page)).text()
    expect(text.length).toBeGreaterThan(20_000_000)
    expect(JSON.parse(text).items).toHaveLength(20_000)
  })

  test('hang: takes the request and does not answer', async () => {
    await order({ mode: 'hang' })
    await expect(fetch(page, { signal: AbortSignal.timeout(150) })).rejects.toMatchObject({ name: 'TimeoutError' })
    const status = (await reco.ask()) as { requests: number; trouble: { mode: string } }
    expect(status.trouble.mode).toBe('hang')
  })
})

test('hits only the share of requests that `rate` says', async () => {
  await order({ mode: 'status', status: 500, rate: 0.5 })
  const statuses = []
  for (let index = 0; index < 60; index += 1) statuses.push((await getJson(page)).status)
  const failed = statuses.filter((status) => status === 500).length
  expect(failed).toBeGreaterThan(12)
  expect(failed).toBeLessThan(48)
})

test('leaves the other services alone', async () => {
  await order({ mode: 'status' })
  const brands = demo.services.find((service) => service.name === 'brands')!
  expect((await getJson(`${brands.url}/brands`)).status).toBe(200)
})

test('counts requests, but not those to /_trouble', async () => {
  const { body: before } = await getJson(`${reco.url}/_trouble`)
  await getJson(page)
  const { body: after } = await getJson(`${reco.url}/_trouble`)
  expect(after).toEqual({ service: 'reco', trouble: { mode: 'none' }, requests: before.requests + 1 })
})

test('refuses an order that makes no sense and stays as it was', async () => {
  for (const bad of [
    { mode: 'explode' },
    { mode: 'status', status: 42 },
    { mode: 'delay', seconds: 1 },
    [],
    { mode: 'status', rate: 2 },
  ])
    expect((await order(bad)).status).toBe(400)
  expect((await postJson(`${demo.controlUrl}/reco`, { mode: 'explode' })).status).toBe(400)
  expect((await postJson(`${demo.controlUrl}/nobody`, { mode: 'none' })).status).toBe(404)
  expect((await getJson(page)).status).toBe(200)
})
