import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Draft, emptyProject, ImportRefused } from '../../src/interchange/draft.ts'
import { importOpenApi } from '../../src/interchange/openapi/import.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { parseData } from '../../src/yaml/parse-data.ts'
import { faultsOf, serve, textsOf } from '../support/served-draft.ts'
import { startStub } from '../support/stub.ts'

const read = (name: string) => parseData(readFileSync(new URL(`./documents/${name}.yaml`, import.meta.url), 'utf8'))
const petstore = () => importOpenApi(read('petstore'), emptyProject)

/** A document of one operation, and what becomes of it. */
function convert(operation: object, path = '/pets/{id}', method = 'get', rest: object = {}): Draft {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Pets' },
    servers: [{ url: 'http://pets' }],
    paths: { [path]: { [method]: operation } },
    ...rest,
  }
  const draft = importOpenApi(document, emptyProject)
  expect(faultsOf(draft)).toEqual([])
  return draft
}

/** The lines of its only operation. */
function linesOf(draft: Draft): string[] {
  const [, operation = ''] = draft.services[0]!.text.split(/^ {2}\w[\w-]*:$/m)
  return operation.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}

const json = (schema: unknown) => ({ content: { 'application/json': { schema } } })

describe('a petstore', () => {
  test('becomes a service whose operations are named, placed and colored', () => {
    expect(petstore().services[0]).toEqual({
      name: 'swagger-petstore',
      text: expect.stringContaining(`service: swagger-petstore
summary: Swagger Petstore - OpenAPI 3.0
endpoints:
  - https://petstore.example.com/v3

operations:
  listPets:
    summary: List all pets
    get: /pets
    in:
      pet.limit?: query.limit
      pet.tags?: query.tags[,]
      header.xRequestID?: header.X-Request-ID
    out: { pets.list: $ }
  createPet:
    post: /pets
    in: { newPet.name: $.name, newPet.tag?: $.tag, newPet.parent?: $.parent }
    out:
      pet.name: $.name
      pet.tag: $.tag
      pet.parent: $.parent
      pet.id: $.id
      pet.status: $.status
    errors: { 400: invalid-id-supplied, 409: conflict }
  showPetById:
    get: /pets/{pet.id}
`),
    })
  })

  test('proposes each color once, with its type and what is known of it', () => {
    const { colors } = petstore()
    expect(colors['pet.id']).toEqual({ type: 'integer', format: 'int64' })
    expect(colors['pet.limit']).toEqual({ type: 'integer', maximum: 100, description: 'How many' })
    expect(colors['newPet.name']).toEqual({ type: 'string', examples: ['Rex'], description: 'What it is' })
    expect(colors['pet.tag']).toEqual({ type: ['string', 'null'] })
    expect(colors['pet.parent']).toMatchObject({ required: ['name', 'id'], properties: { parent: {} } })
  })

  test('loads, and says on top of the file what is not as it was', () => {
    const draft = petstore()
    expect(faultsOf(draft)).toEqual([])
    expect(draft.notes.map(({ at }) => at)).toEqual([
      '$.components.securitySchemes.key',
      '$.components.securitySchemes.oauth',
      '$.servers',
    ])
    for (const { at, message } of draft.notes) expect(draft.services[0]!.text).toContain(`#   ${at}: ${message}\n`)
  })

  test('wires itself in a route: what a client sends reaches the backend where the document says', async () => {
    const pet = { id: 7, name: 'Rex', status: 'here' }
    const stub = await startStub(({ method }) => (method === 'POST' ? { status: 201, body: pet } : { body: [pet] }))
    const draft = importOpenApi(
      { ...(read('petstore') as object), servers: [{ url: `${stub.url}/base` }] },
      emptyProject,
      { service: 'pets' },
    )
    const route = (name: string, text: string) => ({ name, text })
    const routes = [
      route(
        'list',
        'match: GET /list\nin: { pet.limit?: query.n, pet.tags?: query.tag }\ndo: [ { invoke: pets.listPets } ]\nresponse: { body: $.pets.list }',
      ),
      route(
        'add',
        'match: POST /add\nin: { newPet.name: $.name }\ndo: [ { invoke: pets.createPet } ]\nresponse: { body: { id: $.pet.id } }',
      ),
    ]
    const ask = await serve({ ...draft, routes })
    expect((await ask('/list?n=5&tag=a&tag=b%20c')).body).toEqual([pet])
    expect((await ask('/list?n=500')).status).toBe(400)
    expect(
      (await ask('/add', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"Rex"}' }))
        .body,
    ).toEqual({ id: 7 })
    expect(stub.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', '/base/pets?limit=5&tags=a,b%20c', ''],
      ['POST', '/base/pets', '{"name":"Rex"}'],
    ])
  })
})

