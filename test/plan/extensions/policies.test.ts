import { describe, expect, test } from '@jest/globals'
import type { ExtensionModule } from '../../../src/config/extensions/extension-module.ts'
import type { Definition } from '../../../src/definition.ts'
import { explainRoute } from '../../../src/describe/explain/route.ts'
import { jsonSchemaOf } from '../../../src/describe/json-schema.ts'
import { definePolicy, defineStep, z } from '../../../src/index.ts'
import { buildSnapshot } from '../../../src/plan/build.ts'
import type { AggregatedRoute } from '../../../src/plan/snapshot.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts, world } from '../../support/project.ts'

/** A policy `own` that does nothing, but for what a test says of it. */
const own = (parts: object = {}) =>
  definePolicy({
    name: 'own',
    on: ['service', 'operation', 'step'],
    shape: z.strictObject({ of: z.string().describe('What it is of.') }).meta({ description: 'Of a test.' }),
    off: true,
    example: 'own: { of: words }',
    wrap: () => (next) => next,
    caption: ({ of }) => `of ${of}`,
    worst: (_config, inner) => ({ ms: inner.ms + 7, sum: `${inner.sum} + 7ms` }),
    ...parts,
  })

function moduleOf(...definitions: readonly unknown[]): ExtensionModule {
  const file = { path: 'config/extensions/own.ts', text: "\n  name: 'own'," }
  return { file, definitions: definitions as Definition[], fault: undefined, state: 'loaded' }
}

const files = (at: { service?: string; operation?: string; step?: string }): ProjectFiles => ({
  ...world,
  'services/content': `service: content
endpoints: [http://127.0.0.1:9]
${at.service ?? ''}
operations: { banners: { get: /banners, out: { banner.list: $.banners }${at.operation ?? ''} } }`,
  'routes/home': `match: GET /home
do: [ { invoke: content.banners${at.step ?? ''} } ]
response: { body: $.banner.list }`,
})

function build(project: ProjectFiles, ...definitions: unknown[]) {
  return buildSnapshot({ ...projectTexts(project), extensions: [moduleOf(...definitions)] })
}

function faults(project: ProjectFiles, ...definitions: unknown[]): string[] {
  return build(project, ...definitions)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(describeDiagnostic)
}

const siteOf = (project: ProjectFiles, ...definitions: unknown[]) => {
  const { snapshot, diagnostics } = build(project, ...definitions)
  if (!snapshot) throw new Error(diagnostics.map(describeDiagnostic).join('\n'))
  return snapshot.callSites[0]!
}
const namesAt = (project: ProjectFiles, ...definitions: unknown[]) =>
  siteOf(project, ...definitions).policies.map(({ kind }) => kind.name)

