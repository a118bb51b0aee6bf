import { describe, expect, test } from '@jest/globals'
import { runSteps } from '../support/conformance/steps.ts'

const answers: [name: string, steps: string, status: number, headers: Record<string, unknown>, body: unknown][] = [
  [
    'with everything',
    "[ { respond: { status: 404, headers: { x-a: $.request.method, x-b: ['1', '2'] }, body: { a: 1 } } } ]",
    404,
    { 'x-a': 'GET', 'x-b': ['1', '2'] },
    { a: 1 },
  ],
  ['with a status only', '[ { respond: { status: 204 } } ]', 204, {}, undefined],
  ['with a body only', '[ { respond: { body: text } } ]', 200, {}, 'text'],
  ['with nothing', '[ { respond: {} } ]', 200, {}, undefined],
  [
    'without a header whose value is absent',
    '[ { respond: { headers: { x-a: $.request.query.no, x-b: null }, body: 1 } } ]',
    200,
    { 'x-a': undefined, 'x-b': undefined },
    1,
  ],
  ['from a branch', '[ { branch: [ { when: true, do: [ { respond: { status: 410 } } ] } ] } ]', 410, {}, undefined],
  ['from a forEach', '[ { forEach: { in: [1] }, do: [ { respond: { status: 410 } } ] } ]', 410, {}, undefined],
  ['from a flow', '[ { flow: [ { respond: { status: 410, body: $.a.text } }, { invoke: s.a } ] } ]', 410, {}, 'A'],
]

describe('a respond ends the route', () => {
  test.each(answers)('%s', async (_, steps, status, headers, body) => {
    const result = await runSteps(steps, 'never')
    expect([result.status, result.body]).toEqual([status, body])
    const { outcome } = result
    for (const [name, value] of Object.entries(headers)) expect(outcome.headers[name]).toEqual(value)
  })
})