describe('a nasty document', () => {
  test('loads: what cannot be said is left out, and said to be', () => {
    const draft = importOpenApi(read('nasty'), emptyProject, { service: 'nasty' })
    expect(faultsOf(draft)).toEqual([])
    const { text } = draft.services[0]!
    expect(text.match(/^ {2}\S+:$/gm)).toEqual([
      '  getFilesByNameExtByDirNameByNByProtoAB:',
      '  cr-er-le-fichier:',
      '  list:',
      '  list2:',
      '  getItemsByIdByIDByItemId:',
    ])
    expect(text).toContain('get: /files/{api.name}.{api.ext}/{file.dirName}/{file.n}/{file.proto__}/a%20b')
    expect(text).toContain('errors: { 401: file-timeout, 418: im-a-teapot, 500: internal-server-error }')
    expect(text).toContain('ok: [200-299, 304]')
    expect(draft.notes).toHaveLength(18)
    expect(draft.colors['tree.password']).toMatchObject({ sensitivity: 'secret' })
    expect(draft.colors['tree.value']).toEqual({ type: 'string' })
    expect(JSON.stringify(draft.colors).length).toBeLessThan(12_000)
  })

  test('keeps what is written in it from being filled in: an environment, a template', () => {
    const draft = importOpenApi(read('nasty'), emptyProject)
    const { snapshot } = buildSnapshot(textsOf(draft))
    expect(snapshot!.colors.get('tree.mail')!.description).toBe('costs $5, or $${env.HOME}')
  })
})

describe('parameters', () => {
  test.each([
    ['repeat in a query', { schema: { type: 'array', items: {} } }, 'query.x'],
    ['are joined by commas', { schema: { type: 'array', items: {} }, explode: false }, "'query.x[,]'"],
    ['are joined by pipes', { schema: { type: 'array', items: {} }, style: 'pipeDelimited' }, "'query.x[|]'"],
    ['stand alone', { schema: { type: 'integer' }, explode: false }, 'query.x'],
  ])('%s', (_, keys, locator) => {
    expect(linesOf(convert({ parameters: [{ name: 'x', in: 'query', ...keys }] }))).toContain(
      `in: { pet.x?: ${locator} }`,
    )
  })

  test('of the operation stand before those of its path; required ones have no `?`', () => {
    const item = {
      parameters: [
        { name: 'a', in: 'query' },
        { name: 'b', in: 'query', required: true },
      ],
      get: { parameters: [{ name: 'a', in: 'query', required: true, schema: { type: 'integer' } }] },
    }
    const draft = importOpenApi({ openapi: '3.0.0', paths: { '/pets': item } }, emptyProject)
    expect(linesOf(draft)).toContain('in: { pet.a: query.a, pet.b: query.b }')
    expect(draft.colors).toMatchObject({ 'pet.a': { type: 'integer' }, 'pet.b': { type: 'string' } })
  })

  test('that the path alone names are text', () => {
    const draft = convert({}, '/owners/{owner-id}/pets/{id}/{id}.png')
    expect(linesOf(draft)).toEqual(['get: /owners/{owner.id}/pets/{pet.id}/{pet.id}.png'])
    expect(draft.colors).toEqual({ 'owner.id': { type: 'string' }, 'pet.id': { type: 'string' } })
  })

  test('of the same name and another type, or twice in one operation, get colors of their own', () => {
    const parameters = [
      { name: 'id', in: 'path', required: true, schema: { type: 'integer', description: 'one' } },
      { name: 'petId', in: 'query', schema: { type: 'integer' } },
      { name: 'pet_id', in: 'query', schema: { type: 'string' } },
    ]
    const draft = convert({ parameters })
    expect(linesOf(draft)).toEqual(['get: /pets/{pet.id}', 'in: { pet.id2?: query.petId, pet.id3?: query.pet_id }'])
  })
})

