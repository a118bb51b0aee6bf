import { expect, test } from '@jest/globals'
import type { Sent } from '../../src/durable/inbox/message.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { executeRun, startShop } from '../support/durable-run.ts'
import { FakeClock, settle } from '../support/fake-clock.ts'
import { orderWorld } from '../support/orders.ts'
import { loadProject, projectTexts } from '../support/project.ts'

const body = { order: 'o1' }
const signal = (name: string, by: unknown): Sent => ({ kind: 'signal', name, body: { by } })

const waits = `do:
  - { invoke: shop.reserve, compensate: { invoke: shop.release } }
  - wait: { signal: approved, timeout: 1d, out: { payment.id: $.by } }
  - wait: { signal: approved, timeout: 1d, out: { parcel.id: $.by } }
response: { body: { first: $.payment.id, second: $.parcel.id } }
`

const load = (url: string, route = waits) => loadProject(orderWorld(url, route))
const bodyOf = (end: Awaited<ReturnType<typeof executeRun>>['end']) =>
  end?.outcome.kind === 'answer' && JSON.parse(Buffer.from(end.outcome.body!).toString())

test('signals that came before anybody waited for them are taken in their order, each once', async () => {
  const snapshot = load((await startShop()).url)
  const sent = [signal('other', 'nobody'), signal('approved', 'ann'), signal('approved', 'bob')]
  const { end } = await executeRun({ snapshot, body, sent })
  expect(end!.state).toBe('done')
  expect(bodyOf(end)).toEqual({ first: 'ann', second: 'bob' })
})

test('a signal that was taken before a crash is not taken again, and the next one is still waited for', async () => {
  const shop = await startShop()
  const snapshot = load(shop.url, waits.replace(/reserve.*/, 'label }'))
  const all = await executeRun({ snapshot, body, sent: [signal('approved', 'ann'), signal('approved', 'bob')] })
  for (let writes = 1; writes < all.batches.length; writes += 1) {
    const before = await executeRun({ snapshot, body, writes, sent: [signal('approved', 'ann')] })
    const told = before.batches.flat().filter(({ kind }) => kind === 'received').length
    const rest = [signal('approved', 'ann'), signal('approved', 'bob')].slice(told)
    const { end } = await executeRun({ snapshot, body, past: before.batches, sent: rest })
    expect({ writes, body: bodyOf(end) }).toEqual({ writes, body: { first: 'ann', second: 'bob' } })
  }
})

test('a signal that does not come in time is `timeout`, which a handler sees', async () => {
  const clock = new FakeClock()
  const shop = await startShop()
  const route = `do: [ { wait: { signal: approved, timeout: 1d } } ]
catch: [ { errors: [timeout], do: [ { respond: { status: 202, body: late } } ] } ]
`
  const executing = executeRun({ snapshot: load(shop.url, route), body, clock, sent: [signal('other', 1)] })
  await settle()
  await clock.advance(86_399_999)
  let isOver = false
  void executing.then(() => (isOver = true))
  await settle()
  expect(isOver).toBe(false)
  await clock.advance(1)
  expect((await executing).end).toMatchObject({ state: 'done', outcome: { status: 202 } })
})

test('what a signal carries is held to the colors that it becomes', async () => {
  const { signals } = load('http://127.0.0.1:1').routes[0] as AggregatedRoute
  expect([...signals!.keys()]).toEqual(['approved'])
  const check = signals!.get('approved')!
  expect(check({ by: 'ann' })).toEqual([])
  expect(check({})).toEqual(['$.by is missing'])
  expect(check({ by: 7 })).toEqual([expect.stringContaining('$.by: ')])
})

test('a color that a signal does not have by its place is an error at load', () => {
  const route = waits.replace('payment.id: $.by', 'payment.id: header.by')
  const { diagnostics } = buildSnapshot(projectTexts(orderWorld('http://127.0.0.1:1', route)))
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
    'invalid-locator',
  ])
})
