import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readConfig } from '../../../src/config/read.ts'
import type { ConfigTexts } from '../../../src/config/texts.ts'
import { buildSnapshot } from '../../../src/plan/build.ts'
import type { AggregatedRoute } from '../../../src/plan/snapshot.ts'
import { createDirectory } from '../../support/cleanup.ts'
import { describeDiagnostic, loadProject, projectTexts } from '../../support/project.ts'
import { startStubbedGateway } from '../../support/stubbed-gateway.ts'

const dictionary = `
colors:
  order.id: { type: string }
  order.total: { type: number }
  order.names: { type: array, items: { type: string } }
  order.count: { type: integer }
  filter: { type: object, properties: { state: { type: string } } }
`
const types = `
type Query { order(id: ID!, filter: Filter): Order, orders: [Order!]! }
type Mutation { drop(id: ID!): Order }
type Order { id: ID!, total: Float, count: Int!, lines: [Line!]!, state: State }
type Line { name: String! }
enum State { OPEN CLOSED }
input Filter { state: State, count: Int! }
`

function faults(operation: string, schema: string | undefined = types) {
  const texts = projectTexts({
    gateway: '{}',
    dictionary,
    'services/shop': `service: shop\nendpoints: [http://127.0.0.1:9]\nschema: ./shop.graphql\noperations:\n  order:\n${operation.replace(/^/gm, '    ')}\n`,
    'routes/home': 'match: GET /home\nresponse: { body: hello }\n',
  })
  const [service] = texts.services
  const serviceFiles =
    schema === undefined
      ? []
      : [{ path: 'shop.graphql', text: schema, by: service!.path, name: './shop.graphql', lack: undefined }]
  const { diagnostics } = buildSnapshot({ ...texts, serviceFiles })
  return diagnostics.filter(({ severity }) => severity === 'error').map(describeDiagnostic)
}

describe('a query is held against itself when it is loaded', () => {
  const query = 'graphql: |\n  query ($id: ID!) {\n    order(id: $id) { total alias: count lines { name } }\n  }\n'

  test('a slip in its text is told at its place in the file', () => {
    expect(faults('graphql: |\n  query ($id: ID!) {\n    order(id: $id { total }\n  }', undefined)).toEqual([
      'invalid-graphql services/shop.yaml:8:23 expected Name, found `{`',
    ])
  })

  test('a variable that nobody gives, that it does not have, or that may be absent is told', () => {
    expect(faults(`${query}out: { order.total: $.order.total }`, undefined)).toEqual([
      expect.stringMatching(/:7:\d+ nothing gives the variable `\$id`, which has to be there/),
    ])
    expect(faults(`${query}in: { order.id: variables.idd }`, undefined)).toEqual([
      expect.stringContaining('nothing gives the variable `$id`'),
      expect.stringContaining('the query has no variable `$idd` (did you mean `id`?)'),
    ])
    expect(faults(`${query}in: { order.id?: variables.id }`, undefined)).toEqual([
      expect.stringContaining('the variable `$id` has to be there, and may be absent here'),
    ])
  })

  test('what is taken of its answer is asked for, by the names that the answer has', () => {
    const wired = `${query}in: { order.id: variables.id }\n`
    expect(
      faults(`${wired}out: { order.count: $.order.alias, order.names: '$.order.lines[*].name' }`, undefined),
    ).toEqual([])
    expect(faults(`${wired}out: { order.count: $.order.totl }`, undefined)).toEqual([
      expect.stringContaining('the query does not ask for `totl` (did you mean `total`?)'),
    ])
  })

  test('it is one query or mutation, sent by POST, with nothing but its variables', () => {
    expect(faults('graphql: "subscription { order }"', undefined)).toEqual([
      expect.stringContaining('a subscription does not end'),
    ])
    expect(faults('graphql: "query a { x } query b { y }"', undefined)).toEqual([
      expect.stringContaining('two operations'),
    ])
    expect(faults('graphql: "fragment a on Order { id }"', undefined)).toEqual([
      expect.stringContaining('no operation in it'),
    ])
    expect(faults('graphql: "{ orders { id } }"\nget: /graphql', undefined)).toEqual([
      expect.stringContaining('exactly one of'),
    ])
    expect(faults('graphql: "{ orders { id } }"\nbody: { a: 1 }', undefined)).toEqual([
      expect.stringContaining('no `body`'),
    ])
    expect(faults('get: /x\npartial: true', undefined)).toEqual([expect.stringContaining('are of `graphql` alone')])
    expect(faults('graphql: "{ orders { id } }"\nin: { order.id: $.query }', undefined)).toEqual([
      expect.stringContaining('invalid-locator'),
    ])
  })
})

