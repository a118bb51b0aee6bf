import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { PassthroughRoute } from '../../src/plan/snapshot.ts'
import { projectTexts } from '../support/project.ts'

const dictionary = `
colors:
  card.number: { type: string, sensitivity: secret }
  user.id: { type: string, sensitivity: pii }
  geo.city: { type: string }
`

function build(service: string, route = 'match: ANY /files/*rest\nproxy: files\n') {
  return buildSnapshot(
    projectTexts({
      dictionary,
      'services/files': `service: files\nendpoints: [http://127.0.0.1:9]\n${service}\n`,
      'services/other': 'service: other\nendpoints: [http://127.0.0.1:9]\n',
      'routes/files': route,
    }),
  )
}
const messages = (service: string, route?: string) =>
  build(service, route).diagnostics.map(
    ({ code, message, at }) => `${at.file}:${at.line} ${code} ${message.split(':')[0]}`,
  )
const routeOf = (service: string, route?: string) => build(service, route).snapshot!.routes[0] as PassthroughRoute

const operation = 'operations: { stats: { get: /stats } }'

describe('what a service says of its calls and nothing can heed is an error where it is passed through to', () => {
  test.each([
    ['retry', 'retry: { attempts: 3 }'],
    ['hedge', 'hedge: { after: 20ms }'],
    ['breaker', 'breaker: {}'],
    ['cache', 'cache: { ttl: 10s }'],
    ['coalesce', 'coalesce: true'],
    ['mirror', 'mirror: { to: other }'],
    ['headers', "headers: { x-key: 'k' }"],
  ])('%s', (key, text) => {
    expect(messages(text)).toEqual([
      `routes/files.yaml:2 invalid-value \`${key}\` of \`files\` does not hold for what is passed through`,
    ])
  })

  test('a balance by a color', () => {
    expect(messages('balance: { kind: consistent-hash, on: user.id }')).toEqual([
      'routes/files.yaml:2 invalid-value `files` balances on `user.id`, and what is passed through has no colors',
    ])
  })

  test('but not where it holds for operations, or switches something off', () => {
    expect(messages(`retry: { attempts: 3 }\ncache: { ttl: 10s }\nheaders: { x-key: k }\n${operation}`)).toEqual([])
    expect(messages('cache: false\ncoalesce: false')).toEqual([])
  })

  test('and not what does hold', () => {
    const holds =
      'timeout: 1s\nfailover: fast-retry\nretryBudget: {}\nconnections: 9\nbudgetHeader: x-left\nslowStart: 1s'
    expect(
      messages(`${holds}\noutlier: {}\nhealth: { get: /h }\nbulkhead: { concurrent: 5 }\nlimit: { rate: 5/s }`),
    ).toEqual([])
  })
})

test.each([
  ['the route’s', 'timeout: 2s', 'timeout: 500ms', 500],
  ['the service’s', 'timeout: 300ms', 'timeout: 500ms', 300],
])('an answer has to begin within the shorter timeout: %s', (_, service, route, wanted) => {
  expect(routeOf(service, `match: ANY /files/*rest\nproxy: files\n${route}\n`).timeoutMs).toBe(wanted)
})

describe('`proxy` as a mapping', () => {
  test('names the service, and how long nothing may move', () => {
    expect(routeOf('', 'match: /files/*rest\nproxy: { service: files, idle: 1h }\n')).toMatchObject({
      service: { name: 'files' },
      idleMs: 3_600_000,
    })
    expect(routeOf('').idleMs).toBeUndefined()
  })

  test('is checked as anything else', () => {
    expect(messages('', 'match: /files/*rest\nproxy: { service: fils, idel: 1h }\n')).toEqual([
      'routes/files.yaml:2 unknown-service there is no service `fils`',
      'routes/files.yaml:2 unknown-key `idel` is not a key here',
    ])
  })
})

test.each([
  ['of a parameter that nothing says anything of', '/cards/{number}', false],
  ['of whatever is behind it', '/users/*rest', false],
  ['that is the same for everybody', '/cities', true],
])('a path %s', (_, path, isTold) => {
  expect(routeOf('', `match: 'ANY ${path}'\nproxy: files\n`).told.path).toBe(isTold)
})
