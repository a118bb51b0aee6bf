import { expect, test } from '@jest/globals'
import { Past } from '../../src/durable/log/past.ts'
import { executeRun, startShop } from '../support/durable-run.ts'
import { orderRoute, orderWorld } from '../support/orders.ts'
import { loadProject } from '../support/project.ts'

const order = { order: 'o1' }

test('a run that nothing disturbs answers as any other, and records each call before the next', async () => {
  const shop = await startShop()
  const snapshot = loadProject(orderWorld(shop.url, orderRoute))
  const { end, batches } = await executeRun({ snapshot, body: order })
  expect(end).toMatchObject({ state: 'done', outcome: { kind: 'answer', status: 201 } })
  expect(shop.asked.slice(0, 2)).toEqual(['POST /reserve run-1:reserve', 'POST /charge run-1:charge'])
  expect(shop.asked.slice(2).sort()).toEqual(['POST /ship run-1:ship', 'PUT /label run-1:label'])
  expect(
    batches.slice(0, 4).map((batch) => batch.map((entry) => [entry.kind, 'place' in entry && entry.place])),
  ).toEqual([
    [
      ['began', false],
      ['intent', 'reserve'],
    ],
    [
      ['happened', 'reserve'],
      ['intent', 'charge'],
    ],
    [
      ['happened', 'charge'],
      ['intent', 'ship'],
      ['intent', 'label'],
    ],
    expect.anything(),
  ])
})

/** Every number of batches after which a run of this route may crash. */
async function points(route: string): Promise<number[]> {
  const shop = await startShop()
  const { batches } = await executeRun({ snapshot: loadProject(orderWorld(shop.url, route)), body: order })
  return batches.map((_, written) => written)
}

test('a run that crashes at any point goes on with no call made twice: it is done, or all of it is undone', async () => {
  for (const writes of await points(orderRoute)) {
    const shop = await startShop()
    const snapshot = loadProject(orderWorld(shop.url, orderRoute))
    const before = await executeRun({ snapshot, body: order, writes })
    expect(before.end).toBeUndefined()
    const { end } = await executeRun({ snapshot, body: order, past: before.batches })
    const posts = shop.asked.filter((line) => line.startsWith('POST'))
    expect({ writes, posts }).toEqual({ writes, posts: [...new Set(posts)] })
    const undone = (call: string, by: string) => shop.effects.includes(`POST /${by} run-1:${call}:compensate`)
    const did = (call: string) => shop.effects.includes(`POST /${call} run-1:${call}`)
    if (end!.state === 'done') expect(shop.effects).toHaveLength(4)
    else {
      expect({ writes, state: end!.state }).toEqual({ writes, state: 'compensated' })
      expect(end!.outcome).toMatchObject({ kind: 'failure', error: { code: 'outcome-unknown', status: 502 } })
      expect({ writes, undone: undone('reserve', 'release') }).toEqual({ writes, undone: did('reserve') })
      expect({ writes, undone: undone('charge', 'refund') }).toEqual({ writes, undone: did('charge') })
    }
  }
})

const repeatable = `do:
  - { invoke: shop.label }
  - { invoke: shop.release }
  - parallel:
      - sequence: [ { id: again, invoke: shop.label }, { id: once-more, invoke: shop.refund } ]
      - { id: third, invoke: shop.release }
response: { status: 201, body: { label: $.label.id } }
`

test('a run that crashes after each thing that is recorded is done all the same, each effect once, where calls may be repeated', async () => {
  const shop = await startShop()
  const snapshot = loadProject(orderWorld(shop.url, repeatable))
  let executed = await executeRun({ snapshot, body: order, writes: 1 })
  let crashes = 0
  for (; !executed.end; crashes += 1)
    executed = await executeRun({ snapshot, body: order, past: executed.batches, writes: 2 })
  expect(crashes).toBeGreaterThan(3)
  expect(executed.end.state).toBe('done')
  expect(shop.effects).toHaveLength(5)
  expect(shop.asked.length).toBeGreaterThan(5)
})

test('a run may end its gateway where a call is under way and nothing comes of it, not where it only waits', () => {
  const began = { kind: 'began', at: 0 } as const
  const call = { kind: 'intent', place: 'charge' } as const
  const wait = { kind: 'intent', place: 'wait', until: 9 } as const
  const happened = { kind: 'happened', place: 'charge', at: 1, said: {} } as const
  const again = (times: number) => Array.from({ length: times }, () => [began])
  const beginnings = (...batches: ConstructorParameters<typeof Past>[0]) => new Past(batches).beginnings
  expect(beginnings()).toBe(1)
  expect(beginnings([began, call], ...again(4))).toBe(6)
  expect(beginnings([began, call], ...again(4), [happened])).toBe(1)
  expect(beginnings([began, call], ...again(4), [{ kind: 'released' }])).toBe(2)
  expect(beginnings([began, wait], ...again(9))).toBe(1)
  expect(beginnings([began, call], [happened, wait], ...again(9))).toBe(1)
})
