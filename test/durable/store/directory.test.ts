import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openElsewhere, openStoreIn, storeDirectory } from '../../support/durable-store.ts'
import { testWithPostgres } from '../../support/test-with-postgres.ts'
import { until } from '../../support/waiting.ts'

const directory = storeDirectory()
const serverPid = () => Number(readFileSync(join(directory, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch {
    return false
  }
}

testWithPostgres('a directory becomes a database of this gateway alone, which ends with it', async () => {
  const { pool, describe, isShared, limits, close } = await openStoreIn(directory)
  await pool.query('CREATE TABLE kept (text text)')
  await pool.query(`INSERT INTO kept VALUES ('before')`)
  expect({ describe, isShared, limits: limits.length }).toEqual({ describe: directory, isShared: false, limits: 1 })
  await expect(openStoreIn(directory)).rejects.toThrow(`another gateway keeps its durable runs in ${directory}`)
  const pid = serverPid()
  await close()
  expect(isRunning(pid)).toBe(false)
})

testWithPostgres('its server ends when the gateway is killed, and the next gateway has what was written', async () => {
  const other = await openElsewhere(directory)
  const pid = serverPid()
  await expect(openStoreIn(directory)).rejects.toThrow('another gateway')
  await other.kill()
  const { pool } = await openStoreIn(directory)
  expect(isRunning(pid)).toBe(false)
  expect((await pool.query('SELECT text FROM kept')).rows).toEqual([{ text: 'before' }])
})

testWithPostgres(
  'a server that is killed is started again, and what asks meanwhile is told what DBOS repeats',
  async () => {
    const { pool, warnings } = await openStoreIn(directory)
    const lost = serverPid()
    process.kill(lost, 'SIGKILL')
    await until(() => warnings.length > 0)
    const rows = await until(() =>
      pool.query('SELECT text FROM kept').then(
        (answer) => answer.rows,
        // A session of before, whose server is gone.
        (thrown: { code?: string; message: string }) => {
          expect(String(thrown.code ?? thrown.message)).toMatch(/ECONNRE|57P|Connection terminated/)
          return false as const
        },
      ),
    )
    expect(rows).toEqual([{ text: 'before' }])
    await until(() => warnings.join().includes('it is started again') && serverPid() !== lost)
  },
)

testWithPostgres('one whose pid belongs to somebody else by now is no other gateway', async () => {
  const { close } = await openStoreIn(directory)
  const file = join(directory, 'postgres/postmaster.pid')
  const text = readFileSync(file, 'utf8')
  await close()
  writeFileSync(file, text.replace(/^\d+/, String(process.pid)))
  chmodSync(file, 0o644)
  await expect(openStoreIn(directory)).resolves.toMatchObject({ describe: directory })
})

testWithPostgres('its key is for its owner alone, and is never made anew for data that is there', async () => {
  const key = join(directory, 'key')
  expect(statSync(key).mode & 0o777).toBe(0o600)
  renameSync(key, `${key}.away`)
  await expect(openStoreIn(directory)).rejects.toThrow('the key of the durable runs is gone')
  renameSync(`${key}.away`, key)
  chmodSync(key, 0o644)
  await expect(openStoreIn(directory)).rejects.toThrow('others may read the key of the durable runs')
  chmodSync(key, 0o600)
  await (await openStoreIn(directory)).close()
})

testWithPostgres(
  'a secret stands in no file of the database, nor in what it tells; a wrong key is refused before anything is read',
  async () => {
    const [first, second] = ['1'.repeat(40), '2'.repeat(40)]
    const secret = 'planted-4111111111111111'
    const store = await openStoreIn(directory, [first])
    await store.pool.query('CREATE SCHEMA dbos')
    await store.pool.query('CREATE TABLE dbos.workflow_input (inputs text)')
    const text = store.serializer.stringify({ card: secret })
    await store.pool.query('INSERT INTO dbos.workflow_input VALUES ($1)', [text])
    await store.pool.query('CHECKPOINT')
    expect(JSON.stringify((await store.pool.query('SELECT * FROM dbos.workflow_input')).rows)).not.toContain(secret)
    expect(filesWith(secret)).toEqual([])
    expect(filesWith(text.slice(0, 60))).not.toEqual([])
    await store.close()

    await expect(openStoreIn(directory, [second])).rejects.toThrow(
      /^the journal is encrypted by the key \w+, and the given/,
    )
    const rotated = await openStoreIn(directory, [second, first])
    const { rows } = await rotated.pool.query('SELECT inputs FROM dbos.workflow_input')
    expect(rotated.serializer.parse(rows[0].inputs)).toEqual({ card: secret })
    await rotated.pool.query('UPDATE dbos.workflow_input SET inputs = $1', [rotated.serializer.stringify({})])
    await rotated.close()

    // What was written by the first is gone: nobody needs it any more.
    await (await openStoreIn(directory, [second])).close()
  },
)

function filesWith(text: string): string[] {
  const files = readdirSync(join(directory, 'postgres'), { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes(text))
    .map(({ name }) => name)
}

const isRoot = process.getuid?.() === 0
const asRoot = isRoot ? testWithPostgres : test.skip
if (!isRoot)
  process.stderr.write('Not run as root: what it is told of a directory that nobody else gets to is not tested.\n')

asRoot('root is told where nobody else gets to, as whom its server runs', async () => {
  const closed = join(storeDirectory(), 'closed')
  mkdirSync(closed, { mode: 0o700 })
  await expect(openStoreIn(join(closed, 'data'))).rejects.toThrow(
    `PostgreSQL does not run as root, and whom it runs as does not get to ${closed}/data/run`,
  )
})
