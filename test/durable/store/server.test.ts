import { afterAll, beforeAll, expect } from '@jest/globals'
import { systemClock } from '../../../src/clock.ts'
import { openDurableStore } from '../../../src/durable/store/open.ts'
import { afterTest } from '../../support/cleanup.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { TestPostgres } from '../../support/postgres.ts'
import { testWithPostgres, whyNoPostgres } from '../../support/test-with-postgres.ts'
import { until } from '../../support/waiting.ts'

let postgres: TestPostgres | undefined
beforeAll(async () => {
  if (whyNoPostgres === undefined) postgres = await TestPostgres.start()
})
afterAll(() => postgres?.close())

async function openStore(keys: readonly string[] = []) {
  const warnings: string[] = []
  const options = { keys, base: '/', warn: (text: string) => warnings.push(text) }
  const store = await openDurableStore({ kind: 'postgres', url: postgres!.url }, options)
  let closing: Promise<void> | undefined
  const close = () => (closing ??= store.close())
  afterTest(close)
  return { ...store, warnings, close }
}

testWithPostgres('several gateways may use a server, and open it at the same time', async () => {
  const stores = await Promise.all([openStore(), openStore(), openStore()])
  expect(stores.map(({ isShared }) => isShared)).toEqual([true, true, true])
})

testWithPostgres('a server that cannot be reached is told as such, and not its password', async () => {
  const url = 'postgres://me:hidden@127.0.0.1:1/runs'
  const opening = openDurableStore({ kind: 'postgres', url }, { keys: [], base: '/', warn: () => {} })
  const told = await opening.catch((thrown: Error) => thrown.message)
  expect(told).toBe('the database of durable runs cannot be used: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1')
})

testWithPostgres('who asks while the server is away goes on when it is back', async () => {
  const { pool, warnings } = await openStore()
  await pool.query('SELECT 1')
  await postgres!.kill()
  const asked = pool.query('SELECT 1 AS one')
  await until(() => warnings.length === 1)
  await postgres!.startAgain()
  expect((await asked).rows).toEqual([{ one: 1 }])
  expect(warnings).toEqual([
    expect.stringContaining('the journal of durable runs cannot be reached: '),
    'the journal of durable runs can be reached again',
  ])
})

testWithPostgres('who waits for a server does not when the store is closed', async () => {
  const { pool, warnings, close } = await openStore()
  await postgres!.kill()
  const asked = pool.query('SELECT 1').catch((thrown: Error) => thrown.message)
  await until(() => warnings.length === 1)
  await close()
  expect(await asked).toBe('Cannot use a pool after calling end on the pool')
  await postgres!.startAgain()
})

testWithPostgres('a server that became a standby is away, and the connection to it ends', async () => {
  const { pool } = await openStore()
  await pool.query('CREATE TABLE IF NOT EXISTS of_primary (n int)')
  const client = await pool.connect()
  client.on('error', () => {})
  await client.query('SET default_transaction_read_only = on')
  await expect(client.query('INSERT INTO of_primary VALUES (1)')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  client.release(true)
  await pool.query('INSERT INTO of_primary VALUES (1)')
})

testWithPostgres('what is wrong for good stays what it is', async () => {
  const { pool } = await openStore()
  await expect(pool.query('SELECT * FROM of_nobody')).rejects.toMatchObject({ code: '42P01' })
})

function lease(
  store: Awaited<ReturnType<typeof openStore>>,
  executor: string,
  taken: string[] = [],
  clock = systemClock,
) {
  return store.holdLease({
    executor,
    clock,
    warn: () => {},
    takeOver: async (gone) => void taken.push(gone),
  })
}

testWithPostgres('the runs of a gateway that gave its lease up are taken over by one of the others', async () => {
  const [store, taken] = [await openStore(), [] as string[]]
  const one = await lease(store, 'gives-up', taken)
  expect(one.isHeld).toBe(true)
  const others = await Promise.all(['stays-1', 'stays-2'].map((name) => lease(store, name, taken)))
  await one.giveUp()
  expect(one.isHeld).toBe(false)
  await until(async () => {
    const { rows } = await store.pool.query(`SELECT 1 FROM tessera.leases WHERE executor = 'gives-up'`)
    return rows.length === 0
  })
  expect(taken).toEqual(['gives-up'])
  await Promise.all(others.map((other) => other.giveUp()))
})

testWithPostgres('a take-over that fails is done again', async () => {
  const store = await openStore()
  await store.pool.query(`INSERT INTO tessera.leases VALUES ('gone', '-infinity') ON CONFLICT (executor) DO NOTHING`)
  let tries = 0
  const takeOver = async (gone: string) => {
    if (gone === 'gone' && ++tries < 2) throw new Error('not yet')
  }
  const survivor = await store.holdLease({ executor: 'survivor', clock: systemClock, warn: () => {}, takeOver })
  await until(() => tries === 2)
  await survivor.giveUp()
})

testWithPostgres(
  'a gateway that stalls knows that it lost its lease before anybody else may have taken its runs',
  async () => {
    const store = await openStore()
    const clock = new FakeClock()
    const stalled = await lease(store, 'stalled', [], clock)
    clock.skip(4999)
    expect(stalled.isHeld).toBe(true)
    clock.skip(1)
    expect(stalled.isHeld).toBe(false)
    const { rows } = await store.pool.query(
      `SELECT expires_at > clock_timestamp() AS held FROM tessera.leases WHERE executor = 'stalled'`,
    )
    // The clock of this test ran ahead of the database's.
    expect(rows).toHaveLength(1)
    await stalled.giveUp()
  },
)

testWithPostgres('a session that left its transaction open is ended by the server', async () => {
  const { pool } = await openStore()
  const { rows } = await pool.query('SHOW idle_in_transaction_session_timeout')
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '10s' }])
})