describe('a query is held against the types of its service', () => {
  test('fields and arguments, with what was meant', () => {
    expect(faults('graphql: "{ orders { totl } }"')).toEqual([
      'invalid-graphql services/shop.yaml:6:26 cannot query field `totl` on type `Order` (did you mean `total`?)',
    ])
    expect(faults('graphql: "{ order { total } }"')).toEqual([
      expect.stringContaining('argument `Query.order(id:)` of type `ID!` is required'),
    ])
  })

  test('what variables are given, and what is taken', () => {
    const query =
      'graphql: "query ($id: ID!, $filter: Filter) { order(id: $id, filter: $filter) { total count lines { name } state } }"\n'
    expect(
      faults(
        `${query}in: { order.id: variables.id, filter?: variables.filter }\nout: { order.total: $.order.total, order.names: '$.order.lines[*].name' }`,
      ),
    ).toEqual([])
    expect(faults(`${query}in: { order.names: variables.id }`)).toEqual([expect.stringContaining('type-mismatch')])
    expect(faults(`${query}in: { order.id: variables.id, order.names: variables.filter.count }`)).toEqual([
      expect.stringContaining('`$filter.count` is'),
    ])
    expect(faults(`${query}in: { order.id: variables.id }\nout: { order.total: $.order.state }`)).toEqual([
      expect.stringContaining('`order.total` is'),
    ])
    expect(faults(`${query}in: { order.id: variables.id }\nout: { order.total: $.order.lines.name }`)).toEqual([
      expect.stringContaining('does not ask for `name`'),
    ])
  })

  test('which one operation may name for itself, of another path of its service', () => {
    const twice = (operation: string) => {
      const texts = projectTexts({
        dictionary,
        'services/shop': `service: shop
endpoints: [http://127.0.0.1:9]
schema: ./shop.graphql
operations:
  order: { graphql: '{ orders { id } }' }
  audit: ${operation}
`,
      })
      const [service] = texts.services
      const file = (name: string, text: string) => ({ path: name, text, by: service!.path, name, lack: undefined })
      const serviceFiles = [
        file('./shop.graphql', types),
        file('./audit.graphql', 'type Query { entries: [String!]! }'),
      ]
      return buildSnapshot({ ...texts, serviceFiles }).diagnostics.flatMap(({ severity, message }) =>
        severity === 'error' ? message : [],
      )
    }
    expect(twice("{ graphql: '{ entries }', post: /audit, schema: ./audit.graphql }")).toEqual([])
    expect(twice("{ graphql: '{ entries }', post: /audit }")).toEqual(['cannot query field `entries` on type `Query`'])
    expect(twice('{ get: /audit, schema: ./audit.graphql }')).toEqual([expect.stringContaining('of `graphql` alone')])
  })

  test('types that are wrong themselves are told where they are named', () => {
    expect(faults('graphql: "{ orders { id } }"', 'type Query { orders: [Ordr] }')).toEqual([
      expect.stringMatching(/services\/shop.yaml:3:9 shop.graphql:1:23: Unknown type: "Ordr"|shop.graphql/),
    ])
  })
})

const service = (keys = '') => `
service: shop
endpoints: [BACKEND]
operations:
  order:
    graphql: 'query ($id: ID!, $filter: F) { order(id: $id, filter: $filter) { total } }'
    in: { order.id: variables.id, filter?: variables.filter }
    out: { order.total: $.order.total }
    ${keys}
  drop:
    graphql: 'mutation ($id: ID!) { drop(id: $id) { total } }'
    in: { order.id: variables.id }
    out: { order.total: $.drop.total }
`
const files = (keys = '', steps = '[ { invoke: shop.order } ]') => ({
  dictionary,
  'services/shop': service(keys),
  'routes/order': `match: GET /order\nin: { order.id: query.id, filter?: query.filter }\ndo: ${steps}\nresponse: { body: { total: $.order.total } }\n`,
  'routes/drop':
    'match: POST /drop\nin: { order.id: query.id }\ndo: [ { invoke: shop.drop } ]\nresponse: { body: { total: $.order.total } }\n',
})