describe('a body', () => {
  const post = (schema: unknown, keys: object = {}) =>
    convert({ requestBody: { required: true, ...json(schema), ...keys } }, '/pets', 'post')

  test('is built of the members of its object, those that are only read left out', () => {
    const schema = {
      type: 'object',
      required: ['a', 'id'],
      properties: { id: { type: 'integer', readOnly: true }, a: {}, 'b c': {} },
    }
    expect(linesOf(post(schema))).toContain(`in: { pet.a: $.a, pet.bC?: "$['b c']" }`)
  })

  test('that may be left out has members that may be', () => {
    expect(linesOf(post({ type: 'object', required: ['a'], properties: { a: {} } }, { required: false }))).toContain(
      'in: { pet.a?: $.a }',
    )
  })

  test.each([
    ['a list', { type: 'array' }, 'list'],
    ['text', { type: 'string' }, 'body'],
    ['anything', {}, 'body'],
    ['a choice', { oneOf: [{ type: 'string' }, { type: 'object' }] }, 'body'],
  ])('that is %s is one color', (_, schema, leaf) => {
    expect(linesOf(post(schema))).toContain(`in: { pet.${leaf}: $ }`)
  })

  test('that is no JSON cannot be sent: the operation is left out if it needs one', () => {
    const form = { content: { 'application/x-www-form-urlencoded': { schema: {} } } }
    const draft = convert({ requestBody: { required: true, ...form } }, '/pets', 'post')
    expect(draft.services[0]!.text).not.toContain('operations:')
    expect(draft.notes[0]!.message).toBe(
      'not imported: its body is application/x-www-form-urlencoded, and only JSON is sent',
    )
    expect(linesOf(convert({ requestBody: form }, '/pets', 'post'))).toEqual(['post: /pets'])
  })
})

describe('an answer', () => {
  const answer = (responses: object) => linesOf(convert({ responses }, '/pets')).slice(1)

  test('gives the members of its object, those that are only written left out', () => {
    const schema = { properties: { id: {}, key: { writeOnly: true }, Total: {} } }
    expect(answer({ 200: json(schema) })).toEqual(['out: { pet.id: $.id, pet.total: $.Total }'])
  })

  test('is that of the first success, else of the default', () => {
    const of = (name: string) => json({ properties: { [name]: {} } })
    expect(answer({ default: of('d'), 201: of('b'), 200: of('a') })).toEqual(['out: { pet.a: $.a }'])
    expect(answer({ '2XX': of('x'), default: of('d') })).toEqual(['out: { pet.x: $.x }'])
    expect(answer({ 404: of('e'), default: of('d') })).toEqual(['out: { pet.d: $.d }', 'errors: { 404: not-found }'])
  })

  test('has its errors named: by what the document calls them if that is short, else by their status', () => {
    const responses = {
      400: { description: 'Bad!' },
      402: {},
      404: { description: 'Pet not found.' },
      409: { description: 'timeout' },
      422: { description: 'x'.repeat(80) },
      503: { description: '42 down' },
      599: {},
    }
    expect(answer(responses)).toEqual([
      'errors:',
      '400: bad',
      '402: payment-required',
      '404: pet-not-found',
      '409: pet-timeout',
      '422: unprocessable-entity',
      '503: service-unavailable',
      '599: status-599',
    ])
  })
})

describe('servers', () => {
  const endpointOf = (document: object, url?: string) =>
    /- (.*)/.exec(
      importOpenApi({ openapi: '3.0.1', paths: {}, ...document }, emptyProject, { url }).services[0]!.text,
    )?.[1]

  test('may be given relative to the document, with variables, and with what an endpoint may not have', () => {
    expect(endpointOf({ servers: [{ url: '/v2/' }] }, 'https://x.example/docs/openapi.json')).toBe(
      'https://x.example/v2',
    )
    expect(endpointOf({}, 'https://x.example/docs/openapi.json')).toBe('https://x.example')
    expect(endpointOf({ servers: [{ url: 'https://{a}.b/{none}', variables: { a: { default: 'z' } } }] })).toBe(
      'https://z.b',
    )
    expect(endpointOf({ servers: [{ url: 'https://u:p@a.b/c?d=e#f' }] })).toBe('https://a.b/c')
  })

  test('that are not known are stood in for, and it is said', () => {
    expect(endpointOf({ servers: [{ url: '/v2' }] })).toBe('http://localhost:8080')
    expect(importOpenApi({ openapi: '3.0.1', paths: {} }, emptyProject).notes[0]!.at).toBe('$.servers')
  })
})

