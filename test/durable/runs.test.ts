import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MemoryRecords } from '../../src/durable/runs/memory.ts'
import { PlanTable } from '../../src/durable/runs/plans.ts'
import type { NewRun, RunRecords } from '../../src/durable/runs/record.ts'
import { inboxChannel, RunTable } from '../../src/durable/runs/table.ts'
import { openDurableStore } from '../../src/durable/store/open.ts'
import { afterTest } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { TestPostgres } from '../support/postgres.ts'
import { testWithPostgres, whyNoPostgres } from '../support/test-with-postgres.ts'
import { until } from '../support/waiting.ts'

let postgres: TestPostgres | undefined
beforeAll(async () => {
  if (whyNoPostgres === undefined) postgres = await TestPostgres.start()
})
afterAll(() => postgres?.close())

async function openStore() {
  const keys = ['k'.repeat(32)]
  const store = await openDurableStore({ kind: 'postgres', url: postgres!.url }, { keys, base: '/', warn() {} })
  afterTest(() => store.close())
  await store.pool.query('TRUNCATE tessera.runs, tessera.plans CASCADE')
  return { ...store, runs: new RunTable(store) }
}

const at = Date.UTC(2026, 11, 1)

function newRun(id: string, more: Partial<NewRun> = {}): NewRun {
  return { id, route: 'order', plan: 'p1', by: undefined, key: undefined, request: undefined, at, ...more }
}

const ending = { state: 'done', at: at + 5, answer: '{"ok":true}', expiresAt: at + 1000, keepsJournal: false } as const

/** Holds for records wherever they are kept. */
function testBoth(title: string, body: (records: RunRecords) => Promise<void>): void {
  test(`${title}, in memory`, () => body(new MemoryRecords()))
  testWithPostgres(`${title}, in a database`, async () => body((await openStore()).runs))
}

testBoth('a run is pending when it is recorded, and known by its id until it is discarded', async (records) => {
  expect(await records.claim(newRun('one', { by: 'user:7' }))).toEqual({ isNew: true })
  expect(await records.find('one')).toEqual({
    ...{ id: 'one', route: 'order', plan: 'p1', by: 'user:7', request: undefined },
    ...{ state: 'pending', since: at, startedAt: at, endedAt: undefined, answer: undefined },
  })
  await records.discard('one')
  expect(await records.find('one')).toBeUndefined()
})

testBoth('one key of a route and of one who asks is one run', async (records) => {
  const key = 'k1'
  expect(await records.claim(newRun('one', { key, by: 'a', request: 'd1' }))).toEqual({ isNew: true })
  expect(await records.claim(newRun('two', { key, by: 'a' }))).toMatchObject({
    isNew: false,
    run: { id: 'one', request: 'd1' },
  })
  for (const other of [{ key, by: 'b' }, { key, by: 'a', route: 'other' }, { key }, { key: 'k2', by: 'a' }, {}])
    expect(await records.claim(newRun(JSON.stringify(other), other))).toEqual({ isNew: true })
  await records.discard('one')
  expect(await records.claim(newRun('two', { key, by: 'a' }))).toEqual({ isNew: true })
})

testBoth('an end stands: no state follows it, and no other end', async (records) => {
  await records.claim(newRun('one'))
  await records.enter('one', 'waiting', at + 1)
  expect(await records.find('one')).toMatchObject({ state: 'waiting', since: at + 1 })
  await records.end('one', ending)
  await records.enter('one', 'running', at + 6)
  await records.end('one', { ...ending, state: 'failed' })
  await records.discard('one')
  expect(await records.find('one')).toMatchObject({ state: 'done', endedAt: at + 5, answer: '{"ok":true}' })
})

testBoth('runs are found by state, route, age and key, the newest first', async (records) => {
  await records.claim(newRun('old', { key: 'k1' }))
  await records.claim(newRun('new', { at: at + 10, key: 'k1', by: 'b' }))
  await records.claim(newRun('other', { at: at + 20, route: 'other' }))
  await records.enter('new', 'parked', at + 11)
  const ids = async (filter: Parameters<RunRecords['list']>[0]) => (await records.list(filter)).map(({ id }) => id)
  expect(await ids({})).toEqual(['other', 'new', 'old'])
  expect(await ids({ limit: 1 })).toEqual(['other'])
  expect(await ids({ states: ['parked'] })).toEqual(['new'])
  expect(await ids({ route: 'order' })).toEqual(['new', 'old'])
  expect(await ids({ before: at + 10 })).toEqual(['old'])
  expect(await ids({ key: 'k1' })).toEqual(['new', 'old'])
})

testBoth('a list goes on behind its last run, also among runs of one moment', async (records) => {
  for (const id of ['B', 'a', 'c', 'b']) await records.claim(newRun(id))
  const ids: string[] = []
  for (let page = await records.list({ limit: 1 }); page.length > 0; ) {
    ids.push(page[0]!.id)
    page = await records.list({ limit: 1, behind: page[0]! })
  }
  expect(ids).toEqual(['c', 'b', 'a', 'B'])
})

