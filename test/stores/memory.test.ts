import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MemoryStore } from '../../src/stores/memory.ts'
import { type StoreKey, unobserved } from '../../src/stores/store.ts'
import { FakeClock } from '../support/fake-clock.ts'

const minuteMs = 60_000
const answer = (text = '{"ok":true}') => ({
  status: 200,
  headers: { etag: '"1"' },
  bytes: Buffer.from(text),
  storedAt: 0,
})
const key = (digest: string, operation = 'recommend', service = 'reco'): StoreKey => ({ service, operation, digest })

function open(maxBytes = 1_000_000) {
  const clock = new FakeClock()
  return { clock, store: new MemoryStore(maxBytes, () => clock.epoch()) }
}

describe('a store in memory', () => {
  test('gives back what it was given', () => {
    const { store } = open()
    store.set(key('a'), answer(), minuteMs)
    expect(store.get(key('a')).response).toEqual(answer())
    expect(store.get(key('b')).response).toBeUndefined()
  })

  test('keeps an answer as long as it was told, and not a millisecond longer', async () => {
    const { clock, store } = open()
    store.set(key('a'), answer(), minuteMs)
    await clock.advance(minuteMs - 1)
    expect(store.get(key('a')).response).toBeDefined()
    await clock.advance(1)
    expect(store.get(key('a')).response).toBeUndefined()
    expect(store.bytes).toBe(0)
  })

  test('lets go of what was used longest ago, and tells', () => {
    const clock = new FakeClock()
    let evictions = 0
    const store = new MemoryStore(20_000, () => clock.epoch(), { ...unobserved, evicted: () => evictions++ })
    const text = 'x'.repeat(1200)
    for (let index = 0; index < 20; index++) {
      store.set(key(`k${index}`), answer(text), minuteMs)
      store.get(key('k0'))
    }
    expect(evictions).toBeGreaterThan(5)
    expect(store.get(key('k0')).response).toBeDefined()
    expect(store.get(key('k1')).response).toBeUndefined()
  })

  test('keeps no answer that would take over a tenth of it', () => {
    const { store } = open(10_000)
    store.set(key('a'), answer('x'.repeat(1000)), minuteMs)
    expect(store.get(key('a')).response).toBeUndefined()
    expect(store.bytes).toBe(0)
  })

  test('does not keep an older answer in the place of one that is too large', () => {
    const { store } = open(10_000)
    store.set(key('a'), answer(), minuteMs)
    store.set(key('a'), answer('x'.repeat(1000)), minuteMs)
    expect(store.get(key('a')).response).toBeUndefined()
  })

  test('never holds more than its bound', () => {
    const entry = fc.record({ name: fc.nat(50), length: fc.nat(5000) })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 200 }), (entries) => {
        const { store } = open(50_000)
        for (const { name, length } of entries) {
          store.set(key(String(name)), answer('x'.repeat(length)), minuteMs)
          expect(store.bytes).toBeLessThanOrEqual(50_000)
        }
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    ['everything', { kind: 'all' }, []],
    ['a service', { kind: 'service', service: 'reco', operation: undefined }, ['c']],
    ['an operation', { kind: 'service', service: 'reco', operation: 'recommend' }, ['b', 'c']],
    ['an entry', { kind: 'entry', digest: 'b' }, ['a', 'c']],
  ] as const)('forgets %s', async (_name, target, left) => {
    const { store } = open()
    store.set(key('a', 'recommend'), answer(), minuteMs)
    store.set(key('b', 'similar'), answer(), minuteMs)
    store.set(key('c', 'recommend', 'other'), answer(), minuteMs)
    expect(await store.purge(target)).toBe(true)
    expect(['a', 'b', 'c'].filter((name) => store.get(key(name)).response)).toEqual(left)
  })

  test('does not keep what was being fetched when it was purged', async () => {
    const { store } = open()
    const { generation } = store.get(key('a'))
    await store.purge({ kind: 'all' })
    store.set(key('a'), answer(), minuteMs, generation)
    expect(store.get(key('a')).response).toBeUndefined()
  })
})