test('a document that unfolds to more than a dictionary may hold loses detail, not colors, and loads', () => {
  const schemas = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => {
      const properties = Array.from({ length: 25 }, (_, at): [string, object] => [
        `p${at}`,
        at % 3 === 0
          ? { $ref: `#/components/schemas/S${(index * 7 + at) % 120}` }
          : { type: 'string', maxLength: index + 1 },
      ])
      return [`S${index}`, { type: 'object', properties: Object.fromEntries(properties) }]
    }),
  )
  const paths = Object.fromEntries(
    Object.keys(schemas).map((name) => [
      `/${name}`,
      { get: { responses: { 200: json({ $ref: `#/components/schemas/${name}` }) } } },
    ]),
  )
  const draft = importOpenApi(
    { openapi: '3.0.0', servers: [{ url: 'http://x' }], paths, components: { schemas } },
    emptyProject,
  )
  expect(draft.notes.map(({ message }) => message)).toEqual([expect.stringContaining('it is very large')])
  expect(Object.keys(draft.colors)).toHaveLength(120 * 25)
  expect(draft.colors['s7.p0']).toMatchObject({ type: 'object' })
  expect(draft.colors['s7.p1']).toEqual({ type: 'string', maxLength: 8 })
  expect(faultsOf(draft)).toEqual([])
})

describe('refuses', () => {
  test.each([[null], ['x'], [[]], [{}], [{ swagger: '2.0' }], [{ openapi: '4.0.0' }]])(
    '%j, which is no such document',
    (document) => {
      expect(() => importOpenApi(document, emptyProject)).toThrow(ImportRefused)
    },
  )

  test('a name that no service can have', () => {
    expect(() => importOpenApi({ openapi: '3.0.0', paths: {} }, emptyProject, { service: 'a b' })).toThrow(
      ImportRefused,
    )
  })
})

test('whatever names, types and places a document has, what comes of it loads', () => {
  const name = fc.oneof(
    fc.string({ maxLength: 12, unit: 'grapheme' }),
    fc.constantFrom(
      'id',
      'petId',
      'constructor',
      '__proto__',
      'true',
      'item',
      '$',
      '${env.A}',
      'a.b',
      'a?',
      "it's",
      '\n',
      '{',
      '}',
    ),
  )
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(
        {},
        true,
        false,
        null,
        { $ref: '#/components/schemas/A' },
        { $ref: '#/nowhere' },
        { type: 'string', enum: ['$x', '${env.B}'] },
        { type: ['integer', 'null'] },
        { type: 'string', pattern: '(a*)*' },
        { const: null },
        { type: 'integer', maximum: 2 ** 63, minimum: -(2 ** 63), enum: [2 ** 60, 1], example: 2 ** 62 },
        { type: 'number', multipleOf: 0 },
      ),
      fc.record({
        type: fc.constant('object'),
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 4 }),
        required: fc.array(name, { maxLength: 2 }),
      }),
      fc.record({ type: fc.constant('array'), items: tie('schema') }),
      fc.record({ allOf: fc.array(tie('schema'), { maxLength: 2 }) }),
      fc.record({ oneOf: fc.array(tie('schema'), { maxLength: 2 }), description: name }),
    ),
  }))
  const parameter = fc.record({
    name,
    in: fc.constantFrom('query', 'header', 'cookie', 'path'),
    required: fc.boolean(),
    schema,
    explode: fc.boolean(),
  })
  const operation = fc.record({
    operationId: name,
    summary: name,
    parameters: fc.array(parameter, { maxLength: 4 }),
    requestBody: fc.option(schema.map((one) => json(one))),
    responses: fc.dictionary(
      fc.constantFrom('200', '404', 'default'),
      schema.map((one) => ({ ...json(one), description: 'x' })),
    ),
  })
  const path = fc
    .array(
      fc.oneof(
        name,
        name.map((text) => `{${text}}`),
      ),
      { maxLength: 4 },
    )
    .map((segments) => `/${segments.join('/')}`)
  const document = fc.record({
    openapi: fc.constant('3.1.0'),
    info: fc.record({ title: name }),
    paths: fc.dictionary(path, fc.dictionary(fc.constantFrom('get', 'post', 'delete'), operation), { maxKeys: 3 }),
    components: fc.record({ schemas: fc.record({ A: schema }) }),
  })
  fc.assert(
    fc.property(document, (one) => {
      const draft = importOpenApi(one, emptyProject, { service: 'any' })
      expect(faultsOf(draft)).toEqual([])
    }),
    { numRuns: 120 },
  )
})
