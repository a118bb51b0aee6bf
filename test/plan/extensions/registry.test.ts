import { describe, expect, test } from '@jest/globals'
import type { ExtensionModule } from '../../../src/config/extensions/extension-module.ts'
import { type Definition, definitionOf } from '../../../src/definition.ts'
import { GatewayError } from '../../../src/errors.ts'
import {
  bindTemplate,
  defineBalancer,
  defineDiscovery,
  defineFunction,
  defineOperator,
  defineStep,
  template,
  within,
  z,
} from '../../../src/index.ts'
import { buildSnapshot } from '../../../src/plan/build.ts'
import { BuildMemory } from '../../../src/plan/memory.ts'
import { runSnapshot } from '../../support/engine.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts, world } from '../../support/project.ts'

const text = { summary: 'Of a test.', example: '' }
const shout = (call: (text: string) => unknown = (text) => text.toUpperCase()) =>
  defineFunction({ ...text, name: 'shout', takes: ['string'], gives: 'string', call })
const double = (make: (value: unknown) => unknown) =>
  defineOperator({
    ...text,
    name: '$double',
    parse: ({ $double }, parser) => parser.template($double, '$double'),
    compile: (config, compile) => {
      const read = compile(config)
      return (document) => make(read(document))
    },
  })
const fail = (run: () => void | Promise<void>) =>
  defineStep({
    ...text,
    kind: 'act',
    category: 'activity',
    shape: z.strictObject({ act: z.null() }),
    bind: () => ({ compile: () => run }),
  })

function moduleOf(definitions: readonly unknown[], path = 'config/extensions/own.ts'): ExtensionModule {
  const file = { path, text: "a\n  name: 'shout',\n  kind: 'act'" }
  return { file, definitions: definitions as Definition[], fault: undefined, state: 'loaded' }
}

const home = (route: string): ProjectFiles => ({ ...world, 'routes/home': `match: GET /home\n${route}` })

function build(files: ProjectFiles, modules: readonly ExtensionModule[], memory?: BuildMemory) {
  return buildSnapshot({ ...projectTexts(files), extensions: modules }, memory)
}

function faults(files: ProjectFiles, ...modules: ExtensionModule[]): string[] {
  const { diagnostics, snapshot } = build(files, modules)
  if (diagnostics.some(({ severity }) => severity === 'error')) expect(snapshot).toBeUndefined()
  return diagnostics.filter(({ severity }) => severity === 'error').map(describeDiagnostic)
}

async function run(route: string, ...definitions: Definition[]) {
  const { snapshot, diagnostics } = build(home(route), [moduleOf(definitions)])
  if (!snapshot) throw new Error(diagnostics.map(describeDiagnostic).join('\n'))
  return runSnapshot(snapshot)
}

const plain = 'response: { body: 1 }'

describe('what an extension defines', () => {
  test('is used as what is built in', async () => {
    const route = 'response: { body: { loud: "${ shout(request.method) }", twice: { $double: 4 } } }'
    const { body } = await run(
      route,
      shout(),
      double((value) => Number(value) * 2),
    )
    expect(body).toEqual({ loud: 'GET', twice: 8 })
  })

  test('is of one gateway and of no other', () => {
    const files = home('response: { body: "${ shout(request.method) }" }')
    expect(faults(files, moduleOf([shout()]))).toEqual([])
    expect(faults(files)).toEqual([expect.stringMatching(/^invalid-expression .* there is no function `shout`/)])
  })

  test('tells the checks what it reads, whatever it says of it', () => {
    const files = home('response: { body: { $double: $.price.list } }')
    expect(faults(files, moduleOf([double((value) => value)]))).toEqual([
      expect.stringMatching(/^color-never-produced routes\/home.yaml:2:30/),
    ])
  })

  test('may write colors by templates', async () => {
    const put = defineStep({
      ...text,
      kind: 'put',
      category: 'activity',
      shape: z.strictObject({ put: template }),
      bind(step, binder) {
        const at = within(step.position, 'put')
        const { reads, evaluate } = bindTemplate(step.config.put, at, binder)
        const writes = [{ color: 'geo.city', at: at.source.locate(at.path) }]
        return {
          reads,
          writes,
          compile: () => (context) => {
            context.document['geo'] = { city: evaluate(context.document) }
          },
        }
      },
    })
    expect((await run('do: [ { put: "${ request.method }" } ]\nresponse: { body: $.geo.city }', put)).body).toBe('GET')
  })

  test('makes the version of a snapshot, and the world that a build remembers', () => {
    const memory = new BuildMemory()
    const files = home(plain)
    const one = moduleOf([shout()])
    const versionOf = (...modules: ExtensionModule[]) => build(files, modules, memory).snapshot!.version
    const first = versionOf(one)
    const remembered = memory.world
    expect(versionOf({ ...one })).toBe(first)
    expect(memory.world).toBe(remembered)
    expect(versionOf({ ...one, file: { ...one.file!, text: 'another' } })).not.toBe(first)
    expect(memory.world).not.toBe(remembered)
    expect(versionOf()).toBe(build(files, []).snapshot!.version)
  })
})

