import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MemoryStore } from '../../../src/backends/stores/memory.ts'

const response = (text: string) => ({ status: 200, headers: {}, text, storedAt: 0 })

describe('the memory store', () => {
  test('gives back what was put in last', () => {
    const store = new MemoryStore(100_000)
    store.set('a', response('1'))
    store.set('a', response('2'))
    expect(store.get('a')?.text).toBe('2')
    expect(store.get('b')).toBeUndefined()
  })

  test('forgets what was used longest ago when it is full', () => {
    const store = new MemoryStore(6500)
    const text = 'x'.repeat(150)
    for (let index = 0; index < 11; index++) {
      store.set(`k${index}`, response(text))
      store.get('k0')
    }
    expect(store.get('k0')).toBeDefined()
    expect(store.get('k1')).toBeUndefined()
    expect(store.get('k10')).toBeDefined()
  })

  test('does not let one large answer push out all others, nor keeps an older one in its place', () => {
    const store = new MemoryStore(10_000)
    store.set('small', response('1'))
    store.set('large', response('1'))
    store.set('large', response('x'.repeat(2000)))
    expect(store.get('large')).toBeUndefined()
    expect(store.get('small')).toBeDefined()
  })

  test('never holds more bytes than it may, and counts them right', () => {
    const operation = fc.record({ key: fc.stringMatching(/^[a-f]$/), length: fc.nat(400) })
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60 }),
        fc.integer({ min: 500, max: 20_000 }),
        (operations, maxBytes) => {
          const store = new MemoryStore(maxBytes)
          for (const { key, length } of operations) {
            store.set(key, response('x'.repeat(length)))
            expect(store.bytes).toBeLessThanOrEqual(maxBytes)
          }
          const held = [...'abcdef'].map((key) => [key, store.get(key)] as const).filter(([, entry]) => entry)
          const size = held.reduce((sum, [key, entry]) => sum + 2 * (key.length + entry!.text!.length) + 300, 0)
          expect(store.bytes).toBe(size)
        },
      ),
    )
  })
})
