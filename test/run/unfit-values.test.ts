import { describe, expect, test } from '@jest/globals'
import { runSnapshot } from '../support/engine.ts'
import { loadProject } from '../support/project.ts'

const dictionary = `
colors:
  a.id: {}
  b.id: {}
`

/** Where a value may be placed, and one that cannot stand there. */
const places: [name: string, operation: string, value: unknown][] = [
  ['a path', "{ get: '/x/{a.id}' }", '..'],
  ['a path, empty', "{ get: '/x/{a.id}' }", ''],
  ['a path, a list', "{ get: '/x/{a.id}' }", ['1', '2']],
  ['part of a segment', "{ get: '/x/.{a.id}' }", '.'],
  ['a query', '{ get: /x, in: { a.id: query.q } }', { deep: 1 }],
  ['a list in a query', '{ get: /x, in: { a.id: query.q } }', [{ deep: 1 }]],
  ['a header', '{ get: /x, in: { a.id: header.x-a } }', '李梅'],
  ['a header, two lines', '{ get: /x, in: { a.id: header.x-a } }', 'a\r\nb: c'],
  ['a list in a header', '{ get: /x, in: { a.id: header.x-a } }', ['a', '李']],
  ['a template of a header', '{ get: /x, headers: { x-a: $.a.id } }', '李梅'],
  ['a cookie', '{ get: /x, in: { a.id: cookie.a } }', { deep: 1 }],
]

async function call(operation: string, route: string, value: unknown) {
  const snapshot = loadProject({
    dictionary,
    'services/s': `service: s\nendpoints: [http://127.0.0.1:9]\noperations:\n  op: ${operation}\n  give: { get: /give, out: { a.id: $.id, b.id: $.id } }\n`,
    'routes/r': `match: POST /r\n${route}`,
  })
  const mocks = { 's.give': { id: value }, 's.op': {} }
  const { status, body } = await runSnapshot(snapshot, { mocks, request: { method: 'POST', body: { id: value } } })
  return [status, body]
}

describe.each(places)('a value that cannot stand in %s', (_name, operation, value) => {
  test('is the client’s error where the client gave it', async () => {
    const route = 'in: { a.id: $.id }\ndo: [ { invoke: s.op } ]\n'
    expect(await call(operation, route, value)).toEqual([400, 'invalid-input'])
  })

  test('is the client’s error where the route only passed it on', async () => {
    const route = 'in: { b.id: $.id }\ndo: [ { assign: { a.id: $.b.id } }, { invoke: s.op } ]\n'
    expect(await call(operation, route, value)).toEqual([400, 'invalid-input'])
    const within = 'in: { b.id: $.id }\ndo: [ { invoke: s.op, with: { a.id: $.b.id } } ]\n'
    expect(await call(operation, within, value)).toEqual([400, 'invalid-input'])
  })

  test('is a backend’s error where a backend gave it', async () => {
    expect(await call(operation, 'do: [ { invoke: s.give }, { invoke: s.op } ]\n', value)).toEqual([
      502,
      'invalid-response',
    ])
    const within = 'in: { a.id?: query.none }\ndo: [ { invoke: s.give }, { invoke: s.op, with: { a.id: $.b.id } } ]\n'
    expect(await call(operation, within, value)).toEqual([502, 'invalid-response'])
  })

  test('is the route’s error where the route gave it', async () => {
    const route = `do: [ { assign: { a.id: ${JSON.stringify(value)} } }, { invoke: s.op } ]\n`
    expect(await call(operation, route, value)).toEqual([500, 'expression-failed'])
  })
})

test('what a backend gave can be caught as its error, and covered by a fallback', async () => {
  const path = "{ get: '/x/{a.id}', out: { b.id: $.id } }"
  const guarded = `
do:
  - invoke: s.give
  - try: [ { invoke: s.op } ]
    catch: [ { errors: [invalid-response], do: [ { respond: { status: 207, body: $.error.code } } ] } ]
`
  expect(await call(path, guarded, '..')).toEqual([207, 'invalid-response'])
})
