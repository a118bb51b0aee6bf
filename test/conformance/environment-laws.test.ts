import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CallRequest } from '../../src/calls/call.ts'
import { ConfigurationError } from '../../src/server/lifecycle/load.ts'
import { diagnosticsOf } from '../support/conformance/page.ts'
import { runSnapshot } from '../support/engine.ts'
import { loadProject, projectTexts } from '../support/project.ts'

const odd = [
  '0012345',
  '1.10',
  '123456789012345678',
  'null',
  '~',
  'true',
  'p$$w0rd',
  '$.request.ip',
  'a${b',
  '${env.V}',
  "k' || true || '",
  '{{x}}',
  ': ',
  '# x',
  '- a',
  '[a]',
  '{a: b}',
  '"',
  "'",
  '$',
  '$$',
  '${ 1 + 1 }',
  '{user.id}',
  '*x',
  '&x',
  '!x',
  'a, b',
  '%',
  '|',
]
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
})
const value = fc.oneof(
  fc.constantFrom(...odd),
  visible,
  fc.tuple(visible, visible).map((two) => two.join(' ')),
)
const text = fc.oneof(
  value,
  fc.string({ minLength: 1 }),
  fc.tuple(value, value).map((two) => two.join('\n')),
)

const files = {
  dictionary: 'colors: { a.b: { type: string } }',
  'services/s':
    'service: s\nendpoints: ["http://127.0.0.1:9"]\nheaders: { x-service: "${env.H}" }\noperations:\n  op:\n    post: /x\n    headers: { x-alone: "${env.H}", x-quoted: "Bearer ${env.H}", x-mixed: "${env.H}${ request.method }${env.H}" }\n    body: { alone: "${env.V}", quoted: "${env.V}", twice: "${env.V}$$${env.V}", mixed: "${env.V}${ request.method }" }\n',
  'routes/r':
    'match: GET /\ndo: [ { invoke: s.op } ]\nresponse: { body: { v: "${env.V}", cel: "${ env.V }", list: [ "${env.V}" ] } }',
}

describe('the value of a variable', () => {
  test('is sent as it is, whatever stands in it', async () => {
    await fc.assert(
      fc.asyncProperty(value, text, async (H, V) => {
        const asked: CallRequest[] = []
        const { body } = await runSnapshot(loadProject(files, { H, V }), {
          mocks: {
            's.op': (request: CallRequest) => {
              asked.push(request)
              return {}
            },
          },
        })
        expect(body).toEqual({ v: V, cel: V, list: [V] })
        expect(asked[0]!.headers).toMatchObject({
          'x-service': H,
          'x-alone': H,
          'x-quoted': `Bearer ${H}`,
          'x-mixed': `${H}GET${H}`,
        })
        expect(JSON.parse(String(asked[0]!.body))).toEqual({
          alone: V,
          quoted: V,
          twice: `${V}$${V}`,
          mixed: `${V}GET`,
        })
      }),
      { numRuns: 100 },
    )
  })

  test('stands in no diagnostic, and in nothing that is thrown', () => {
    const faulty = {
      gateway:
        'openapi: ${env.V}\nregister: { consul: { service: [x], token: "${env.V}" } }\nstores: { limits: "${env.V}" }',
      dictionary: 'colors: { a.b: { type: integer }, a.c: { type: string, sensitivity: "${env.V}" } }',
      'services/s':
        'service: s\nendpoints: ["http://127.0.0.1:9"]\nretry: { attempts: "${env.V}" }\nheaders: { x: "${ nothing.here } ${env.V}", y: "$.a[${env.V}]" }\noperations: { op: { get: /x, out: { a.b: "${env.V}" } } }',
      'routes/r':
        'match: GET /\ndo:\n  - assign: { a.b: "${env.V}" }\n  - { when: "a.b == ${env.V}", assign: { a.b: 1 } }\n  - ${env.V}\n  - { assign: { a.b: "${ a.b + ${env.V} }" } }\nresponse: { status: "${env.V}", body: 1 }',
    }
    fc.assert(
      fc.property(visible, (end) => {
        const V = `s3cret-${end}`
        const env = { V }
        const diagnostics = diagnosticsOf(faulty, env)
        expect(diagnostics.length).toBeGreaterThan(9)
        const thrown = new ConfigurationError(diagnostics, projectTexts(faulty, env))
        const told = [
          JSON.stringify(diagnostics),
          thrown.message,
          inspect(thrown, { depth: 9 }),
          JSON.stringify(thrown),
        ]
        expect(told.join('\n')).not.toContain('s3cret-')
        expect(told.join('\n')).toContain('${env.V}')
      }),
      { numRuns: 20 },
    )
  })
})

