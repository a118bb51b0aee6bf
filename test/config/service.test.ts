import { describe, expect, test } from '@jest/globals'
import type { ServiceTarget } from '../../src/calls/service-target.ts'
import { hashValue } from '../../src/endpoints/balancers/hash.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { describeDiagnostic, loadProject, projectTexts, world } from '../support/project.ts'

const route = `
match: GET /home
in: { user.id: header.x-user-id, product.ids: query.ids }
do: [ { invoke: content.prices } ]
response: { body: $.price.list }`

function files(keys: string, gateway = '', home = route) {
  const service = `service: content\n${keys}\noperations:\n  prices: { get: /prices, in: { product.ids: query.ids }, out: { price.list: $.prices } }`
  return { ...world, gateway, 'services/content': service, 'routes/home': home }
}

function target(keys: string, gateway?: string, env?: Record<string, string>): ServiceTarget {
  return loadProject(files(keys, gateway), env).callSites[0]!.service
}

function faults(keys: string, gateway?: string, home?: string): string[] {
  return buildSnapshot(projectTexts(files(keys, gateway, home)))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(describeDiagnostic)
}

describe('where a service runs', () => {
  test.each([
    [
      'dns: reco.svc, port: 9004',
      { kind: { name: 'dns' }, settings: { name: 'reco.svc', type: 'A', port: 9004, everyMs: 30_000 } },
    ],
    ['dns: _http._tcp.reco, type: SRV, scheme: https', { settings: { type: 'SRV', scheme: 'https' } }],
    [
      'consul: { service: reco, tag: v2, token: "${env.TOKEN}" }',
      {
        kind: { name: 'consul' },
        settings: { address: 'http://127.0.0.1:8500', service: 'reco', tag: 'v2', token: 's3cret' },
      },
    ],
    [
      'etcd: { prefix: /reco }',
      { kind: { name: 'etcd' }, settings: { address: 'http://127.0.0.1:2379', prefix: '/reco/' } },
    ],
    [
      'kubernetes: { service: reco, port: http, caFile: false }',
      {
        kind: { name: 'kubernetes' },
        settings: {
          service: 'reco',
          port: 'http',
          address: 'https://kubernetes.default.svc',
          tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
          caFile: undefined,
        },
      },
    ],
    ['file: ../reco.yaml', { kind: { name: 'file' }, settings: { path: 'reco.yaml', everyMs: 1000 } }],
  ])('is looked up by %s', (discover, wanted) => {
    const service = target(`discover: { ${discover} }`, '', { TOKEN: 's3cret' })
    expect(service.endpoints).toEqual([])
    expect(service.discover).toMatchObject(wanted)
  })

  test('is said once', () => {
    expect(faults('endpoints: [http://a]\ndiscover: { dns: a }')).toEqual([
      'invalid-value services/content.yaml:3:1 `endpoints` already says where it runs (leave one of the two away)',
    ])
    expect(faults('')[0]).toMatch(/^missing-key services\/content.yaml:1:1 `endpoints` is missing \(or `discover`/)
  })

  test.each([
    ['discover: { consul: { service: reco, address: "ftp://x" } }', /a registry is an http or https origin/],
    ['discover: { consul: { service: reco, address: "http://u:p@x" } }', /no credentials/],
    ['discover: { etcd: {} }', /`prefix` is missing/],
    ['discover: { dns: a, every: 0s }', /no time at all/],
  ])('%s is a fault', (keys, message) => {
    expect(faults(keys)).toHaveLength(1)
    expect(faults(keys)[0]).toMatch(message)
  })
})

describe('how calls are spread', () => {
  const endpoints = 'endpoints: [http://a]'

  test('is round-robin unless a service says otherwise', () => {
    expect(target(endpoints).balance.name).toBe('round-robin')
    expect(target(`${endpoints}\nbalance: least-latency`).balance.name).toBe('least-latency')
    expect(target(`${endpoints}\nbalance: { kind: random }`).balance.name).toBe('random')
  })

  test('is by the value of a color', () => {
    const { balance, spreadBy } = target(`${endpoints}\nbalance: { kind: consistent-hash, on: user.id }`)
    expect(balance.name).toBe('consistent-hash')
    expect(spreadBy!({ request: {}, steps: {}, user: { id: 'u1' } } as never)).toBe('u1')
    expect(hashValue(spreadBy!({ request: {}, steps: {} } as never))).toBeUndefined()
  })

  test.each([
    [
      'balance: consistent-hash',
      /^invalid-value services\/content.yaml:3:10 `consistent-hash` chooses by the value of a color/,
    ],
    ['balance: { kind: random, on: user.id }', /`random` chooses by no color/],
    [
      'balance: { kind: consistent-hash, on: user.idd }',
      /^unknown-color services\/content.yaml:3:39 .*did you mean `user.id`/,
    ],
    ['balance: rondom', /invalid-value/],
  ])('%s is a fault', (balance, message) => {
    const found = faults(`${endpoints}\n${balance}`)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(message)
  })

  test('has to be given to every call', () => {
    const home = route.replace('user.id: header.x-user-id, ', '')
    const balance = 'balance: { kind: consistent-hash, on: user.id }'
    expect(faults(`${endpoints}\n${balance}`, '', home)).toEqual([
      expect.stringMatching(/^color-never-produced routes\/home.yaml:4:17 .*user\.id/),
    ])
  })
})

describe('how endpoints are looked after', () => {
  const endpoints = 'endpoints: [{ url: "http://a", zone: a }]'

  test('is not at all unless a service says so', () => {
    expect(target(endpoints).care).toBeUndefined()
  })

  test('has its defaults', () => {
    const { care } = target(`${endpoints}\nhealth: { get: /healthz }\noutlier: {}\nfailover: retry\nslowStart: 30s`)
    expect(care).toEqual({
      health: { path: '/healthz', everyMs: 5000, timeoutMs: 1000, healthy: 2, unhealthy: 3 },
      outlier: { failures: 5, ejectMs: 10_000, maxEjected: 0.5 },
      failover: 'retry',
      slowStartMs: 30_000,
      zone: undefined,
    })
  })

  test('prefers the zone of the gateway, where the file names one and endpoints have some', () => {
    const gateway = 'zone: ${env.ZONE:-}'
    expect(target(endpoints, gateway, { ZONE: 'a' }).care?.zone).toBe('a')
    expect(target(endpoints, gateway).care).toBeUndefined()
    expect(target('endpoints: [http://a]', gateway, { ZONE: 'a' }).care).toBeUndefined()
    expect(target('discover: { dns: a }', gateway, { ZONE: 'a' }).care?.zone).toBe('a')
  })

  test('does not leave an endpoint for good', () => {
    expect(faults(`${endpoints}\nfailover: stop`)).toEqual([
      expect.stringMatching(/^invalid-value services\/content.yaml:3:11 .*comes back only by `health` or `discover`/),
    ])
    expect(faults(`${endpoints}\nfailover: stop\nhealth: { get: / }`)).toEqual([])
  })

  test('makes another service of it, so that a reload begins anew', () => {
    const keys = ['', 'outlier: {}', 'slowStart: 1s', 'balance: random'].map(
      (key) => target(`${endpoints}\n${key}`).key,
    )
    expect(new Set(keys).size).toBe(4)
  })
})

describe('where a gateway registers', () => {
  const settings = (register: string) =>
    loadProject(files('endpoints: [http://a]', `register: ${register}`)).settings.register

  test('is Consul or etcd', () => {
    expect(settings('{ consul: { tags: [edge], host: gw.test } }')).toEqual({
      kind: 'consul',
      settings: {
        address: 'http://127.0.0.1:8500',
        token: undefined,
        service: 'tessera',
        tags: ['edge'],
        check: 'ttl',
        id: undefined,
        host: 'gw.test',
        port: undefined,
        ttlMs: 15_000,
      },
    })
    expect(settings('{ etcd: { prefix: /gateways/, ttl: 5s } }')).toMatchObject({
      kind: 'etcd',
      settings: { prefix: '/gateways/', ttlMs: 5000 },
    })
  })
})
