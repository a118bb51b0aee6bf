import { beforeAll, describe, expect, test } from '@jest/globals'
import { type InnerList, type Item, parseList } from 'structured-headers'
import type { DemoBackend, DemoBackends } from '../../demo/backends.ts'
import { afterFile } from '../support/cleanup.ts'
import { type Json, startFastDemo } from '../support/fast-demo.ts'
import { ownFailures, type Served, startServe } from '../support/served.ts'
import { copyPatientDemoConfig } from '../support/served-project.ts'
import { until } from '../support/waiting.ts'

/** Ways to fail, and the error codes that they may be called. A huge or half answer may also be a late one. */
const modes = [
  { what: 'slow', trouble: { mode: 'delay', ms: 12_000 }, codes: ['timeout'], status: 504 },
  { what: 'silent', trouble: { mode: 'hang' }, codes: ['timeout'], status: 504 },
  { what: 'refusing', trouble: { mode: 'refuse' }, codes: ['unavailable'], status: 502 },
  { what: 'resetting', trouble: { mode: 'reset' }, codes: ['unavailable'], status: 502 },
  { what: 'answering 500', trouble: { mode: 'status', status: 500 }, codes: ['http-500'], status: 502 },
  { what: 'answering 404', trouble: { mode: 'status', status: 404 }, codes: ['http-404'], status: 502 },
  { what: 'answering HTML', trouble: { mode: 'garbage' }, codes: ['invalid-response'], status: 502 },
  { what: 'answering half a body', trouble: { mode: 'half' }, codes: ['invalid-response'], status: 502 },
  { what: 'answering {}', trouble: { mode: 'empty' }, codes: [], status: 200 },
  { what: 'answering 20 MB', trouble: { mode: 'huge' }, codes: ['invalid-response'], status: 502 },
] as const
type Mode = (typeof modes)[number]

interface Page {
  readonly name: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The calls that go to each backend and are covered or left out when it fails. */
  readonly covered: Readonly<Record<string, readonly string[]>>
  /** Backends without which there is no page. */
  readonly needed: readonly string[]
  /** Members that are there whatever fails, with `Array.isArray` of each. */
  readonly lists: readonly string[]
}

const homeCalls = {
  content: ['banners', 'channels'],
  catalog: ['cards'],
  reco: ['recommend'],
  pricing: ['prices', 'promotions'],
  brands: ['featured'],
}
const homeLists = ['banners', 'channels', 'products', 'promotions', 'brands']
const pages: Page[] = [
  {
    name: 'the homepage of a user',
    path: '/mobile/home?city=paris',
    headers: { 'x-session-token': 'tok-mei' },
    covered: { ...homeCalls, users: ['session'] },
    needed: [],
    lists: homeLists,
  },
  {
    name: 'the homepage of nobody',
    path: '/mobile/home',
    headers: {},
    covered: homeCalls,
    needed: [],
    lists: homeLists,
  },
  {
    name: 'the product page',
    path: '/mobile/products/p1042?city=paris',
    headers: {},
    covered: { brands: ['brand', 'stores'], pricing: ['prices'], reco: ['similar'] },
    needed: ['catalog'],
    lists: ['stores', 'similar'],
  },
  {
    name: 'search',
    path: '/mobile/search?q=coffee',
    headers: {},
    covered: { pricing: ['prices'] },
    needed: ['catalog'],
    lists: ['items'],
  },
  {
    name: 'discover',
    path: '/mobile/discover?city=chengdu&seg=new',
    headers: {},
    covered: {
      catalog: ['cards', 'categories'],
      reco: ['recommend'],
      pricing: ['prices', 'promotions'],
      brands: ['nearby'],
    },
    needed: [],
    lists: ['categories', 'shelf', 'coupons', 'stores'],
  },
]

let demo: DemoBackends
let gateway: Served
let whole: Answer[]
let requests = 0

beforeAll(async () => {
  demo = await startFastDemo()
  afterFile(() => demo.stop())
  const root = await copyPatientDemoConfig()
  gateway = await startServe({ config: `${root}/config/gateway.yaml`, env: { ...demo.env } })
  whole = await untilWhole()
})

const backendNames = ['content', 'catalog', 'users', 'reco', 'pricing', 'brands']
// The backends take turns, so none of them fails half of its calls in any ten seconds, and the demo's breakers stay
// closed: every answer shows the policies below them. The breakers have a test of their own.
const troubles = modes.flatMap((mode) => backendNames.map((name) => ({ name, mode, what: mode.what })))

describe('with', () => {
  test.each(troubles)('$name $what, every page comes in its time, and is whole afterwards', async ({ name, mode }) => {
    const backend = find(name)
    await backend.ask(mode.trouble)
    try {
      await Promise.all(pages.map((page) => check(page, name, mode)))
    } finally {
      await backend.ask({ mode: 'none' })
    }
    const healed = await untilWhole()
    expect(healed.map(withoutIds)).toEqual(whole.map(withoutIds))
  })
})