const ownType = { 'content-type': 'application/graphql-response+json; charset=utf-8' }

test('a query is told of in traces by its type and its name, which are of the file', () => {
  const named = (query: string) => {
    const { routes } = loadProject({
      ...files(),
      'services/shop': service().replace('query ($id', `query ${query}($id`).replace('BACKEND', 'http://127.0.0.1:9'),
    })
    return (routes as AggregatedRoute[]).map(({ callSites }) => callSites[0]!.dialect!.attributes)
  }
  const order = { 'graphql.operation.type': 'query' }
  const drop = { 'graphql.operation.type': 'mutation' }
  expect(named('')).toEqual(expect.arrayContaining([order, drop]))
  expect(named('Order')).toEqual(expect.arrayContaining([{ ...order, 'graphql.operation.name': 'Order' }, drop]))
})

describe('a query that is asked', () => {
  test('is a POST with its text and its variables as JSON, and never a part of the text', async () => {
    const { ask, seen } = await startStubbedGateway(files(), {
      'POST /graphql': { body: { data: { order: { total: 2.5 } } }, headers: ownType },
    })
    const answer = await ask(`/order?id=${encodeURIComponent('") { evil } #')}`)
    expect([answer.status, answer.json]).toEqual([200, { total: 2.5 }])
    expect(seen[0]).toMatchObject({
      headers: { accept: 'application/graphql-response+json, application/json', 'content-type': 'application/json' },
      body: {
        query: 'query ($id: ID!, $filter: F) { order(id: $id, filter: $filter) { total } }',
        variables: { id: '") { evil } #' },
      },
    })
  })

  test.each([
    ['errors beside data', 200, {}, { data: { order: null }, errors: [{ message: 'x' }] }, 502, 'graphql-error'],
    ['errors alone', 200, {}, { errors: [{ message: 'x' }] }, 502, 'graphql-error'],
    ['a 400 of its own type', 400, ownType, { errors: [{ message: 'x' }] }, 502, 'graphql-error'],
    ['a 400 of something in front of it', 400, {}, { errors: [{ message: 'x' }] }, 502, 'http-400'],
    ['a 503 of its own type', 503, ownType, { errors: [{ message: 'x' }] }, 502, 'http-503'],
    ['no data', 200, {}, { data: null }, 502, 'invalid-response'],
    ['something else', 200, {}, { total: 1 }, 502, 'invalid-response'],
    ['a list', 200, {}, [1], 502, 'invalid-response'],
    ['data and no errors', 200, {}, { data: { order: { total: 1 } }, errors: [] }, 200, undefined],
  ])('%s', async (_, status, headers, body, expected, code) => {
    const { ask } = await startStubbedGateway(files(), { 'POST /graphql': { status, headers, body } })
    const answer = await ask('/order?id=1')
    expect([answer.status, answer.json.code]).toEqual([expected, code])
    expect(answer.text).not.toContain('"x"')
  })

  test('part of an answer is good enough where the file says so, and is kept by nobody', async () => {
    let asked = 0
    const { ask } = await startStubbedGateway(files('partial: true\n    cache: { ttl: 1m }'), {
      'POST /graphql': (_request, before) => {
        asked = before + 1
        return { body: { data: { order: { total: before } }, ...(before < 2 && { errors: [{ message: 'x' }] }) } }
      },
    })
    expect((await ask('/order?id=1')).json).toEqual({ total: 0 })
    expect((await ask('/order?id=1')).json).toEqual({ total: 1 })
    expect((await ask('/order?id=1')).json).toEqual({ total: 2 })
    expect((await ask('/order?id=1')).json).toEqual({ total: 2 })
    expect((await ask('/order?id=2')).json).toEqual({ total: 3 })
    expect(asked).toBe(4)
  })

  test('is retried as a GET is, and a mutation is not', async () => {
    const fails = { 'POST /graphql': { status: 503, body: {} } }
    const query = await startStubbedGateway(files('retry: { attempts: 3, delay: 1ms, on: [http-503] }'), fails)
    await query.ask('/order?id=1')
    expect(query.seen).toHaveLength(3)
    const dropping = {
      ...files(),
      'services/shop': service().replace(
        'operations:',
        'retry: { attempts: 3, delay: 1ms, on: [http-503] }\noperations:',
      ),
    }
    const mutation = await startStubbedGateway(dropping, fails)
    await mutation.ask('/drop?id=1', { method: 'POST' })
    expect(mutation.seen).toHaveLength(1)
  })

  test('what it failed with can be looked at by a catch', async () => {
    const steps =
      '[ { try: [ { invoke: shop.order } ], catch: [ { errors: [graphql-error], do: [ { respond: { body: { why: "${ error.body.errors[0].message }" } } } ] } ] } ]'
    const { ask } = await startStubbedGateway(files('', steps), {
      'POST /graphql': { body: { errors: [{ message: 'sold out' }] } },
    })
    expect((await ask('/order?id=1')).json).toEqual({ why: 'sold out' })
  })
})

