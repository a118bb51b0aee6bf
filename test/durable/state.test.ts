import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isEnd, mayFollow, type RunState, runStates, transitions } from '../../src/durable/state.ts'
import { executeRun, startShop } from '../support/durable-run.ts'
import { orderWorld } from '../support/orders.ts'
import { loadProject } from '../support/project.ts'

const states = Object.keys(runStates) as RunState[]

test('every state can be come to, and every one but an end can be left', () => {
  const reached = new Set(transitions.flatMap(({ to }) => to))
  const left = new Set(transitions.flatMap(({ from }) => from))
  expect(states.filter((state) => !reached.has(state))).toEqual([])
  expect(states.filter((state) => left.has(state) === isEnd(state))).toEqual([])
})

const route = `do:
  - { invoke: shop.reserve, compensate: { invoke: shop.release, retry: { attempts: 2, delay: 1ms } } }
  - { id: early, invoke: shop.charge, optional: true, compensate: { invoke: shop.refund, retry: { attempts: 1, delay: 1ms } } }
  - { wait: 1ms }
  - parallel:
      - try: [ { id: late, invoke: shop.charge, compensate: { invoke: shop.refund, retry: { attempts: 2, delay: 1ms } } }, { invoke: shop.ship } ]
        catch: [ { errors: [http-409], do: [ { compensate: all } ] } ]
      - first: [ { invoke: shop.label }, { sequence: [ { wait: 1ms }, { assign: { label.id: none } } ] } ]
response: { status: 201, body: { stock: $.stock.id } }
`

const circumstances = fc.record({
  /** What a backend answers to the first, the second, … call of a name; 200 to all after. */
  answers: fc.dictionary(
    fc.constantFrom('reserve', 'release', 'charge', 'refund', 'ship', 'label'),
    fc.array(fc.constantFrom(200, 404, 409, 503), { maxLength: 3 }),
  ),
  /** So much is written until each crash. */
  crashes: fc.array(fc.nat(7), { maxLength: 3 }),
})

test('a run takes the ways of the table and no others, whatever fails and wherever it crashes', async () => {
  const seen = new Set<RunState>()
  let answer: (line: string, times: number) => number | undefined
  const shop = await startShop((line, times) => {
    const status = answer(line.slice(line.indexOf('/') + 1), times)
    return status === undefined ? undefined : { status }
  })
  const snapshot = loadProject(orderWorld(shop.url, route))
  await fc.assert(
    fc.asyncProperty(circumstances, async ({ answers, crashes }) => {
      shop.asked.length = 0
      answer = (name, times) => answers[name]?.[times - 1]
      let at: RunState | 'begin' = 'begin'
      let past: Awaited<ReturnType<typeof executeRun>>['batches'] = []
      const ways: string[] = []
      for (const writes of [...crashes, ...Array(6).fill(Infinity)]) {
        const { end, batches, states: told } = await executeRun({ snapshot, body: { order: 'o1' }, past, writes })
        for (const state of told) {
          if (state === at) continue
          if (!mayFollow(at, state)) ways.push(`${at} to ${state}`)
          seen.add(state)
          at = state
        }
        past = batches
        if (end) break
      }
      expect({ ways, isEnd: at !== 'begin' && isEnd(at) }).toEqual({ ways: [], isEnd: true })
    }),
    { numRuns: 40 },
  )
  expect([...seen].sort()).toEqual(['compensated', 'compensating', 'done', 'failed', 'parked', 'running', 'waiting'])
})
