import { GatewayError } from '../../../src/errors.ts'
import { type Mock, runSnapshot } from '../engine.ts'
import { loadProject } from '../project.ts'

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

/** Runs a route of these steps in a world of small operations; its answer is `body` under `value`. */
export function runSteps(steps: string, body: string, query: Record<string, string> = {}) {
  const route = `match: GET /r\ndo: ${steps}\nresponse: { body: { value: ${body} } }\n`
  const snapshot = loadProject({ dictionary, 'services/s': service, 'routes/r': route })
  return runSnapshot(snapshot, { mocks, request: { query } })
}
