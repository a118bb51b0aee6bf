import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type Filter, parseFilter } from '../../src/history/filter.ts'
import { Tokens } from '../../src/history/masking/tokens.ts'
import type { Summary } from '../../src/history/recording.ts'
import { HistoryDatabase } from '../../src/history/stores/directory/database.ts'
import { DirectoryHistory } from '../../src/history/stores/directory/directory.ts'
import { MemoryHistory } from '../../src/history/stores/memory.ts'
import { idAt } from '../../src/history/stores/row.ts'
import type { HistoryStore, StoreParts, Written } from '../../src/history/stores/store.ts'
import { afterTest, createDirectory } from '../support/cleanup.ts'
import { until } from '../support/waiting.ts'

const hour = 3_600_000
const start = 1_800_000_000_000

function written(index: number, more: Partial<Summary> = {}, text = '{"n":1}'): Written {
  const summary: Summary = {
    id: `${idAt(start + index)}0000${String(index).padStart(16, '0')}`,
    at: start + index,
    ms: index,
    route: index % 2 === 0 ? 'home' : undefined,
    method: 'GET',
    path: `/x/${index}`,
    status: index % 10 === 0 ? 503 : 200,
    outcome: index % 10 === 0 ? 'error' : 'ok',
    isSlow: index > 50,
    why: 'sample',
    error: index % 10 === 0 ? 'timeout' : undefined,
    bytes: 1,
    traceId: `trace-${index}`,
    requestId: `request-${index}`,
    version: 'v1',
    calls: [{ step: 'reco', source: 'live', error: undefined, status: 200, attempts: 1, startedMs: 0, ms: 1 }],
    colors: { word: `w${index % 3}` },
    ...more,
  }
  return { summary, text, plan: { name: 'v1/home', text: '{"plan":1}' } }
}

interface World {
  now: number
  readonly dropped: string[]
  readonly told: string[]
  readonly parts: StoreParts
}

function world(more: Partial<StoreParts> = {}): World {
  const made: World = {
    now: start + 1000,
    dropped: [],
    told: [],
    parts: {
      keepMs: hour,
      maxBytes: 100_000_000,
      epoch: () => made.now,
      dropped: (why, count = 1) => made.dropped.push(...Array.from({ length: count }, () => why)),
      tell: (_, message) => made.told.push(message),
      ...more,
    },
  }
  return made
}