test('an expired session must sign in again, unless nobody can tell that it has expired', async () => {
  const headers = { 'x-session-token': 'tok-expired' }
  const refused = await ask('/mobile/home', headers)
  expect([refused.status, refused.type, refused.body.code]).toEqual([
    401,
    'application/problem+json',
    'session-expired',
  ])
  await find('users').ask({ mode: 'status', status: 500 })
  try {
    const answer = await ask('/mobile/home', headers)
    expect([answer.status, answer.body.user.signedIn, answer.degraded.get('session')]).toEqual([
      200,
      false,
      { source: 'skipped', error: 'http-500' },
    ])
  } finally {
    await find('users').ask({ mode: 'none' })
  }
})

test('a backend that goes on failing is given a rest, and comes back when it can', async () => {
  const reco = find('reco')
  await reco.ask({ mode: 'hang' })
  const state = () => metric('tessera_breaker_state{service="reco",operation="recommend"}')
  try {
    await until(async () => {
      await Promise.all(Array.from({ length: 8 }, () => ask('/mobile/home')))
      return (await state()) === 2
    }, 'reco has a rest')
    const before = await countRequests(reco)
    const answer = await ask('/mobile/home')
    expect(answer.degraded.get('recommend')).toEqual({ source: 'fallback', error: 'circuit-open' })
    expect((await countRequests(reco)) - before).toBeLessThanOrEqual(1)
  } finally {
    await reco.ask({ mode: 'none' })
  }
  await untilWhole()
  expect(await state()).toBe(0)
})

test('the process that came through all this is the one that began, and never failed itself', async () => {
  expect(gateway.isRunning()).toBe(true)
  expect(ownFailures(gateway)).toEqual([])
  expect(await gateway.stop()).toBe(0)
})

/** One page while one backend fails. */
async function check(page: Page, name: string, mode: Mode): Promise<void> {
  const answer = await ask(page.path, page.headers)
  const seen = { page: page.name, status: answer.status, body: answer.text, ...answer.raw }
  const judge = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`${what}: ${JSON.stringify(seen, null, 2)}`)
  }
  if (page.needed.includes(name) && mode.status !== 200) {
    judge(answer.type === 'application/problem+json', 'it is no problem document')
    const late = answer.body.code === 'timeout'
    const missing = page.name === 'the product page' && mode.what === 'answering 404'
    const wanted = missing ? 404 : late ? 504 : mode.status
    judge(answer.status === wanted && answer.body.status === wanted, `its status is not ${wanted}`)
    const codes: string[] = missing ? ['product-missing'] : [...mode.codes, 'timeout']
    judge(codes.includes(answer.body.code), `its code is not ${codes}`)
    judge(!/127\.0\.0\.1|nginx|as ordered/.test(answer.text), 'it tells of the backend')
    return
  }
  judge(answer.status === 200 && answer.type === 'application/json', 'it is no page')
  for (const list of page.lists) judge(Array.isArray(answer.body[list]), `${list} is not there`)
  if (mode.codes.length === 0) return
  for (const step of page.covered[name] ?? []) {
    const degraded = answer.degraded.get(step)
    judge(degraded !== undefined, `Tessera-Degraded does not name ${step}`)
    judge(['fallback', 'stale', 'skipped'].includes(degraded!.source), `${step} came from ${degraded!.source}`)
    const codes: string[] = [...mode.codes, 'timeout']
    judge(codes.includes(degraded!.error), `the error of ${step} is not ${codes}`)
  }
  if ((page.covered[name] ?? []).length > 0) {
    judge(answer.raw.cacheControl === 'no-store', 'it may be kept in a cache')
  }
}

/** All pages without a part missing. What healed may need a moment: a breaker, a machine that is busy elsewhere. */
async function untilWhole(): Promise<Answer[]> {
  return until(async () => {
    const answers = await Promise.all(pages.map((page) => ask(page.path, page.headers)))
    return answers.every(({ status, degraded }) => status === 200 && degraded.size === 0) ? answers : undefined
  }, 'every page is whole')
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: Json
  readonly text: string
  /** What was degraded, by the name of its step. */
  readonly degraded: ReadonlyMap<string, { source: string; error: string }>
  /** Of the request. */
  readonly id: string
  readonly raw: { readonly degraded: string | null; readonly cacheControl: string | null }
}

async function ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const id = `faults-${++requests}.`
  const response = await fetch(gateway.url + path, { headers: { ...headers, 'x-request-id': id } })
  const text = await response.text()
  const degraded = response.headers.get('tessera-degraded')
  return {
    status: response.status,
    type: (response.headers.get('content-type') ?? '').split(';')[0]!,
    body: JSON.parse(text),
    text,
    degraded: readDegraded(degraded),
    id,
    raw: { degraded, cacheControl: response.headers.get('cache-control') },
  }
}

/** A list of RFC 9651; a malformed one throws. */
function readDegraded(header: string | null): Map<string, { source: string; error: string }> {
  const members: (Item | InnerList)[] = header === null ? [] : parseList(header)
  return new Map(
    members.map(([name, parameters]) => [
      String(name),
      { source: String(parameters.get('source')), error: String(parameters.get('error')) },
    ]),
  )
}

function withoutIds({ body }: Answer): Json {
  return { ...body, meta: { ...body.meta, requestId: undefined } }
}

function find(name: string): DemoBackend {
  return demo.services.find((service) => service.name === name)!
}

async function countRequests(backend: DemoBackend): Promise<number> {
  return ((await backend.ask()) as { requests: number }).requests
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(name))
  return Number(line?.slice(line.lastIndexOf(' ') + 1))
}
