import { describe, expect, test } from '@jest/globals'
import { explainPassthrough, explainRoute } from '../../src/describe/explain/route.ts'
import { definePolicy, z } from '../../src/index.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { AggregatedRoute, PassthroughRoute } from '../../src/plan/snapshot.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts, world } from '../support/project.ts'

interface Said {
  readonly gateway?: string
  readonly service?: string
  readonly operation?: string
  readonly step?: string
  readonly method?: string
}

const files = ({ gateway, service, operation, step, method = 'get' }: Said): ProjectFiles => ({
  ...world,
  ...(gateway !== undefined && { gateway }),
  'services/content': `service: content
endpoints: [http://127.0.0.1:9]
${service ?? ''}
operations: { banners: { ${method}: /banners, out: { banner.list: $.banners }${operation ?? ''} } }`,
  'routes/home': `match: GET /home
do: [ { invoke: content.banners${step ?? ''} } ]
response: { body: $.banner.list }`,
})

function load(said: Said) {
  const { snapshot, diagnostics } = buildSnapshot(projectTexts(files(said)))
  if (!snapshot) throw new Error(diagnostics.map(describeDiagnostic).join('\n'))
  return snapshot
}

const faults = (said: Said) => buildSnapshot(projectTexts(files(said))).diagnostics.map(describeDiagnostic)

/** What holds around the call, by names, and who says so where. */
function around(said: Said): Record<string, string> {
  const snapshot = load(said)
  const { outline } = explainRoute(snapshot.routes[0] as AggregatedRoute, snapshot)
  const policies = outline.flatMap(({ step }) => step?.policies?.around ?? [])
  return Object.fromEntries(
    policies.map(({ name, summary, by, at }) => [name, `${summary} by ${by} ${at ?? ''}`.trim()]),
  )
}

const presets = `presets:
  standard:
    call: { timeout: 300ms, breaker: { minCalls: 5 } }
  slow:
    call: { timeout: 3s }
`