describe('a place', () => {
  test('says what a variable is: a number, a list, a share, true or false', () => {
    const env = {
      PORT: '8081',
      URLS: 'http://127.0.0.1:9, http://127.0.0.1:8',
      URL: 'http://127.0.0.1:9',
      P: '10.0.0.0/8,loopback',
      B: 'true',
      N: '3',
      ON: 'timeout,http-503',
      MAX: '2048',
    }
    const snapshot = loadProject(
      {
        gateway:
          'listen: ${env.PORT}\ntrustedProxies: ${env.P}\nopenapi: "${env.B}"\ntelemetry: { sampling: "${env.S:-1%}" }\ndefaults: { maxRequestBody: "${env.MAX}" }',
        'services/a':
          'service: a\nendpoints: ${env.URLS}\nretry: { attempts: "${env.N}", on: "${env.ON}" }\noperations: { op: { get: /x } }',
        'services/b':
          'service: b\nendpoints: ["${env.URL}", "http://${env.HOST:-localhost}:7"]\noperations: { op: { get: /x } }',
        'routes/r': 'match: GET /\ndo: [ { invoke: a.op }, { invoke: b.op } ]\nresponse: { body: 1 }',
      },
      env,
    )
    expect(snapshot.settings).toMatchObject({
      listen: [{ port: 8081 }],
      trustedProxies: ['10.0.0.0/8', 'loopback'],
      openapi: true,
    })
    expect(snapshot.settings.defaults.maxRequestBody).toBe(2048)
    const urls = snapshot.callSites.map(({ service }) => service.endpoints.map(({ url }) => url))
    expect(urls).toEqual([
      ['http://127.0.0.1:9', 'http://127.0.0.1:8'],
      ['http://127.0.0.1:9', 'http://localhost:7'],
    ])
  })

  test.each([
    ['a condition', 'do: [ { when: "k == \'${env.V}\'", assign: { a.b: x } } ]'],
    ['an expression', 'response: { body: "${ \'${env.V}\' }" }'],
    ['a path', 'response: { body: "$.a[\'${env.V}\']" }'],
    ['a locator', 'in: { a.b: "query.${env.V}" }'],
    ['a key of a limit', 'limit: { rate: 1/s, by: "${env.V}" }'],
    ['a priority', 'priority: ${env.V}'],
  ])('of the language takes none: %s', (_, route) => {
    const diagnostics = diagnosticsOf(
      {
        dictionary: 'colors: { a.b: { type: string } }',
        'routes/r': `match: GET /\nresponse: { body: 1 }\n${route}`.replace(
          /response: \{ body: 1 \}\n(?=response)/,
          '',
        ),
      },
      { V: '$.request.path' },
    )
    expect(diagnostics.filter(({ help }) => help?.includes('`env.V`'))).toHaveLength(1)
  })
})

describe('env in CEL', () => {
  const route = (cel: string) => ({ 'routes/r': `match: GET /\nresponse: { body: "\${ ${cel} }" }` })
  test.each([
    ["env.A + '!'", 'x!'],
    ["env['A']", 'x'],
    ["has(env.NO) ? env.NO : 'none'", 'none'],
    ["env.?NO.orValue('none')", 'none'],
    ["has(env.A) && env.A == 'x'", true],
    ["env.E == ''", true],
    ["['q'].map(env, env)", ['q']],
  ])('%s', async (cel, body) => {
    expect((await runSnapshot(loadProject(route(cel), { A: 'x', E: '' }))).body).toEqual(body)
  })

  test('names a variable that is set', () => {
    const told = diagnosticsOf(route('env.NO'), { A: 'x' })
    expect(told).toMatchObject([{ code: 'missing-env', message: 'the environment variable NO is not set' }])
    expect(diagnosticsOf(route('env.constructor'), {})).toMatchObject([{ code: 'missing-env' }])
    expect(diagnosticsOf(route('env'), {})).toMatchObject([{ code: 'invalid-expression' }])
  })

  test('is a reserved name, for which the dictionary offers another', () => {
    const [told] = diagnosticsOf({ dictionary: 'colors: { env.region: { type: string } }' }, {})
    expect(told).toMatchObject({ code: 'invalid-color-name' })
    expect(told!.help).toContain('`env_region`')
    for (const word of ['claims', 'auth', 'callback', 'true', 'null', 'in', 'return']) {
      const [other] = diagnosticsOf({ dictionary: `colors: { ${word}.region: { type: string } }` }, {})
      expect(other).toMatchObject({
        code: 'invalid-color-name',
        help: `\`${word}\` is reserved; call it \`${word}_region\``,
      })
    }
  })
})

describe('a constant that cannot be sent', () => {
  const files = (header: string) => ({
    'services/s': `service: s\nendpoints: [http://127.0.0.1:9]\nheaders: { x-key: ${header} }\noperations: { op: { get: /x } }`,
    'routes/r': `match: GET /\ndo: [ { invoke: s.op } ]\nresponse: { headers: { x-key: ${header} }, body: 1 }`,
  })
  test.each(['s3cret\n', 's3cret\r\n', '\0s3cret', 's3\x1bcret'])(
    'is an error at load that names the variable: %j',
    (KEY) => {
      const found = diagnosticsOf(files('"Bearer ${env.KEY}"'), { KEY })
      expect(found.map(({ code, at }) => `${code} ${at.file}`)).toEqual(
        expect.arrayContaining(['invalid-value routes/r.yaml', 'invalid-value services/s.yaml']),
      )
      expect(JSON.stringify(found)).toContain('${env.KEY}')
      expect(JSON.stringify(found)).not.toMatch(/s3/)
    },
  )

  test('is one of the file as well', () => {
    const found = diagnosticsOf(files('"a\\nb"'))
    expect(found.filter(({ message }) => message.includes('control character'))).toHaveLength(2)
  })

  test('is a token of a registry', () => {
    const service =
      'service: s\ndiscover: { consul: { service: s, token: "${env.KEY}" } }\noperations: { op: { get: /x } }'
    const told = JSON.stringify(diagnosticsOf({ 'services/s': service }, { KEY: 's3cret\n' }))
    expect(told).toContain('a token is sent in a header')
    expect(told).not.toContain('s3cret')
  })
})