test('types are a file that the service names, and part of what is loaded', async () => {
  const directory = createDirectory()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  write('config/gateway.yaml', 'routes: ../routes')
  write('config/dictionary.yaml', dictionary)
  write('routes/home.yaml', 'match: GET /home\nresponse: { body: hello }\n')
  const typed = service()
    .replace('operations:', 'schema: ../types/shop.graphql\noperations:')
    .replace('  drop:\n', '  drop:\n    schema: ../types/drop.graphql\n')
  write('config/services/shop.yaml', typed.replace('BACKEND', 'http://127.0.0.1:9'))
  const load = async (before?: ConfigTexts) => {
    const { texts, locations } = await readConfig({ config: 'config/gateway.yaml', base: directory, env: {} }, before)
    const errors = buildSnapshot(texts).diagnostics.filter(({ severity }) => severity === 'error')
    return { texts, locations, errors: errors.map(({ code, message }) => `${code}: ${message}`) }
  }
  expect((await load()).errors).toEqual([
    expect.stringContaining('config/types/shop.graphql'),
    expect.stringContaining('config/types/drop.graphql'),
  ])
  write(
    'config/types/drop.graphql',
    'type Query { one: ID } type Mutation { drop(id: ID!): O } type O { total: Float }',
  )
  write(
    'config/types/shop.graphql',
    'type Query { order(id: ID!, filter: F): O } type O { total: Float } input F { state: String }',
  )
  const first = await load()
  expect(first.errors).toEqual([])
  expect(first.locations.named).toEqual(['shop', 'drop'].map((name) => join(directory, `config/types/${name}.graphql`)))
  write('config/types/shop.graphql', 'type Query { order(id: ID!): O } type O { sum: Float }')
  expect((await load(first.texts)).errors).not.toEqual([])
})

test('an answer that nothing but the response reads stays bytes, and is judged all the same', async () => {
  const answers: unknown[] = [
    { data: { order: { total: 1 } } },
    { errors: [{ message: 'x' }], data: { order: { total: 2 } } },
    { data: null, errors: null },
    { data: { order: null } },
  ]
  const { ask } = await startStubbedGateway(
    {
      ...files(),
      'routes/order':
        'match: GET /order\nin: { order.id: query.id }\ndo: [ { invoke: shop.order, optional: true } ]\nresponse: { body: { total: $.order.total } }\n',
    },
    { 'POST /graphql': (_request, before) => ({ body: answers[before] }) },
  )
  const found: unknown[] = []
  for (const _ of answers) {
    const { json, headers } = await ask('/order?id=1')
    found.push([json, headers['tessera-degraded']])
  }
  expect(found).toEqual([
    [{ total: 1 }, undefined],
    [{}, 'order;source=skipped;error=graphql-error'],
    [{}, 'order;source=skipped;error=invalid-response'],
    [{}, 'order;source=skipped;error=invalid-response'],
  ])
})