describe('a preset', () => {
  test.each([
    ['service', { service: 'use: standard' }],
    ['operation', { operation: ', use: standard' }],
    ['step', { step: ', use: [standard]' }],
  ])('holds where a %s uses it, and explanations tell where it stands', (_, said) => {
    expect(around({ gateway: presets, ...said })).toEqual({
      breaker: 'opens at 50% of 5 calls in 10s, for 5s by preset gateway.yaml:3',
      timeout: '300ms by preset gateway.yaml:3',
    })
  })

  test('gives way to one that stands behind it, policy by policy', () => {
    expect(around({ gateway: presets, service: 'use: [standard, slow]' })).toMatchObject({
      breaker: expect.stringMatching(/by preset gateway.yaml:3$/),
      timeout: '3s by preset gateway.yaml:5',
    })
  })

  test('gives way to whoever is nearer', () => {
    const use = { gateway: presets, service: 'timeout: 1s\nuse: standard' }
    expect(around(use)['timeout']).toBe('1s by service services/content.yaml:3')
    expect(around({ ...use, operation: ', use: slow' })['timeout']).toBe('3s by preset gateway.yaml:5')
    expect(around({ ...use, operation: ', use: slow, timeout: 50ms' })['timeout']).toMatch(/^50ms by operation/)
    expect(around({ ...use, operation: ', timeout: 50ms', step: ', use: standard' })['timeout']).toMatch(
      /^300ms by preset/,
    )
    expect(around({ ...use, step: ', use: standard, timeout: 20ms' })['timeout']).toMatch(/^20ms by step/)
  })

  test('does not hold where it cannot, and is an error where it is written there', () => {
    const gateway = 'presets: { again: { call: { retry: { attempts: 3 } } } }'
    const post = { gateway, method: 'post' }
    expect(around({ ...post, operation: ', use: again' })['retry']).toBe(
      'none: this method is not repeated by preset gateway.yaml:1',
    )
    expect(faults({ ...post, operation: ', retry: {}' })[0]).toMatch(/^unsafe-retry/)
  })

  test('that is not there is an error that names one that is', () => {
    expect(faults({ gateway: presets, service: 'use: [slow, standart]' })).toEqual([
      'unknown-preset services/content.yaml:3:13 there is no preset `standart` (did you mean `standard`?)',
    ])
    expect(faults({ step: ', use: x' })[0]).toMatch(/^unknown-preset routes\/home.yaml:2:\d+ .*\(there is none\)/)
  })

  test('is checked where it stands, whoever uses it', () => {
    const gateway = 'presets: { a: { call: { retry: { on: [unavaliable], tries: 2 }, limit: { rate: 1/s } } } }'
    expect(faults({ gateway, service: 'use: a', operation: ', use: a' })).toEqual([
      expect.stringMatching(/^unknown-error-code gateway.yaml:1:39 no call fails with `unavaliable`/),
      expect.stringMatching(/^unknown-key gateway.yaml:1:\d+ `tries`/),
      expect.stringMatching(/^unknown-key gateway.yaml:1:\d+ `limit`/),
    ])
  })

  test('gives headers to a service and to an operation, which win by their names', () => {
    const gateway = `presets:
  a: { call: { headers: { x-a: 1, x-b: 1 } } }
  b: { call: { headers: { X-B: 2, x-c: 2 } } }
defaults: { call: { headers: { x-a: 0, x-d: 0 } } }`
    const said = {
      gateway,
      service: 'use: [a, b]\nheaders: { x-c: service }',
      operation: ', use: a, headers: { x-a: own }',
    }
    const { headers } = load(said).callSites[0]!.render({ request: {}, steps: {} })
    expect(headers).toMatchObject({ 'x-a': 'own', 'x-b': '1', 'x-c': 'service', 'x-d': '0' })
  })

  test('gives headers to a step too, which has the last word: itself, its presets, then its operation', () => {
    const said = {
      gateway: 'presets: { a: { call: { headers: { x-a: preset, x-b: preset, x-c: "$.request.query.q" } } } }',
      operation: ', in: { user.id?: header.x-d, user.segment?: header.x-e }, headers: { x-a: own, x-b: own, x-f: own }',
      step: ', use: a, headers: { X-A: step, x-d: step }',
    }
    const { headers } = load(said).callSites[0]!.render({
      request: { query: { q: '7' } },
      steps: {},
      user: { segment: 'vip' },
    })
    expect(headers).toMatchObject({
      ...{ 'x-a': 'step', 'x-b': 'preset', 'x-c': '7', 'x-d': 'step', 'x-e': 'vip', 'x-f': 'own' },
    })
    const snapshot = load(said)
    const { outline } = explainRoute(snapshot.routes[0] as AggregatedRoute, snapshot)
    const told = outline[0]!.step!.inputs.map(({ to, origin }) => `${to} by ${origin?.by} ${origin?.at}`)
    expect(told).toEqual([
      'header.x-e by undefined undefined',
      'header.x-a by step routes/home.yaml:2',
      'header.x-b by preset gateway.yaml:1',
      'header.x-f by operation services/content.yaml:4',
      'header.x-c by preset gateway.yaml:1',
      'header.x-d by step routes/home.yaml:2',
    ])
  })

  test('that a step uses is held against where it stands', () => {
    const gateway =
      'presets: { a: { call: { headers: { x-a: "${ banner.list }", x-b: "${ steps.nowhere.status }" } } } }'
    const found = faults({ gateway, step: ', use: a, headers: { host: x, content-length: 1 }' })
    expect(found.map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      'color-read-before-produced routes/home.yaml:2:34',
      'unknown-step routes/home.yaml:2:34',
      'reserved-header routes/home.yaml:2:53',
      'reserved-header routes/home.yaml:2:62',
    ])
  })

  test('may have policies of extensions', () => {
    const own = definePolicy({
      name: 'own',
      on: ['service', 'operation'],
      shape: z.int(),
      example: 'own: 1',
      wrap: () => undefined,
      caption: (config) => String(config),
    })
    const module = { file: undefined, definitions: [own], fault: undefined, state: 'loaded' as const }
    const texts = projectTexts(files({ gateway: 'presets: { a: { call: { own: 7 } } }', service: 'use: a' }))
    const { snapshot } = buildSnapshot({ ...texts, extensions: [module] })
    expect(snapshot!.callSites[0]!.policies[0]).toMatchObject({ kind: { name: 'own' }, config: 7 })
  })
})

test('defaults hold for every call that nothing nearer says otherwise of', () => {
  const gateway = `${presets}defaults: { timeout: 2s, call: { timeout: 700ms, hedge: { after: 20ms } } }`
  expect(around({ gateway })).toEqual({
    hedge: 'another attempt after 20ms by gateway gateway.yaml:6',
    timeout: '700ms by gateway gateway.yaml:6',
  })
  expect(around({ gateway, service: 'use: slow\nhedge: false' })).toEqual({
    hedge: 'none by service services/content.yaml:4',
    timeout: '3s by preset gateway.yaml:5',
  })
})

test('what is passed through to a service has the timeout that it inherits', () => {
  const passed = (service: string, gateway = presets) => {
    const { snapshot } = buildSnapshot(
      projectTexts({
        ...world,
        gateway,
        'services/files': `service: files\nendpoints: [http://127.0.0.1:9]\n${service}`,
        'routes/files': 'match: GET /files/*rest\nproxy: files\ntimeout: 2s',
      }),
    )
    const { timeoutMs, timeout } = explainPassthrough(snapshot!.routes[0] as PassthroughRoute)
    return `${timeoutMs} ${timeout.by} ${timeout.at}`
  }
  expect(passed('use: standard')).toBe('300 preset gateway.yaml:3')
  expect(passed('use: standard\ntimeout: 1s')).toBe('1000 service services/files.yaml:4')
  expect(passed('use: slow')).toBe('2000 route routes/files.yaml:3')
  expect(passed('', 'defaults: { timeout: 100ms, call: { timeout: 500ms } }')).toBe('500 gateway gateway.yaml:1')
  expect(passed('', 'defaults: { timeout: 100ms }')).toBe('2000 route routes/files.yaml:3')
})
