import { beforeEach, describe, expect, test } from '@jest/globals'
import { Bulkhead, type Visitor } from '../../src/admission/bulkhead.ts'
import { type BulkheadPolicy, priorities } from '../../src/admission/policy.ts'
import { Scope } from '../../src/cancellation.ts'
import { GatewayError } from '../../src/errors.ts'
import { FakeClock, settle } from '../support/fake-clock.ts'
import { errorOf } from '../support/sites.ts'

let clock: FakeClock
let shed: string[]

beforeEach(() => {
  clock = new FakeClock()
  shed = []
})

function create(policy: Partial<BulkheadPolicy> = {}): Bulkhead {
  const metrics = {
    limit() {},
    inside() {},
    waiting() {},
    waited() {},
    shed: (reason: string) => void shed.push(reason),
  }
  return new Bulkhead({ concurrent: 1, queue: 10, order: 'fifo', ...policy }, clock, metrics)
}

function visitor(about: Partial<Visitor> = {}): Visitor {
  return { deadline: clock.now() + 1000, scope: new Scope(), priority: 2, client: '', ...about }
}

/** Waits, and notes under its name that it was let in. */
function wait(bulkhead: Bulkhead, order: string[], name: string, about: Partial<Visitor> = {}): Promise<unknown> {
  return bulkhead.wait(visitor(about)).then(
    () => void order.push(name),
    (error: unknown) => error,
  )
}

async function leave(bulkhead: Bulkhead, afterMs = 0): Promise<void> {
  clock.skip(afterMs)
  bulkhead.leave(afterMs)
  await settle()
}

describe('a bulkhead', () => {
  test('lets so many in at once, and the next when one has left', async () => {
    const bulkhead = create({ concurrent: 2 })
    expect([bulkhead.tryEnter(), bulkhead.tryEnter(), bulkhead.tryEnter()]).toEqual([true, true, false])
    const order: string[] = []
    void wait(bulkhead, order, 'third')
    await settle()
    expect(order).toEqual([])
    await leave(bulkhead)
    expect(order).toEqual(['third'])
    expect(bulkhead.inside).toBe(2)
    expect(clock.pending).toBe(0)
  })

  test('sheds at once what finds no place to wait, and says when to come back', async () => {
    const bulkhead = create({ queue: 0 })
    bulkhead.tryEnter()
    const error = await errorOf(bulkhead.wait(visitor()))
    expect(error).toMatchObject({ code: 'overloaded', status: 503, retryAfter: 1 })
    expect(shed).toEqual(['full'])
  })

  test('sheds one who waits at its deadline', async () => {
    const bulkhead = create()
    bulkhead.tryEnter()
    const failed = errorOf(bulkhead.wait(visitor({ deadline: clock.now() + 200 })))
    await clock.advance(199)
    expect(bulkhead.waiting).toBe(1)
    await clock.advance(1)
    expect((await failed).code).toBe('overloaded')
    expect([bulkhead.waiting, clock.pending]).toEqual([0, 0])
  })

  test('lets go at once of one who is cancelled, with the reason', async () => {
    const bulkhead = create()
    bulkhead.tryEnter()
    const scope = new Scope()
    const failed = errorOf(bulkhead.wait(visitor({ scope })))
    scope.cancel(new GatewayError('cancelled'))
    expect(bulkhead.waiting).toBe(0)
    expect((await failed).code).toBe('cancelled')
    expect([clock.pending, shed]).toEqual([0, []])
    await leave(bulkhead)
    expect(bulkhead.inside).toBe(0)
  })

  test('sheds on arrival whose turn would come too late', async () => {
    const bulkhead = create()
    bulkhead.tryEnter()
    await leave(bulkhead, 100)
    bulkhead.tryEnter()
    for (let index = 0; index < 5; index++) void wait(bulkhead, [], 'patient')
    expect((await errorOf(bulkhead.wait(visitor({ deadline: clock.now() + 300 })))).code).toBe('overloaded')
    expect(shed).toEqual(['late'])
    expect(bulkhead.waiting).toBe(5)
  })

  test('sheds at its turn who could not be done in time, and lets in the one behind', async () => {
    const bulkhead = create()
    bulkhead.tryEnter()
    await leave(bulkhead, 100)
    bulkhead.tryEnter()
    const order: string[] = []
    const late = wait(bulkhead, order, 'late', { deadline: clock.now() + 110 })
    void wait(bulkhead, order, 'patient')
    await leave(bulkhead, 100)
    expect(order).toEqual(['patient'])
    expect(await late).toMatchObject({ code: 'overloaded' })
  })

  test('lets a higher class go first, and push a lower one out of a full queue', async () => {
    const bulkhead = create({ order: 'priority', queue: 2 })
    bulkhead.tryEnter()
    const order: string[] = []
    const low = wait(bulkhead, order, 'low', { priority: priorities.indexOf('low') })
    void wait(bulkhead, order, 'normal')
    void wait(bulkhead, order, 'high', { priority: priorities.indexOf('high') })
    expect(await low).toMatchObject({ code: 'overloaded' })
    await leave(bulkhead)
    await leave(bulkhead)
    expect(order).toEqual(['high', 'normal'])
  })

  test('gives a client at a hundred times the load of others its share and no more', async () => {
    const bulkhead = create({ order: 'fair', queue: 20, concurrent: 4 })
    const served = new Map<string, number>()
    const inside: string[] = []
    const come = (client: string) => {
      const enter = () => {
        served.set(client, (served.get(client) ?? 0) + 1)
        inside.push(client)
      }
      if (bulkhead.tryEnter()) enter()
      else bulkhead.wait(visitor({ client, deadline: clock.now() + 60_000 })).then(enter, () => {})
    }
    for (let turn = 0; turn < 400; turn++) {
      for (let request = 0; request < 100; request++) come('hog')
      for (const client of ['a', 'b', 'c']) come(client)
      await Promise.resolve()
      await Promise.resolve()
      // Four are done a turn: the share of each of four clients is one.
      for (const _ of inside.splice(0, 4)) bulkhead.leave(0)
      await settle()
    }
    for (const client of ['a', 'b', 'c']) expect(served.get(client)).toBeGreaterThan(390)
    expect(served.get('hog')).toBeLessThan(415)
  })
})
