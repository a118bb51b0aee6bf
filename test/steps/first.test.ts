import { describe, expect, test } from '@jest/globals'
import type { CallContext } from '../../src/calls/call.ts'
import { GatewayError } from '../../src/errors.ts'
import { pause } from '../../src/pause.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { type Mock, runRoute } from '../support/engine.ts'
import { describeDiagnostic, projectTexts, takeMarks, world } from '../support/project.ts'

const files = {
  dictionary: `${world.dictionary}
  price.sum: { type: number }
  price.source: { type: string }
  rate: { type: number }
`,
  'services/a': `
service: a
endpoints: [http://127.0.0.1:9]
operations:
  price: { get: /a, out: { price.sum: $.sum } }
  pay: { post: /pay, out: { price.sum: $.sum } }
`,
  'services/b':
    'service: b\nendpoints: [http://127.0.0.1:9]\noperations: { price: { get: /b, out: { price.sum: $.sum } } }',
}

async function run(
  steps: string,
  mocks: Record<string, (context: CallContext, wait: (ms: number) => Promise<void>) => Promise<unknown>>,
) {
  const clock = new VirtualClock()
  const cancelled: string[] = []
  const made = Object.fromEntries(
    Object.entries(mocks).map(([name, answer]): [string, Mock] => [
      name,
      async (_request: unknown, context: CallContext) => {
        const done = context.scope.onCancel(() => cancelled.push(name))
        return answer(context, (ms) => pause(ms, clock, context.scope)).finally(done)
      },
    ]),
  )
  const route = `${steps}\nresponse: { body: { sum: $.price.sum, source: { $default: [ $.price.source, none ] } } }`
  const result = await clock.passUntil(runRoute(route, { clock, files, mocks: made }), 60_000)
  const headers = result.outcome.kind === 'answer' ? result.outcome.headers : {}
  return { ...result, cancelled, took: clock.now(), degraded: headers['tessera-degraded'] }
}

const answering = (ms: number, sum: number) => async (_: unknown, wait: (ms: number) => Promise<void>) => {
  await wait(ms)
  return { sum }
}
const failing = (ms: number, code: string) => async (_: unknown, wait: (ms: number) => Promise<void>) => {
  await wait(ms)
  throw new GatewayError(code)
}
const both = 'do: [ { first: [ { id: one, invoke: a.price }, { id: two, invoke: b.price } ] } ]'

