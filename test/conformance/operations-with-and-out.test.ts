import { describe, expect, test } from '@jest/globals'
import type { CallResponse } from '../../src/calls/call.ts'
import { Body } from '../../src/json/body.ts'
import { call, dictionary } from '../support/conformance/operations.ts'
import { runSnapshot } from '../support/engine.ts'
import { loadProject } from '../support/project.ts'

describe('with', () => {
  test('stands in place of the wiring', async () => {
    const { requests } = await call(
      "{ get: '/x/{a.text}', in: { a.number: query.n } }",
      '{ a.text: t, a.number: 1 }',
      '    with: { a.text: other }\n',
    )
    expect(requests[0]!.path).toBe('/x/other?n=1')
  })

  test('also in what a body or a header reads', async () => {
    const { requests } = await call(
      "{ post: /x, body: { text: '<${a.text}>', n: $.a.number }, headers: { x-text: $.a.text } }",
      '{ a.text: t, a.number: 1 }',
      "    with: { a.text: 'other ${a.text}' }\nresponse: { body: $.a.text }",
    )
    expect(requests[0]).toMatchObject({ body: '{"text":"<other t>","n":1}', headers: { 'x-text': 'other t' } })
  })

  test('leaves the color itself as it is', async () => {
    const { body } = await call(
      '{ get: /x, in: { a.text: query.t } }',
      '{ a.text: t }',
      '    with: { a.text: other }\nresponse: { body: $.a.text }',
    )
    expect(body).toBe('t')
  })
})

const answer: CallResponse = {
  status: 201,
  headers: { 'x-total': '12', 'x-name': 'ann', 'set-cookie': ['a=1', 'b=2'] },
  body: Body.ofValue({ items: [{ id: 'a' }, { id: 'b' }], first: { name: 'x' }, none: null }),
  source: 'live',
  attempts: 1,
}
const given: [name: string, color: string, locator: string, value: unknown][] = [
  ['a member', 'b.any', '$.first.name', 'x'],
  ['many values', 'b.list', "'$.items[*].id'", ['a', 'b']],
  ['the whole body', 'b.any', '$', answer.body?.value],
  ['null', 'b.any', '$.none', null],
  ['nothing', 'b.any', '$.nothing', undefined],
  ['the status', 'b.number', 'status', 201],
  ['a header', 'b.text', 'header.X-Name', 'ann'],
  ['a header as a number', 'b.number', 'header.x-total', 12],
  ['a header that repeats', 'b.list', 'header.set-cookie', ['a=1', 'b=2']],
]

describe('an operation gives', () => {
  test.each(given)('%s', async (_, color, locator, value) => {
    const files = {
      dictionary,
      'services/s': `service: s\nendpoints: [http://127.0.0.1:9]\noperations:\n  op: { get: /x, out: { ${color}: ${locator} } }`,
      'routes/r': `match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { body: { value: $.${color} } }`,
    }
    const snapshot = loadProject(files)
    const { body } = await runSnapshot(snapshot, { responses: { 's.op': answer } })
    expect(body).toEqual(value === undefined ? {} : { value })
  })
})
