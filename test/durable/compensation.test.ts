import { expect, test } from '@jest/globals'
import { executeRun, startShop } from '../support/durable-run.ts'
import { orderRoute, orderWorld } from '../support/orders.ts'
import { loadProject } from '../support/project.ts'

const body = { order: 'o1' }

/** Runs the route with a shop that answers so; gives its calls without their run. */
async function order(answers: Record<string, { status: number; destroy?: boolean }>, route = orderRoute) {
  const shop = await startShop((line) => answers[line.slice(line.indexOf('/') + 1)])
  const { end, parked } = await executeRun({ snapshot: loadProject(orderWorld(shop.url, route)), body })
  return { end, parked, calls: shop.asked.map((line) => line.replace(' run-1:', ' ')) }
}

test('an error that nothing handles undoes what was done, the last call first', async () => {
  const { end, calls } = await order({ ship: { status: 409 }, label: { status: 409 } })
  expect(end).toMatchObject({ state: 'compensated', compensated: ['charge', 'reserve'] })
  expect(end!.outcome).toMatchObject({ kind: 'failure', error: { code: 'http-409' } })
  expect(calls.slice(-2)).toEqual(['POST /refund charge:compensate', 'POST /release reserve:compensate'])
})

test('a call that was refused is not undone, and one of which nobody knows is', async () => {
  const refused = await order({ charge: { status: 402 } })
  expect(refused.calls).toEqual(['POST /reserve reserve', 'POST /charge charge', 'POST /release reserve:compensate'])
  for (const answer of [{ status: 503 }, { status: 0, destroy: true }]) {
    const unknown = await order({ charge: answer })
    expect(unknown.calls.slice(-2)).toEqual(['POST /refund charge:compensate', 'POST /release reserve:compensate'])
  }
})

test('there is nothing to undo where it was not known, and the service has none', async () => {
  const { end, calls } = await order({ charge: { status: 503 }, refund: { status: 404 } })
  expect(end).toMatchObject({ state: 'compensated' })
  expect(calls.filter((line) => line.includes('refund'))).toHaveLength(1)
})

test('a failure before the first effect undoes nothing', async () => {
  expect((await order({ reserve: { status: 409 } })).end).toMatchObject({ state: 'failed', compensated: [] })
})

const handled = `do:
  - { invoke: shop.reserve, compensate: { invoke: shop.release, retry: { delay: 1ms } } }
  - try: [ { invoke: shop.charge, compensate: { invoke: shop.refund, retry: { delay: 1ms } } }, { invoke: shop.ship } ]
    catch: [ { errors: [all], do: [ { compensate: WHICH }, { respond: { status: 202, body: later } } ] } ]
`

test('a handler of a `try` undoes the calls of that `try`', async () => {
  const { end, calls } = await order({ ship: { status: 409 } }, handled.replace('WHICH', 'all'))
  expect(end).toMatchObject({ state: 'done', outcome: { status: 202 }, compensated: ['charge'] })
  expect(calls.at(-1)).toBe('POST /refund charge:compensate')
})

test('what is said to stand is not undone', async () => {
  const route = handled
    .replace('WHICH', 'none')
    .replace('{ respond: { status: 202, body: later } }', '{ throw: { error: no } }')
  const { end, calls } = await order({ ship: { status: 409 } }, route)
  expect(end!.compensated).toEqual(['reserve'])
  expect(calls.at(-1)).toBe('POST /release reserve:compensate')
})

test('an optional call of which nobody knows is undone while the run goes on', async () => {
  const route = `do: [ { invoke: shop.charge, optional: true, compensate: { invoke: shop.refund } } ]
response: { body: { ok: true } }`
  const { end, calls } = await order({ charge: { status: 500 } }, route)
  expect(end).toMatchObject({ state: 'done', outcome: { status: 200 }, compensated: ['charge'] })
  expect(calls).toEqual(['POST /charge charge', 'POST /refund charge:compensate'])
})

test('what undoes a call is tried again with the same key, and reads what the call gave', async () => {
  let refusals = 0
  const shop = await startShop((line, times) => {
    if (line === 'POST /refund' && times <= 2) refusals += 1
    return line === 'POST /ship' || (line === 'POST /refund' && times <= 2) ? { status: 409 } : undefined
  })
  const { end } = await executeRun({ snapshot: loadProject(orderWorld(shop.url, orderRoute)), body })
  expect({ state: end!.state, refusals }).toEqual({ state: 'compensated', refusals: 2 })
  expect(shop.asked.filter((line) => line === 'POST /refund run-1:charge:compensate')).toHaveLength(3)
})

test('one that was parked before another was undone is tried again behind it, after each restart', async () => {
  const route = orderRoute.replace(
    'shop.refund, retry: { delay: 1ms }',
    'shop.refund, retry: { attempts: 2, delay: 1ms }',
  )
  let isWell = false
  const shop = await startShop((line) => {
    if (line.endsWith('/ship')) return { status: 409 }
    return line.endsWith('/refund') && !isWell ? { status: 500 } : undefined
  })
  const snapshot = loadProject(orderWorld(shop.url, route))
  const refunds = () => shop.asked.filter((line) => line.includes('/refund')).length
  const first = await executeRun({ snapshot, body })
  expect({ parked: first.parked, refunds: refunds(), states: first.states.at(-1) }).toEqual({
    parked: ['charge'],
    refunds: 2,
    states: 'parked',
  })
  const second = await executeRun({ snapshot, body, past: first.batches })
  expect({ parked: second.parked, refunds: refunds() }).toEqual({ parked: ['charge'], refunds: 4 })
  isWell = true
  const third = await executeRun({ snapshot, body, past: second.batches })
  expect(third.end).toMatchObject({ state: 'compensated', compensated: ['reserve', 'charge'] })
  expect(refunds()).toBe(5)
  expect(shop.effects.filter((line) => line.includes('/release'))).toHaveLength(1)
})
