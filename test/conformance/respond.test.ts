import { describe, expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { type Mock, runSnapshot } from '../support/engine.ts'
import { loadProject } from '../support/project.ts'

const dictionary = `
colors:
  a.text: { type: string }
  b.text: { type: string }
  c.text: { type: string }
  plain: { type: string }
  a.sum: { type: number }
  a.ids: { type: array, items: { type: string } }
  b.ids: { type: array, items: { type: string } }
  one.id: { type: string }
  a.list: { type: array }
  b.list: { type: array }
  a.any: {}
`
const service = `
service: s
endpoints: [http://127.0.0.1:9]
operations:
  a: { get: /a, out: { a.text: $.text } }
  b: { get: /b, in: { a.text: query.t }, out: { b.text: $.text } }
  c: { get: /c, in: { b.text: query.t }, out: { c.text: $.text } }
  ids: { get: /ids, out: { a.ids: $.ids } }
  batch: { get: /batch, in: { b.ids: 'query.ids[,]' }, out: { b.list: $.rows } }
  one: { get: '/one/{one.id}', out: { b.text: $.text } }
  fail: { get: /fail, out: { c.text: $.text } }
`
const mocks: Record<string, Mock> = {
  's.a': { text: 'A' },
  's.b': { text: 'B' },
  's.c': { text: 'C' },
  's.ids': { ids: ['x', 'y', 'z'] },
  's.batch': ({ path }: { path: string }) => ({ rows: path.slice(11).split(',') }),
  's.one': ({ path }: { path: string }) => ({ text: `got ${path.slice(5)}` }),
  's.fail': new GatewayError('timeout'),
  's.mine': { text: 'A' },
}

function run(steps: string, body: string, query: Record<string, string> = {}) {
  const route = `match: GET /r\ndo: ${steps}\nresponse: { body: { value: ${body} } }\n`
  const snapshot = loadProject({ dictionary, 'services/s': service, 'routes/r': route })
  return runSnapshot(snapshot, { mocks, request: { query } })
}

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
    const result = await run(steps, 'never')
    expect([result.status, result.body]).toEqual([status, body])
    const { outcome } = result
    for (const [name, value] of Object.entries(headers)) expect(outcome.headers[name]).toEqual(value)
  })
})
