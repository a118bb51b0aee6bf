import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { runRoute } from '../support/engine.ts'
import { openRoute, textOf } from '../support/memory-backends.ts'
import { describeDiagnostic, loadProject, projectTexts, takeMarks, world } from '../support/project.ts'

const dictionary = `${world.dictionary}
  user.name: { type: string }
  user.age: { type: integer }
  buyer.name: { type: string }
  buyer.label: { type: string }
  seller.name: { type: string }
  seller.age: { type: integer }
  guest: { type: string }
`
const files = {
  dictionary,
  'services/user': `
service: user
endpoints: [http://127.0.0.1:9]
operations:
  profile: { get: '/users/{user.id}', out: { user.name: $.name, user.age: $.age } }
  guest: { get: /guest, out: { user.name: $.name, guest: $.kind } }
  kept: { get: '/kept/{user.id}', out: { user.name: $.name }, fallback: { assign: { user.name: kept } } }
`,
}
const request = { query: { b: 'u1', s: 'u2' } }
const page = `
do:
  - parallel:
      - { id: buyer, invoke: user.profile, with: { user.id: $.request.query.b }, out: { buyer.name: $.user.name } }
      - { id: seller, invoke: user.profile, with: { user.id: $.request.query.s }, out: { seller.name: $.user.name, seller.age: $.user.age } }
response: { body: { buyer: $.buyer.name, seller: $.seller.name, age: $.seller.age } }`
const people = ({ path }: { path: string }) =>
  path.endsWith('u1') ? { name: 'Mei', age: 30 } : { name: 'Tom', age: 41 }

function faults(text: string) {
  const { files: clean, marks } = takeMarks({ ...world, ...files, 'routes/home': `match: GET /home\n${text}` })
  const { diagnostics } = buildSnapshot(projectTexts(clean))
  const told = diagnostics.filter(({ severity }) => severity !== 'hint')
  return { told: told.map(describeDiagnostic), marks }
}

/** With all policies; only guests are answered. */
async function answered(text: string): Promise<string> {
  const { routes } = loadProject({ ...world, ...files, 'routes/home': `match: GET /home\n${text}` })
  const opened = openRoute(routes[0] as AggregatedRoute, ({ path }) =>
    path === '/guest' ? '{"kind":"walk-in"}' : undefined,
  )
  const body = textOf(await opened.run())
  await opened.close()
  return body
}

describe('`out` on a call', () => {
  test('lets one operation stand twice on a page, also at once', async () => {
    const { body } = await runRoute(page, { files, request, mocks: { 'user.profile': people } })
    expect(body).toEqual({ buyer: 'Mei', seller: 'Tom', age: 41 })
  })

  test('takes the place of what the operation gives: that is no color of the route', () => {
    const { told, marks } = faults(`
do: [ { invoke: user.profile, with: { user.id: a }, out: { buyer.name: $.user.name } } ]
response: { body: [ $.buyer.name, «$.user.name ] }`)
    expect(told).toEqual([expect.stringContaining(`color-never-produced ${marks[0]}`)])
  })

  test('sees only what this call gives, not what the route has under the same name', async () => {
    const { body } = await runRoute(
      `
do:
  - { invoke: user.profile, with: { user.id: u1 } }
  - { id: two, invoke: user.profile, with: { user.id: u2 }, out: { buyer.label: '\${ has(user.name) ? user.name : "?" }', buyer.name: $.user.name } }
response: { body: { mine: $.user.name, label: $.buyer.label, other: { $default: [ $.buyer.name, none ] } } }`,
      {
        files,
        mocks: { 'user.profile': ({ path }: { path: string }) => (path.endsWith('u1') ? { name: 'Mei' } : {}) },
      },
    )
    expect(body).toEqual({ mine: 'Mei', label: '?', other: 'none' })
  })

  test('applies to what stands in for the call, and a color that the step assigns is the route’s own', async () => {
    const text = (fallback: string, name = '$.user.name') => `
do: [ { invoke: user.profile, with: { user.id: a }, out: { buyer.name: ${name} }, fallback: ${fallback} } ]
response: { body: { name: $.buyer.name } }`
    expect(await answered(text('{ invoke: user.guest }', '{ $default: [ $.user.name, $.guest ] }'))).toBe(
      '{"name":"walk-in"}',
    )
    expect(await answered(text("{ assign: { buyer.name: 'nobody' } }"))).toBe('{"name":"nobody"}')
    expect(await answered(text('{ body: { name: someone } }'))).toBe('{"name":"someone"}')
  })

  test('takes what a fallback of the operation itself assigns under its own names', async () => {
    const text = `
do: [ { invoke: user.kept, with: { user.id: a }, out: { buyer.name: $.user.name } } ]
response: { body: { name: $.buyer.name } }`
    expect(await answered(text)).toBe('{"name":"kept"}')
  })

  test('is held against the types of its colors', () => {
    const { told, marks } = faults(`
do: [ { invoke: user.profile, with: { user.id: a }, out: { buyer.name: «$.user.age } } ]
response: { body: [ $.buyer.name ] }`)
    expect(told).toEqual([expect.stringContaining(`type-mismatch ${marks[0]}`)])
  })

  test('of an optional call may be absent', () => {
    const { told } = faults(`
do:
  - { invoke: user.profile, with: { user.id: a }, out: { user.id: $.user.name }, optional: true }
  - { id: two, invoke: user.profile }
response: { body: [ $.user.name ] }`)
    expect(told).toEqual([expect.stringContaining('color-from-optional')])
  })

  test('makes no wait of a flow for who writes what it only takes', () => {
    const { told } = faults(`
do:
  - flow:
      - { id: one, invoke: user.profile, with: { user.id: a }, out: { user.id: $.user.name } }
      - { id: two, invoke: user.profile }
response: { body: [ $.user.name ] }`)
    expect(told).toEqual([])
  })

  test('carries a secret on', () => {
    const secret = dictionary.replace('user.name: { type: string }', 'user.name: { type: string, sensitivity: secret }')
    const { diagnostics } = buildSnapshot(
      projectTexts({
        ...files,
        dictionary: secret,
        'routes/home': `match: GET /home
do: [ { invoke: user.profile, with: { user.id: a }, out: { buyer.name: $.user.name } } ]
response: { body: [ $.buyer.name ] }`,
      }),
    )
    expect(diagnostics.map(({ code }) => code)).toContain('secret-in-response')
  })
})