function filter(text: string): Filter {
  const parts = { tokens: new Tokens(Buffer.alloc(32)), epoch: start + 1000, isPersonal: () => false }
  const parsed = parseFilter(text, parts)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

const everything = { filter: filter(''), before: undefined, limit: 500 }

const stores: Record<string, (parts: StoreParts) => Promise<HistoryStore>> = {
  memory: async (parts) => new MemoryHistory(parts),
  async directory(parts) {
    const store = await DirectoryHistory.open(join(createDirectory(), 'history'), parts)
    afterTest(() => store.close(1000))
    return store
  },
}

describe.each(Object.keys(stores))('the store %s', (name) => {
  const open = (parts: StoreParts) => stores[name]!(parts)

  test('finds the same by every filter', async () => {
    const store = await open(world().parts)
    const all = Array.from({ length: 100 }, (_, index) => written(index))
    for (const one of all) store.add(one)
    await until(async () => store.size().runs === 100, 'all are kept')
    const texts = [
      ...['', 'route:home', '-route:home', 'status:error', 'status:5xx', 'status:slow', '-status:slow', 'ms:>=98'],
      ...['color:word=w1', '-color:word=w1', 'step:reco', 'failed:reco', 'source:live', '/x/42', 'error:timeout'],
      ...['trace:trace-7', 'request:request-7', 'since:1s', 'until:1s', 'status:ok route:home ms:<10', 'why:sample'],
    ]
    for (const text of texts) {
      const wanted = all.filter(({ summary }) => filter(text).test(summary)).map(({ summary }) => summary.id)
      const { runs } = await store.list({ ...everything, filter: filter(text) })
      expect([text, runs.map(({ id }) => id)]).toEqual([text, wanted.reverse()])
    }
    const page = await store.list({ ...everything, limit: 60 })
    const rest = await store.list({ ...everything, limit: 60, before: page.next })
    expect([page.runs.length, rest.runs.length, rest.next]).toEqual([60, 40, undefined])
    expect(await store.get(all[7]!.summary.id)).toEqual({ text: '{"n":1}', plan: '{"plan":1}' })
    expect(await store.get('none')).toBeUndefined()
  })

  test('forgets what is too old, and the oldest of what is too much, and no plan that comes again', async () => {
    const made = world({ maxBytes: 400_000 })
    const store = await open(made.parts)
    for (let index = 0; index < 300; index++) store.add(written(index, {}, JSON.stringify('x'.repeat(4000))))
    await until(
      async () => (await store.list({ ...everything, limit: 1 })).runs[0]?.path === '/x/299',
      'all are written',
    )
    const { runs } = await store.list(everything)
    expect(runs.length).toBeGreaterThan(10)
    expect(runs.length).toBeLessThan(200)
    expect(store.size().bytes).toBeLessThanOrEqual(400_000)
    made.now += 2 * hour
    expect((await store.list(everything)).runs).toEqual([])
    for (const [index, name] of ['v1/other', 'v1/home'].entries()) {
      const late = { ...written(2 * hour + index), plan: { name, text: '{"plan":1}' } }
      store.add(late)
      await until(async () => (await store.list(everything)).runs[0]?.id === late.summary.id, 'it is written')
      expect(await store.get(late.summary.id)).toEqual({ text: '{"n":1}', plan: '{"plan":1}' })
    }
  })
})

test('a directory keeps recordings and its key over a restart, for its owner alone', async () => {
  const directory = join(createDirectory(), 'history')
  const { parts } = world()
  const first = await DirectoryHistory.open(directory, parts)
  first.add(written(1))
  await first.close(1000)
  const second = await DirectoryHistory.open(directory, parts)
  afterTest(() => second.close(1000))
  expect((await second.list(everything)).runs).toHaveLength(1)
  expect(second.key).toEqual(first.key)
  expect(statSync(join(directory, 'key')).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(expect.arrayContaining(['history.sqlite', 'key']))
})

test('a disk that is full drops what does not fit, says so, and keeps the rest', () => {
  const file = join(createDirectory(), 'history.sqlite')
  const database = new HistoryDatabase({ file, keepMs: hour, maxBytes: 100_000_000, mostPages: 40 })
  afterTest(() => database.close())
  const row = (index: number, text?: string) => ({ ...written(index, {}, text), plan: 'v1/home' })
  const add = () => database.add([row(2, JSON.stringify('x'.repeat(200_000)))], [], start)
  database.add([row(1)], [], start)
  expect(add).toThrow(/full/)
  database.add([row(3)], [], start)
  expect(database.list({ conditions: [], before: undefined, limit: 10 }, start).runs.map(({ path }) => path)).toEqual([
    '/x/3',
    '/x/1',
  ])
})

test('a store whose thread cannot write drops recordings, counts them, and tells it once', async () => {
  const made = world()
  const store = await DirectoryHistory.open(join(createDirectory(), 'history'), { ...made.parts, mostPages: 40 })
  afterTest(() => store.close(1000))
  const big = JSON.stringify('x'.repeat(200_000))
  for (const index of [1, 2]) {
    store.add(written(index, {}, big))
    await until(() => made.dropped.length === index, 'it is dropped')
  }
  expect(made.dropped).toEqual(['store', 'store'])
  expect(made.told).toEqual([expect.stringMatching(/recordings are dropped.*full/)])
  store.add(written(3))
  await until(() => store.size().runs === 1, 'what fits is kept')
})
