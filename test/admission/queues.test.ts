import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { queues } from '../../src/admission/queues/index.ts'
import type { Waiting } from '../../src/admission/queues/queue.ts'

const entries = fc.array(
  fc.record({ priority: fc.integer({ min: 0, max: 3 }), client: fc.constantFrom('a', 'b', 'c') }),
  {
    maxLength: 40,
  },
)

describe.each([...queues.keys()])('a queue that is %s', (name) => {
  test('lets everyone out once, whoever leaves in between', () => {
    fc.assert(
      fc.property(entries, fc.array(fc.nat(39)), (waiting, leaving) => {
        const queue = queues.get(name)!.create<Waiting>()
        for (const entry of waiting) queue.push(entry)
        const gone = new Set(leaving.flatMap((index) => waiting[index] ?? []))
        for (const entry of gone) queue.remove(entry)
        for (const entry of gone) queue.remove(entry)
        const out: Waiting[] = []
        for (let entry = queue.shift(); entry; entry = queue.shift()) out.push(entry)
        expect(new Set(out)).toEqual(new Set(waiting.filter((entry) => !gone.has(entry))))
        expect(out).toHaveLength(waiting.length - gone.size)
        expect(queue.size).toBe(0)
      }),
    )
  })
})

test('fair lets nobody wait longer than a round of the others', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('hog', 'a', 'b'), { maxLength: 60 }), (clients) => {
      const queue = queues.get('fair')!.create<Waiting>()
      for (const client of clients) queue.push({ priority: 2, client })
      queue.push({ priority: 2, client: 'newcomer' })
      const before: string[] = []
      for (let entry = queue.shift()!; entry.client !== 'newcomer'; entry = queue.shift()!) before.push(entry.client)
      expect(new Set(before).size).toBe(before.length)
    }),
  )
})

test('priority lets the lowest class go within eight turns for each one that is older', () => {
  const queue = queues.get('priority')!.create<Waiting>()
  const low = { priority: 3, client: '' }
  queue.push({ priority: 3, client: '' })
  queue.push(low)
  let turns = 0
  for (let entry: Waiting | undefined; entry !== low; turns++) {
    queue.push({ priority: 0, client: '' })
    entry = queue.shift()
  }
  expect(turns).toBe(16)
})

test('who has to go when it is full is the newest of the lowest class, or of the client with most waiting', () => {
  const priority = queues.get('priority')!.create<Waiting>()
  const low = { priority: 3, client: '' }
  priority.push({ priority: 3, client: '' })
  priority.push(low)
  expect(priority.expendable({ priority: 1, client: '' })).toBe(low)
  const another = { priority: 3, client: '' }
  expect(priority.expendable(another)).toBe(another)

  const fair = queues.get('fair')!.create<Waiting>()
  const last = { priority: 2, client: 'hog' }
  for (const entry of [{ priority: 2, client: 'hog' }, last, { priority: 2, client: 'a' }]) fair.push(entry)
  expect(fair.expendable({ priority: 2, client: 'a' })).toBe(last)
  const greedy = { priority: 2, client: 'hog' }
  expect(fair.expendable(greedy)).toBe(greedy)
})