describe('at load it is an error, at its place, that', () => {
  test.each<[string, readonly unknown[], RegExp]>([
    [
      'a name is built in',
      [defineFunction({ ...shout(), name: 'size' })],
      /^duplicate-name .*1:1 .* the gateway itself/,
    ],
    ['a macro is named so', [defineFunction({ ...shout(), name: 'exists' })], /^duplicate-name/],
    ['a key of an operator is named so', [{ ...double(String), name: '$map' }], /^duplicate-name/],
    [
      'a key is the name of an operator',
      [{ ...double(String), keys: ['$each'] }],
      /^duplicate-name .*cannot be told from `\$each`/,
    ],
    [
      'two define the same',
      [shout(), shout()],
      /own.ts:2:9 .*`shout` takes a name that the function `shout` of config/,
    ],
    ['a definition lacks a part', [{ ...shout(), call: undefined }], /own.ts:2:9 .*no right `call`: it is a function/],
    ['a definition has no name', [{ [definitionOf]: 'step' }], /no right `kind`/],
    ['a kind is of another version', [{ [definitionOf]: 'wizard' }], /`wizard`, which this gateway does not know/],
    ['a step kind has no member of its name', [{ ...fail(() => {}), kind: 'other' }], /no right `shape`/],
  ])('%s', (_, definitions, wanted) => {
    const found = faults(home(plain), moduleOf(definitions))
    expect(found[0]).toMatch(wanted)
  })

  test('a module cannot be loaded, and what it would add is told of nowhere else', () => {
    const files = {
      ...home('do: [ { wobble: 1 } ]\nresponse: { body: [ { $wob: 1 }, "${ wib() }" ] }'),
      'services/reco': 'service: reco\ndiscover: { nomad: x }\nbalance: wisely\n',
    }
    const module = { ...moduleOf([]), fault: { message: 'boom', help: 'mend it', line: 3, column: 7 } }
    expect(faults(files, module)).toEqual([
      'invalid-extension config/extensions/own.ts:3:7 the module cannot be used: boom (mend it)',
    ])
  })

  test('a module has changed since it ran', () => {
    expect(faults(home(plain), { ...moduleOf([shout()]), state: 'outdated' })).toEqual([
      expect.stringMatching(/^invalid-extension config\/extensions\/own.ts:1:1 .*restart/),
    ])
  })

  test.each<[string, object]>([
    ['throws while it is bound', { bind: boom }],
    ['tells nonsense of what it reads', { bind: () => ({ reads: [1], compile: boom }) }],
    ['throws while it is compiled', { bind: () => ({ compile: boom }) }],
    ['compiles to nothing', { bind: () => ({ compile: () => 1 }) }],
    ['throws while it looks for blocks', { blocks: boom }],
  ])('a step %s', (_, part) => {
    const found = faults(home(`do: [ { act: } ]\n${plain}`), moduleOf([{ ...fail(() => {}), ...part }]))
    expect(found).toEqual([
      expect.stringMatching(/^invalid-extension routes\/home.yaml:\d+:\d+ the step kind `act` of/),
    ])
  })

  test.each<[string, object]>([
    ['throws while it is parsed', { parse: boom }],
    ['throws while it is compiled', { compile: boom }],
    ['compiles to nothing', { compile: () => 1 }],
  ])('an operator %s', (_, part) => {
    const files = home('response: { body: { $double: 1 } }')
    const found = faults(files, moduleOf([{ ...double(String), ...part }]))
    expect(found).toEqual([
      expect.stringMatching(/^invalid-extension routes\/home.yaml:2:\d+ the operator `\$double` of/),
    ])
  })
})