testBoth('a run that has ended can be forgotten before its time, an open one cannot', async (records) => {
  await records.claim(newRun('one'))
  expect(await records.purge('one')).toBe('open')
  await records.end('one', ending)
  expect(await records.purge('one')).toBe('purged')
  expect([await records.find('one'), await records.list({}), await records.purge('one')]).toEqual([
    undefined,
    [],
    'unknown-run',
  ])
})

testBoth('what is sent to a run is numbered without gaps, and read behind what it has', async (records) => {
  await records.claim(newRun('one'))
  await records.claim(newRun('two'))
  const send = (name: string, run = 'one') => records.send(run, { kind: 'signal', name, body: { n: 1 }, who: 'me' }, at)
  const sent = await Promise.all([send('a'), send('b'), send('c'), send('d', 'two')])
  expect(
    sent
      .slice(0, 3)
      .map((one) => (one as { seq: number }).seq)
      .sort(),
  ).toEqual([1, 2, 3])
  const read = await records.read(new Map([['one', 1]]))
  expect(read.map(([run, { seq }]) => [run, seq])).toEqual([
    ['one', 2],
    ['one', 3],
  ])
  expect(read[0]![1]).toMatchObject({ kind: 'signal', body: { n: 1 }, who: 'me' })
  await records.end('one', ending)
  expect(await send('late')).toBe('ended')
  expect(await send('lost', 'nobody')).toBe('unknown-run')
})

testWithPostgres('nothing that a client said of itself stands in the database as it was', async () => {
  const { runs, pool } = await openStore()
  await runs.claim(newRun('one', { key: 'planted-key', by: 'planted-user' }))
  await runs.send('one', { kind: 'signal', name: 'a', body: 'planted-body' }, at)
  await runs.end('one', { ...ending, answer: 'planted-answer' })
  const { rows } = await pool.query('SELECT * FROM tessera.runs LEFT JOIN tessera.messages ON run = id')
  expect(JSON.stringify(rows)).not.toContain('planted')
})

testWithPostgres('ended runs go when they expire, their journals at once unless they are kept', async () => {
  const { runs } = await openStore()
  const dropped: string[][] = []
  const sweep = (now: number) => runs.sweep(now, async (ids) => void dropped.push(ids.sort()))
  const expiresAt = at + 3_600_000
  for (const id of ['answer', 'all', 'open']) await runs.claim(newRun(id))
  await runs.end('answer', { ...ending, expiresAt })
  await runs.end('all', { ...ending, expiresAt, keepsJournal: true })
  await sweep(at + 1000)
  await sweep(at + 60_000)
  await sweep(at + 120_000)
  expect(dropped).toEqual([['answer']])
  expect(await runs.find('answer')).toBeDefined()
  await sweep(expiresAt)
  expect(dropped.at(-1)).toEqual(['all', 'answer'])
  expect((await runs.list({})).map(({ id }) => id)).toEqual(['open'])
})

testWithPostgres('a key is free when its run has expired, whether or not it was swept', async () => {
  const { runs } = await openStore()
  await runs.claim(newRun('one', { key: 'k' }))
  await runs.end('one', ending)
  expect(await runs.claim(newRun('two', { key: 'k', at: ending.expiresAt - 1 }))).toMatchObject({ isNew: false })
  expect(await runs.claim(newRun('two', { key: 'k', at: ending.expiresAt }))).toEqual({ isNew: true })
})

testWithPostgres('a plan goes an hour after its last use, unless a run has it', async () => {
  const store = await openStore()
  const { runs, pool } = store
  const clock = new FakeClock()
  const plans = new PlanTable(store, clock)
  for (const hash of ['p1', 'p2', 'p3']) await plans.keep({ hash, text: `text of ${hash}` })
  await runs.claim(newRun('one'))
  await pool.query(`UPDATE tessera.plans SET used_at = used_at - interval '61 minutes'`)
  clock.skip(11 * 60_000)
  await plans.keep({ hash: 'p3', text: 'text of p3' })
  await plans.sweep()
  expect(await Promise.all(['p1', 'p2', 'p3'].map((hash) => plans.load(hash)))).toEqual([
    'text of p1',
    '',
    'text of p3',
  ])
})

testWithPostgres('who listens hears of what is sent, also after its connection broke', async () => {
  const { runs, pool, listen } = await openStore()
  const clock = new FakeClock()
  const heard: string[] = []
  const listener = listen(inboxChannel, clock, (id) => heard.push(id))
  afterTest(() => listener.close())
  await runs.claim(newRun('one'))
  const hears = () =>
    until(async () => {
      await clock.advance(1000)
      await runs.send('one', { kind: 'signal', name: 'a' }, at)
      return heard.length > 0
    })
  await hears()
  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`)
  heard.length = 0
  await hears()
  expect(new Set(heard)).toEqual(new Set(['one']))
})
