import { expect, test } from '@jest/globals'
import { Scope } from '../../src/cancellation.ts'
import { Body } from '../../src/json/body.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import type { Answer, Failure, StreamedAnswer } from '../../src/run/outcome.ts'
import { requestParts, silentSpan } from '../support/engine.ts'
import { executeAsIs } from '../support/execute.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { loadProject, world } from '../support/project.ts'

const route = `
match: GET /home
do: [ { assign: { geo.city: Rome } } ]
response: { stream: true, body: { a: $.geo.city, b: $.geo.city, c: $.geo.city } }
`

async function begin() {
  const clock = new FakeClock()
  const scope = new Scope()
  const answer = (await executeAsIs({
    route: loadProject({ ...world, 'routes/home': route }).routes[0] as AggregatedRoute,
    request: requestParts({ headers: { accept: 'text/event-stream' } }),
    calls: [() => Promise.resolve({ status: 200, headers: {}, body: Body.ofValue(1), source: 'live', attempts: 1 })],
    clock,
    scope,
    span: silentSpan,
    propagation: { tracestate: undefined, baggage: undefined, requestId: 'r1' },
    budgetMs: undefined,
    stepEnded: () => {},
  })) as StreamedAnswer
  const written: string[] = []
  const ended: (Answer | Failure)[] = []
  const source = answer.open({
    context: () => ({ path: '/home', route: 'home', traceId: '' }),
    write: (piece) => written.push(Buffer.from(piece).toString()) === 0,
    end: (outcome) => ended.push(outcome),
  })
  return { clock, scope, written, ended, source }
}

test('who takes no more is made no further part, and told nothing in between', async () => {
  const { clock, written, ended, source } = await begin()
  expect(written).toEqual([expect.stringContaining('"/a"')])
  await clock.advance(60_000)
  expect(written).toHaveLength(1)
  source.resume()
  expect(written.slice(1)).toEqual([expect.stringContaining('"/b"')])
  source.resume()
  expect(ended).toEqual([])
  source.resume()
  expect(written.slice(2)).toEqual([expect.stringContaining('"/c"'), expect.stringContaining('event: end')])
  expect([ended.length, clock.pending]).toEqual([1, 0])
})

test('nothing of a page is left when its client has gone', async () => {
  const { clock, scope, written, source } = await begin()
  scope.destroy()
  source.resume()
  expect([written.length, clock.pending]).toEqual([1, 0])
})