describe('a fault at run time is `extension-failed`, which names the extension,', () => {
  const reason = async (route: string, ...definitions: Definition[]) => {
    const { outcome } = await run(route, ...definitions)
    return outcome.kind === 'failure' ? [outcome.error.code, outcome.error.reason] : outcome
  }
  test.each<[string, Definition, string, string]>([
    [
      'of a function',
      shout(() => boom()),
      'response: { body: "${ shout(request.method) }" }',
      'function `shout` of config/extensions/own.ts failed: boom',
    ],
    [
      'of a function that gives another type',
      shout(() => 1),
      'response: { body: "${ shout(request.method) }" }',
      'function `shout` of config/extensions/own.ts failed: it gave number, not string',
    ],
    [
      'of a function that gives nothing',
      shout(() => undefined),
      'response: { body: "${ shout(request.method) }" }',
      'function `shout` of config/extensions/own.ts failed: it gave undefined, not string',
    ],
    [
      'of an operator',
      double(boom),
      'response: { body: { $double: $.request.method } }',
      'operator `$double` of config/extensions/own.ts failed: boom',
    ],
    [
      'of an operator that gives a promise',
      double(async () => 1),
      'response: { body: { $double: $.request.method } }',
      'operator `$double` of config/extensions/own.ts failed: it gives a promise, for which nobody waits here',
    ],
    [
      'of a step',
      fail(() => boom()),
      `do: [ { act: } ]\n${plain}`,
      'step kind `act` of config/extensions/own.ts failed: boom',
    ],
    [
      'of a step that waited',
      fail(async () => boom()),
      `do: [ { act: } ]\n${plain}`,
      'step kind `act` of config/extensions/own.ts failed: boom',
    ],
  ])('%s', async (_, definition, route, wanted) => {
    expect(await reason(route, definition)).toEqual(['extension-failed', `the ${wanted}`])
  })

  test('but an error of its own is its own', async () => {
    const own = fail(() => {
      throw new GatewayError('closed', { status: 503 })
    })
    expect(await run(`do: [ { act: } ]\n${plain}`, own)).toMatchObject({ status: 503, body: 'closed' })
  })

  test('and can be caught', async () => {
    const route = `do: [ { act: } ]\ncatch: [ { errors: [extension-failed], do: [ { respond: { body: caught } } ] } ]\n${plain}`
    expect(
      (
        await run(
          route,
          fail(() => boom()),
        )
      ).body,
    ).toBe('caught')
  })
})

describe('what an extension takes is bounded:', () => {
  test('what a function or an operator makes is counted as work', async () => {
    const many = double(() => Array.from({ length: 5000 }, () => 1))
    const route = (max: number) => `maxWork: ${max}\nresponse: { body: { $double: $.request.method } }`
    expect((await run(route(10_000), many)).status).toBe(200)
    expect((await run(route(1_000), many)).body).toBe('too-much-work')
  })

  test('a step is not waited for when the time of the request is over', async () => {
    const endless = fail(() => new Promise<void>(() => {}))
    expect((await run(`timeout: 20ms\ndo: [ { act: } ]\n${plain}`, endless)).body).toBe('timeout')
  })
})

describe('balancers and discoveries', () => {
  const service = (urls: string): ProjectFiles => ({
    ...home('do: [ { invoke: content.banners } ]\nresponse: { body: $.banner.list }'),
    'services/content': `service: content\ndiscover: { urls: ${urls} }\nbalance: last\noperations: { banners: { get: /banners, out: { banner.list: $.banners } } }`,
  })
  const last = defineBalancer({
    name: 'last',
    summary: 'The last one',
    create: () => ({ update: () => {}, pick: () => boom() }),
  })
  const urls = defineDiscovery({
    name: 'urls',
    summary: 'What it says',
    shape: z.array(z.string()),
    describe: () => boom(),
    follow: async () => {},
  })

  test('are named by services, and their settings checked', () => {
    expect(faults(service('[http://127.0.0.1:9]'), moduleOf([last, urls]))).toEqual([])
    expect(faults(service('x'), moduleOf([last, urls]))[0]).toMatch(
      /^invalid-value services\/content.yaml:2:19 expected a list/,
    )
  })

  test('fail a choice, never who tells them of candidates', () => {
    const { snapshot } = build(service('[]'), [moduleOf([last, urls])])
    const { balance } = snapshot!.callSites[0]!.service
    const options = { random: () => 0, clock: undefined as never }
    const broken = balance.create(options)
    broken.update([{ node: { id: 'a', load: undefined as never }, weight: 1 }])
    expect(() => broken.pick(undefined, undefined)).toThrow(expect.objectContaining({ code: 'extension-failed' }))
  })
})

function boom(): never {
  throw new Error('boom')
}