describe('a policy of an extension', () => {
  test.each([
    ['service', { service: 'own: { of: words }' }],
    ['operation', { operation: ', own: { of: words }' }],
    ['step', { step: ', own: { of: words }' }],
  ])('holds where it is declared at the %s', (_, at) => {
    expect(namesAt(files(at), own())).toEqual(['own', 'timeout'])
  })

  test('may be declared by an operation that is written in place', () => {
    const project = {
      ...files({}),
      'routes/home': `match: GET /home
do: [ { invoke: { service: content, get: /x, out: { banner.list: $.x }, own: { of: words } } } ]
response: { body: $.banner.list }`,
    }
    expect(namesAt(project, own())).toEqual(['own', 'timeout'])
  })

  test('is taken back by `false`, and the nearest wins', () => {
    expect(namesAt(files({ service: 'own: { of: words }', step: ', own: false' }), own())).toEqual(['timeout'])
    const { policies } = siteOf(files({ service: 'own: { of: words }', step: ', own: { of: step }' }), own())
    expect(policies[0]!.config).toEqual({ of: 'step' })
  })

  test('stands around the policy that it names, else where attempts wait for their turn', () => {
    const all = 'cache: {}\nretry: {}\nlimit: { rate: 1/s }\nown: { of: a }\nother: { of: b }\nthird: { of: c }'
    const other = { ...own({ outside: 'cache' }), name: 'other' }
    expect(namesAt(files({ service: all }), own(), other, { ...own(), name: 'third' })).toEqual([
      'other',
      'cache',
      'coalesce',
      'retry',
      'own',
      'third',
      'limit',
      'timeout',
    ])
  })

  test('is checked by its shape, and known by nobody else', () => {
    expect(faults(files({ service: 'own: { off: words }' }), own())).toEqual([
      expect.stringMatching(/^unknown-key services\/content.yaml:3:8 `off` is not a key here \(did you mean `of`/),
    ])
    expect(faults(files({ service: 'own: { of: words }' }))).toEqual([
      expect.stringMatching(/^unknown-key services\/content.yaml:3:1 `own`/),
    ])
    expect(faults(files({ step: ', own: { of: words }' }), { ...own(), on: ['service'] })).toEqual([
      expect.stringMatching(/^unknown-key routes\/home.yaml:2:34 `own`/),
    ])
  })

  test('is explained with its origin, and counts in the worst case', () => {
    const { snapshot } = build(files({ operation: ', timeout: 20ms, own: { of: words }' }), own())
    const explained = explainRoute(snapshot!.routes[0] as AggregatedRoute, snapshot!)
    const [step] = explained.outline.flatMap((line) => line.step ?? [])
    expect(step!.policies!.around[0]).toMatchObject({
      name: 'own',
      summary: 'of words',
      by: 'operation',
      at: 'services/content.yaml:4',
    })
    expect(explained.latency.path).toEqual([{ step: 'banners', ms: 27, sum: '20ms + 7ms' }])
  })

  test('stands in the schemas of the project', () => {
    const { snapshot } = build(files({}), own())
    const { registry } = snapshot!
    const service = JSON.stringify(jsonSchemaOf('service', registry))
    expect(service.split('What it is of.')).toHaveLength(3)
    expect(JSON.stringify(jsonSchemaOf('route', registry)).split('What it is of.')).toHaveLength(3)
    expect(JSON.stringify(jsonSchemaOf('route'))).not.toContain('What it is of.')
  })

  test('of a module that was not run may be any key', () => {
    const module = { ...moduleOf(), state: 'skipped' as const }
    for (const at of [{ service: 'own: 1' }, { operation: ', own: 1' }, { step: ', own: 1' }]) {
      const { diagnostics } = buildSnapshot({ ...projectTexts(files(at)), extensions: [module] })
      expect(diagnostics.map(describeDiagnostic)).toEqual([])
    }
  })
})

describe('at load it is an error, at its place, that a policy', () => {
  const boom = () => {
    throw new Error('boom')
  }

  test.each<[string, unknown[], RegExp]>([
    ['has the name of one that is built in', [{ ...own(), name: 'retry' }], /^duplicate-name .*the gateway itself/],
    ['has the name of a key', [{ ...own(), name: 'endpoints' }], /^duplicate-name .*the gateway itself/],
    ['has the name of a key of calls', [{ ...own(), name: 'with' }], /^duplicate-name .*the gateway itself/],
    [
      'has the name of a step kind beside it',
      [
        defineStep({
          kind: 'own',
          category: 'activity',
          summary: 'x',
          example: '',
          shape: z.strictObject({ own: z.any() }),
          bind: () => ({ compile: () => () => {} }),
        }),
        own(),
      ],
      /^duplicate-name .*cannot be told from/,
    ],
    ['is defined twice', [own(), own()], /^duplicate-name .*that the policy `own` of config/],
    [
      'wraps nothing',
      [own({ wrap: undefined })],
      /own.ts:2:9 .*the policy `own` has no right `wrap`: it is a function/,
    ],
    ['stands nowhere', [own({ outside: 'reflex' })], /no right `outside`/],
    [
      'counts as the gateway does',
      [{ ...own({ events: { help: 'x' } }), name: 'shed' }],
      /`tessera_shed_total` is a metric of the gateway itself/,
    ],
  ])('%s', (_, definitions, wanted) => {
    expect(faults(files({}), ...definitions)[0]).toMatch(wanted)
  })

  test.each<[string, object]>([
    ['throws while it is bound', { bind: boom }],
    ['throws when it is asked what fits', { misfit: boom }],
    ['cannot say what it does', { caption: boom }],
    ['says nothing of what it does', { caption: () => undefined }],
    ['throws when it is asked how long it takes', { worst: boom }],
    ['takes no time that can be told', { worst: () => ({ ms: Number.NaN, sum: '' }) }],
    ['throws when it is asked for codes', { errorCodes: boom }],
  ])('%s', (_, parts) => {
    for (const at of [{ service: 'own: { of: words }' }, { step: ', own: { of: words }' }])
      expect(faults(files(at), own(parts))[0]).toMatch(/^invalid-extension .*:\d+:\d+ the policy `own` of config/)
  })
})
