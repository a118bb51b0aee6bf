import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { EnvText } from '../../src/environment.ts'
import { readEntry, writeEntry } from '../../src/stores/redis/entry.ts'
import { RedisLink } from '../../src/stores/redis/link.ts'
import { RedisStore } from '../../src/stores/redis.ts'
import { type StoreKey, type StoreObserver, unobserved } from '../../src/stores/store.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { hasRedis, TestRedis } from '../support/redis.ts'
import { patienceMs, until } from '../support/waiting.ts'

const minuteMs = 60_000
const key = (digest: string, operation = 'recommend', service = 'reco'): StoreKey => ({ service, operation, digest })
const answer = (text: string | undefined = '{"ok":"é😀"}') => ({
  status: 200,
  headers: { etag: '"1"' },
  bytes: text === undefined ? undefined : Buffer.from(text),
  storedAt: 7,
})

async function startRedis(): Promise<TestRedis> {
  const redis = await TestRedis.start()
  afterTest(() => redis.close())
  return redis
}

/** A command has all the time that a slow machine takes. */
const patient = { commandTimeoutMs: patienceMs, restMs: 100 }

function open(url: string, observer: Partial<StoreObserver> = {}): RedisStore {
  const store = new RedisStore(new RedisLink(url, { ...unobserved, ...observer }, patient))
  afterTest(() => store.close())
  return store
}

const found = async (store: RedisStore, name: StoreKey) => (await store.get(name)).response
const isReady = (store: RedisStore) => until(async () => (await store.get(key('none'))).generation !== '?')

describe('an entry of Redis', () => {
  test('comes back as it was, whatever stands in it', () => {
    const bytes = fc.option(
      fc.uint8Array().map((some) => Buffer.from(some)),
      { nil: undefined },
    )
    fc.assert(
      fc.property(bytes, fc.string(), (some, generation) => {
        const response = { ...answer(), bytes: some, lifetimes: { freshMs: 1, staleMs: 2, staleIfErrorMs: 3 } }
        const entry = readEntry(writeEntry({ generation, response }))
        expect(entry).toEqual({ generation, response })
      }),
    )
  })

  test('is nothing when it is something else', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => expect(readEntry(Buffer.from(bytes))).toBeUndefined()))
    expect(readEntry(Buffer.from('{"generation":"","status":"200"}\n'))).toBeUndefined()
  })
})

const withRedis = hasRedis ? describe : describe.skip

withRedis('a store in Redis', () => {
  test('is shared, and keeps an answer as long as it was told', async () => {
    const redis = await startRedis()
    const [one, other] = [open(redis.url), open(redis.url)]
    await isReady(one)
    await isReady(other)
    one.set(key('a'), answer(), minuteMs)
    one.set(key('soon'), answer(), 50)
    await until(async () => (await found(other, key('a'))) !== undefined)
    expect(await found(other, key('a'))).toEqual(answer())
    await until(async () => (await found(other, key('soon'))) === undefined)
  })

  test.each([
    ['everything', { kind: 'all' }, []],
    ['a service', { kind: 'service', service: 'reco', operation: undefined }, ['c']],
    ['an operation', { kind: 'service', service: 'reco', operation: 'recommend' }, ['b', 'c']],
    ['an entry', { kind: 'entry', digest: 'b' }, ['a', 'c']],
  ] as const)('forgets %s', async (_name, target, left) => {
    const redis = await startRedis()
    const [one, other] = [open(redis.url), open(redis.url)]
    await isReady(one)
    await isReady(other)
    const keys = [key('a', 'recommend'), key('b', 'similar'), key('c', 'recommend', 'other')]
    for (const name of keys) one.set(name, answer(), minuteMs)
    for (const name of keys) await until(async () => (await found(other, name)) !== undefined)
    expect(await other.purge(target)).toBe(true)
    const held = []
    for (const name of keys) if (await found(one, name)) held.push(name.digest)
    expect(held).toEqual(left)
  })

  test('does not give out what another replica was fetching when it was purged', async () => {
    const redis = await startRedis()
    const [one, other] = [open(redis.url), open(redis.url)]
    await isReady(one)
    await isReady(other)
    const { generation } = await one.get(key('a'))
    await other.purge({ kind: 'service', service: 'reco', operation: undefined })
    one.set(key('a'), answer(), minuteMs, generation)
    one.set(key('b'), answer(), minuteMs)
    await until(async () => (await found(other, key('b'))) !== undefined)
    expect(await found(other, key('a'))).toBeUndefined()
  })

  test('is as if it were empty while Redis is dead, says so once, and comes back by itself', async () => {
    const redis = await startRedis()
    const warnings: string[] = []
    let failures = 0
    const store = open(redis.url, { warn: (message) => warnings.push(message), failed: () => failures++ })
    await isReady(store)
    const before = { warnings: warnings.length, failures }
    await redis.kill()
    for (let time = 0; time < 50; time++) {
      expect((await store.get(key('a'))).response).toBeUndefined()
      store.set(key('a'), answer(), minuteMs)
    }
    expect(failures - before.failures).toBeGreaterThanOrEqual(50)
    expect(warnings.length).toBeLessThanOrEqual(before.warnings + 1)
    await redis.startAgain()
    await isReady(store)
    store.set(key('a'), answer(), minuteMs)
    await until(async () => (await found(store, key('a'))) !== undefined)
  })

  test('does not wait for one that hangs', async () => {
    const redis = await startRedis()
    const link = new RedisLink(redis.url, unobserved, { restMs: minuteMs })
    afterTest(() => link.close())
    await until(() => link.insist((client) => client.mGet(['none'])))
    redis.hang()
    let asked = 0
    const ask = async () => {
      const before = asked
      await link.ask((client) => {
        asked++
        return client.mGet(['none'])
      })
      return asked > before
    }
    // Some are waited for until it is asked no more: more of them where each takes seconds.
    await until(async () => !(await ask()))
    expect(asked).toBeGreaterThanOrEqual(5)
    for (let time = 0; time < 100; time++) expect(await ask()).toBe(false)
    redis.goOn()
  })

  test('cannot be purged while it is dead, and says so', async () => {
    const redis = await startRedis()
    const store = open(redis.url)
    await isReady(store)
    await redis.kill()
    expect(await store.purge({ kind: 'all' })).toBe(false)
  })
})

test('never tells a password', async () => {
  const warnings: string[] = []
  const store = open('redis://user:hush@127.0.0.1:1/0', { warn: (message) => warnings.push(message) })
  await until(async () => {
    await store.get(key('a'))
    return warnings.length > 0
  })
  expect(warnings[0]).toMatch(/^redis:\/\/127\.0\.0\.1:1\/0 cannot be asked \(.+\); it goes on as if it were empty$/)
  expect(warnings.join()).not.toContain('hush')
})

withRedis('a store whose URL names a file', () => {
  test('connects with what the file holds then', async () => {
    let password = 'of yesterday'
    const redis = await opened(TestRedis.start('of today'))
    const written = `redis://:\${file:redis}@127.0.0.1:${redis.port}`
    const file = {
      name: 'redis',
      isFile: true,
      offset: 'redis://:'.length,
      length: '${file:redis}'.length,
      get value() {
        return encodeURIComponent(password)
      },
    }
    const store = new RedisStore(new RedisLink(new EnvText(written, [file]), unobserved, patient))
    afterTest(() => store.close())
    expect((await store.get(key('a'))).generation).toBe('?')
    password = 'of today'
    await isReady(store)
  })
})
