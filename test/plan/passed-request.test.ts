import { describe, expect, test } from '@jest/globals'
import { describePassed } from '../../src/describe/passed-request.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { PassthroughRoute } from '../../src/plan/snapshot.ts'
import { projectTexts } from '../support/project.ts'

const dictionary = 'colors: { tenant.id: { type: string }, geo.city: { type: string } }\n'

function build(proxy: string, rest = '') {
  return buildSnapshot(
    projectTexts({
      dictionary,
      'services/files': "service: files\nendpoints: ['http://127.0.0.1:9']\n",
      'routes/files': `match: ANY /{tenant}/*rest\n${rest}proxy:\n  service: files\n${proxy}`,
    }),
  )
}
const faults = (proxy: string, rest?: string) =>
  build(proxy, rest).diagnostics.map(({ code, message, at }) => `${at.line}:${at.column} ${code} ${message}`)

describe('what `proxy:` says of the request is looked at when it is loaded', () => {
  test.each([
    ['  path: v2\n', '4:9 invalid-value '],
    ["  path: '/v2/{rest}?x=1'\n", '4:9 invalid-value a path has no query here'],
    ["  path: '/v2/x{rest}'\n", '4:9 invalid-value a parameter is a whole segment of the path'],
    ["  path: '/v2/{rest'\n", '4:9 invalid-value a parameter is a whole segment of the path'],
    ["  path: '/v2/../{rest}'\n", '4:9 invalid-value the path holds a dot segment'],
    ["  path: '/v2/%2e%2e/{rest}'\n", '4:9 invalid-value the path holds a dot segment'],
    ["  path: '/v2/{tenent}'\n", '4:15 unknown-path-parameter the path has no {tenent}'],
    ['  pass: [x-debug]\n', '4:10 invalid-value `x-debug` goes on anyway'],
    ['  pass: [cookie.a]\n  drop: [cookie]\n', '4:10 invalid-value `cookie.a` is named under `drop`, too'],
    ['  pass: [cookie, cookie.a]\n', '4:18 invalid-value `cookie.a` goes on anyway'],
    ["  drop: ['a b']\n", '4:10 invalid-value write the name of a header, or cookie.NAME'],
    ['  host: other\n', '4:9 invalid-value'],
    ['  headers: { x-forwarded-for: a }\n', '4:31 reserved-header `x-forwarded-for` cannot be set'],
    ['  headers: { content-length: 5 }\n', '4:14 reserved-header `content-length` cannot be set'],
    ['  headers: { x-a: $.tenant.id }\n', '4:19 color-never-produced nothing gives `tenant.id` here'],
    ['  headers: { x-a: $.request.body.a }\n', '4:19 late-key the body is passed through, and not read'],
    ['  headers: { x-a: $.steps.a.status }\n', '4:19 late-key what it reads is never there'],
  ])('%j', (proxy, wanted) => {
    const found = faults(proxy)
    expect(found).toHaveLength(1)
    expect(found[0]!.startsWith(wanted)).toBe(true)
  })

  test('and an input that stands in the body', () => {
    expect(faults('  idle: 1s\n', 'in: { tenant.id: $.tenant }\n')).toEqual([
      '2:7 invalid-value `tenant.id` stands in the body, which is passed through and not read',
    ])
  })
})

test('a limit of a passthrough counts by its inputs', () => {
  const rest = 'in: { tenant.id: path.tenant }\nlimit: { rate: 5/s, by: tenant.id }\n'
  expect(faults('  idle: 1s\n', rest)).toEqual([])
})

test('people are told what stays here, what is set and what is asked for', () => {
  const { snapshot } = build(
    "  path: '/v2/{rest}'\n  pass: [cookie.a]\n  drop: [x-debug]\n  headers: { x-t: a }\n  host: client\n",
  )
  expect(describePassed(snapshot!.routes[0] as PassthroughRoute)).toEqual([
    'without authorization, x-api-key, x-debug',
    'of its cookies a',
    'asks for /v2/{rest}',
    'sets x-t',
    'the client’s Host',
  ])
})