describe('first', () => {
  test('takes the one that succeeds first and cancels the other, which is no degradation', async () => {
    const { body, cancelled, took, degraded } = await run(both, {
      'a.price': answering(80, 1),
      'b.price': answering(20, 2),
    })
    expect([body, cancelled, took, degraded]).toEqual([{ sum: 2, source: 'none' }, ['a.price'], 20, undefined])
  })

  test('passes over one that fails, which is no degradation either', async () => {
    const { body, took, degraded } = await run(both, {
      'a.price': failing(10, 'unavailable'),
      'b.price': answering(50, 2),
    })
    expect([body, took, degraded]).toEqual([{ sum: 2, source: 'none' }, 50, undefined])
  })

  test('fails with the error of the last, when all have failed', async () => {
    const { body, took } = await run(both, { 'a.price': failing(30, 'timeout'), 'b.price': failing(10, 'unavailable') })
    expect([body, took]).toEqual(['timeout', 30])
  })

  test.each([
    ['is skipped', '{ when: "request.method == \'PUT\'", assign: { price.sum: 9 } }'],
    ['is left out', '{ id: one, invoke: a.price, optional: true }'],
    ['gives nothing', '{ branch: [ { when: request.method == "PUT", do: [ { assign: { price.sum: 9 } } ] } ] }'],
  ])('does not count one that %s', async (_name, arm) => {
    const { body } = await run(`do: [ { first: [ ${arm}, { id: two, invoke: b.price } ] } ]`, {
      'a.price': failing(0, 'unavailable'),
      'b.price': answering(50, 2),
    })
    expect(body).toEqual({ sum: 2, source: 'none' })
  })

  test('in which nothing succeeds and nothing fails says so', async () => {
    const arm = '{ when: "request.method == \'PUT\'", assign: { price.sum: 9 } }'
    expect((await run(`do: [ { first: [ ${arm} ] } ]`, {})).body).toBe('none-succeeded')
  })

  test('hands on nothing of what another arm wrote', async () => {
    const { body } = await run(
      `do:
  - first:
      - sequence: [ { assign: { price.source: slow } }, { invoke: a.price } ]
      - { id: two, invoke: b.price }`,
      { 'a.price': answering(80, 1), 'b.price': answering(20, 2) },
    )
    expect(body).toEqual({ sum: 2, source: 'none' })
  })

  test('counts an arm that writes what is there already', async () => {
    const { body } = await run(
      `do:
  - assign: { price.sum: 2 }
  - first: [ { id: one, invoke: a.price }, { id: two, invoke: b.price } ]`,
      { 'a.price': failing(50, 'unavailable'), 'b.price': answering(20, 2) },
    )
    expect(body).toEqual({ sum: 2, source: 'none' })
  })

  test('lets nothing stand in for too much work', async () => {
    const { body } = await run(`maxCalls: 1\n${both}`, { 'a.price': answering(10, 1), 'b.price': answering(20, 2) })
    expect(body).toBe('too-much-work')
  })

  test('ends with what is around it', async () => {
    const { body, cancelled } = await run(
      `do:
  - parallel:
      - first: [ { id: one, invoke: a.price }, { id: two, invoke: b.price } ]
      - sequence: [ { wait: 5ms }, { throw: { error: broken } } ]`,
      { 'a.price': answering(80, 1), 'b.price': answering(20, 2) },
    )
    expect([body, cancelled.sort()]).toEqual(['broken', ['a.price', 'b.price']])
  })

  test.each([
    ['a color is there that each arm gives', both, []],
    [
      'an arm that is passed by has not won, so its color is there',
      'do: [ { first: [ { when: has(request.id), assign: { price.sum: 1 } }, { invoke: b.price } ] } ]',
      [],
    ],
    [
      'a color that some arm does not give may be absent',
      'do:\n  - first: [ { assign: { price.sum: 1, rate: 2 } }, { invoke: b.price } ]\n  - { id: later, assign: { price.source: "${ string(«rate) }" } }',
      ['absent-in-expression'],
    ],
    [
      'no arm sees what another writes',
      'do: [ { first: [ { sequence: [ { assign: { rate: 1 } }, { invoke: a.price } ] }, { assign: { price.sum: «$.rate } } ] } ]',
      ['color-read-before-produced'],
    ],
    [
      'an arm calls nothing that is not idempotent',
      'do: [ { first: [ { «invoke: a.pay }, { invoke: b.price } ] } ]',
      ['invalid-arm'],
    ],
    [
      'an arm does not respond',
      'do: [ { first: [ { sequence: [ { invoke: a.price }, { «respond: { status: 204 } } ] }, { invoke: b.price } ] } ]',
      ['misplaced-respond'],
    ],
    ['an arm writes something', 'do: [ { first: [ { «empty: }, { invoke: b.price } ] } ]', ['invalid-arm']],
  ])('%s', (_name, steps, codes) => {
    const text = `match: GET /home\n${steps}\nresponse: { body: { sum: '\${ price.sum }', source: { $default: [ $.price.source, none ] }, rate: { $default: [ $.rate, 0 ] } } }`
    const { files: clean, marks } = takeMarks({ ...files, 'routes/home': text })
    const told = buildSnapshot(projectTexts(clean)).diagnostics.filter(({ severity }) => severity !== 'hint')
    const wanted = codes.map((code) => expect.stringContaining(`${code} ${marks[0]}`))
    expect(told.map(describeDiagnostic)).toEqual(wanted)
  })
})
