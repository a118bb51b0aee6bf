import { expect, test } from '@jest/globals'
import { executeRun, startShop } from '../support/durable-run.ts'
import { settle } from '../support/fake-clock.ts'
import { orderRoute, orderWorld } from '../support/orders.ts'
import { loadProject } from '../support/project.ts'
import { until } from '../support/waiting.ts'

const body = { order: 'o1' }
const load = (url: string, route = orderRoute) => loadProject(orderWorld(url, route))
const shortly = (lines: readonly string[]) => lines.map((line) => line.replace(' run-1:', ' '))

const slow = `do:
  - { invoke: shop.reserve, compensate: { invoke: shop.release } }
  - { invoke: shop.label }
  - { invoke: shop.charge, compensate: { invoke: shop.refund } }
  - wait: { signal: approved, timeout: 1d }
response: { status: 201, body: { payment: $.payment.id } }
catch: [ { errors: [all], do: [ { respond: { status: 202, body: caught } } ] } ]
`

test('a paused run records what is under way, begins nothing, and goes on when it is resumed', async () => {
  const held = Promise.withResolvers<undefined>()
  const shop = await startShop((line) => (line === 'POST /charge' ? held.promise : undefined))
  let tell = (_kind: string) => {}
  let isAnswered = false
  const executing = executeRun({
    ...{ snapshot: load(shop.url), body },
    steer(send, _written, batch) {
      tell = send
      isAnswered ||= batch?.some((entry) => entry.kind === 'happened' && entry.place === 'charge') ?? false
    },
  })
  await until(() => shop.asked.length === 2, 'the charge is under way')
  tell('pause')
  await settle()
  held.resolve(undefined)
  await until(() => isAnswered, 'its answer is recorded')
  await settle()
  expect(shortly(shop.asked)).toEqual(['POST /reserve reserve', 'POST /charge charge'])
  tell('resume')
  const { end, states } = await executing
  expect(end!.state).toBe('done')
  expect(states).toEqual(['running', 'paused', 'running', 'done'])
  expect(shop.effects).toHaveLength(4)
})

test('what is being undone stands still while the run is paused', async () => {
  const shop = await startShop((line) => (line === 'POST /ship' ? { status: 409 } : undefined))
  let tell = (_kind: string) => {}
  const executing = executeRun({
    ...{
      snapshot: load(shop.url),
      body,
    },
    steer(send, _written, batch) {
      tell = send
      if (batch?.some((entry) => entry.kind === 'happened' && entry.place === 'charge')) send('pause')
    },
  })
  await until(() => shop.asked.length === 4, 'the last calls are under way')
  await settle()
  const before = shop.asked.length
  await new Promise((resolve) => setImmediate(resolve))
  expect(shop.asked).toHaveLength(before)
  tell('resume')
  expect((await executing).end).toMatchObject({ state: 'compensated', compensated: ['charge', 'reserve'] })
})

test('a run that was paused when its gateway ended repeats nothing before it is resumed', async () => {
  const shop = await startShop()
  const snapshot = load(shop.url, 'do: [ { invoke: shop.label } ]\nresponse: { body: { label: $.label.id } }\n')
  const past = [
    [
      { kind: 'began', at: Date.now() },
      { kind: 'intent', place: 'label' },
    ],
    [{ kind: 'received', at: Date.now(), message: { kind: 'pause', name: '', seq: 1 } }],
  ] as const
  let tell = (_kind: string) => {}
  const executing = executeRun({ snapshot, body, past, steer: (send) => (tell = send) })
  await settle()
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(shop.asked).toEqual([])
  tell('resume')
  expect((await executing).end!.state).toBe('done')
  expect(shortly(shop.asked)).toEqual(['PUT /label label'])
})

test('a run that is cancelled undoes all that it did, whenever that comes and wherever it crashes, and no handler sees it', async () => {
  /** So much is written before it waits. */
  const most = 4
  let seen = 0
  for (let at = 1; at <= most; at += 1) {
    for (const writes of [Infinity, at + 1, at + 2]) {
      const shop = await startShop()
      const snapshot = load(shop.url, slow)
      let isTold = false
      const steer = (send: (kind: string) => void, written: number) => {
        if (isTold || written < at) return
        isTold = true
        send('cancel')
      }
      let executed = await executeRun({ snapshot, body, writes, steer })
      // What was not told before the crash is sent again.
      const wasTold = executed.batches.flat().some(({ kind }) => kind === 'received')
      if (!executed.end)
        executed = await executeRun({
          ...{ snapshot, body, past: executed.batches },
          steer: (send, written) => !wasTold && written === 0 && send('cancel'),
        })
      const { end } = executed
      expect({ at, writes, state: end?.state }).toEqual({ at, writes, state: 'cancelled' })
      expect(end!.outcome).toMatchObject({ kind: 'failure', error: { code: 'cancelled' } })
      const did = (call: string) => shop.effects.includes(`POST /${call} run-1:${call}`)
      const undone = (call: string, by: string) => shop.effects.includes(`POST /${by} run-1:${call}:compensate`)
      expect({ at, writes, reserve: undone('reserve', 'release') }).toEqual({ at, writes, reserve: did('reserve') })
      expect({ at, writes, charge: undone('charge', 'refund') }).toEqual({ at, writes, charge: did('charge') })
      const posts = shop.asked.filter((line) => /reserve$|charge$/.test(line))
      expect(posts).toEqual([...new Set(posts)])
      if (did('charge')) seen += 1
    }
  }
  expect(seen).toBeGreaterThan(0)
})

test('a cancelled run waits for what is under way, and a paused one is cancelled at once', async () => {
  const held = Promise.withResolvers<undefined>()
  const shop = await startShop((line) => (line === 'POST /charge' ? held.promise : undefined))
  let tell = (_kind: string) => {}
  const executing = executeRun({ ...{ snapshot: load(shop.url), body }, steer: (send) => (tell = send) })
  await until(() => shop.asked.length === 2, 'the charge is under way')
  for (const kind of ['pause', 'cancel']) tell(kind)
  await settle()
  expect(shop.asked).toHaveLength(2)
  held.resolve(undefined)
  expect((await executing).end).toMatchObject({ state: 'cancelled', compensated: ['charge', 'reserve'] })
  expect(shortly(shop.asked).slice(2)).toEqual(['POST /refund charge:compensate', 'POST /release reserve:compensate'])
})
