import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createFront } from '../../src/cli/test-front.ts'
import type { ConfigurationError } from '../../src/server/gateway.ts'
import { runSuites } from '../../src/testing/run.ts'
import { createDirectory } from '../support/cleanup.ts'
import { type Files, startGateway } from '../support/gateway.ts'
import { grpc, type Handle, startGrpc } from '../support/grpc.ts'
import { startHttp2 } from '../support/http2-backend.ts'
import { read } from '../support/route-tests.ts'

const proto = `
syntax = "proto3";
package stock.v1;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum State { UNKNOWN = 0; IN_STOCK = 1; SOLD_OUT = 2; }
message Item { string sku = 1; int64 count = 2; }
message ReserveRequest {
  repeated Item items = 1;
  State wanted_state = 2;
  bytes token = 3;
  map<string, int32> places = 4;
  google.protobuf.Timestamp until = 5;
  optional bool is_gift = 6;
  oneof who { string user_id = 7; uint64 account = 8; }
  google.protobuf.StringValue note = 9;
  double weight = 10;
}
message ReserveReply {
  uint64 reservation_id = 1;
  State state = 2;
  repeated Item items = 3;
  bytes token = 4;
  google.protobuf.Timestamp until = 5;
  int32 left = 6;
  optional int32 rest = 7;
  map<string, int32> places = 8;
}
message Nothing {}
service Stock {
  rpc Reserve (ReserveRequest) returns (ReserveReply);
  rpc Look (ReserveRequest) returns (ReserveReply) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Watch (Nothing) returns (stream ReserveReply);
}
`
const service = 'stock.v1.Stock'

const dictionary = `colors:
  body.all: { type: object }
  line.list: { type: array }
  line.sku: { type: string }
  order.state: { type: string }
  order.id: { type: integer }
  order.left: { type: integer }
  answer.all: { type: object }
  answer.header: { type: string }
`

const operations = `
operations:
  reserve: { grpc: stock.v1.Stock/Reserve, in: { line.list: $.items, order.state?: $.wantedState }, out: { order.id: $.reservationId, order.left: $.left } }
  all: { grpc: stock.v1.Stock/Reserve, body: $.body.all, out: { answer.all: $ , answer.header: header.x-answer } }
  look: { grpc: stock.v1.Stock/Look, in: { line.list: $.items }, out: { order.id: $.reservationId }, errors: { 404: no-stock } }
`

const routes: Files = {
  'routes/reserve':
    'match: POST /reserve\nin: { line.list: $.items, order.state?: $.state }\ndo: [ { invoke: stock.reserve } ]\nresponse: { body: { id: $.order.id, left: $.order.left } }\n',
  'routes/all':
    'match: POST /all\nin: { body.all: $ }\ndo: [ { invoke: stock.all } ]\nresponse: { headers: { x-answer: $.answer.header }, body: $.answer.all }\n',
  'routes/look': `match: GET /look
do:
  - try: [ { assign: { line.list: [ { sku: a } ] } }, { invoke: stock.look, retry: { attempts: 2 } } ]
    catch:
      - { errors: [grpc-PERMISSION_DENIED], do: [ { respond: { status: 403, body: denied } } ] }
      - { errors: [no-stock], do: [ { respond: { status: 404, body: none } } ] }
response: { body: $.order.id }
`,
}

async function startAt(url: string, keys = '', files: Files = routes) {
  const file = join(createDirectory(), 'stock.proto')
  writeFileSync(file, proto)
  const running = await startGateway({
    dictionary,
    'services/stock': `service: stock\nendpoints: ['${url}']\nproto: ${file}\n${keys}${operations}`,
    ...files,
  })
  const send = async (path: string, body?: string, headers: Record<string, string> = {}) => {
    const options =
      body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, options)
    return { status: answer.status, body: await answer.text(), headers: answer.headers }
  }
  return { ...running, send }
}

async function start(handle: Handle, keys = '') {
  const calls: Parameters<Handle>[0][] = []
  const answer: Handle = (call, done) => {
    calls.push(call)
    handle(call, done)
  }
  const { url } = await startGrpc(proto, service, { Reserve: answer, Look: answer })
  return { ...(await startAt(url, keys)), calls }
}

describe('a method of gRPC', () => {
  test('is called with a message, and its answer is JSON', async () => {
    const reply = {
      reservation_id: '18446744073709551615',
      state: 'SOLD_OUT',
      items: [{ sku: 'a', count: '-9007199254740993' }],
      token: Buffer.from([1, 2, 255]),
      until: { seconds: '1700000000', nanos: 120_000_000 },
      places: { x: 1 },
    }
    const { send, calls } = await start((_, done) => {
      const trailer = new grpc.Metadata()
      trailer.set('x-answer', 'yes')
      done(null, reply, trailer)
    }, 'headers: { x-tenant: acme }\n')
    const sent = {
      items: [{ sku: 'é', count: 7 }],
      wantedState: 'IN_STOCK',
      token: 'AQL/',
      places: { a: 3 },
      until: '2023-11-14T22:13:20.5Z',
      isGift: false,
      user_id: 'u1',
      note: 'n',
      weight: 1.5,
    }
    const text = JSON.stringify(sent).replace('"count":7', '"count":9007199254740993')
    const { status, body, headers } = await send('/all', text)
    expect([status, headers.get('x-answer')]).toEqual([200, 'yes'])
    expect(body).toContain('"reservationId":18446744073709551615')
    expect(body).toContain('"count":-9007199254740993')
    expect(JSON.parse(body)).toMatchObject({
      state: 'SOLD_OUT',
      token: 'AQL/',
      until: '2023-11-14T22:13:20.120Z',
      left: 0,
      places: { x: 1 },
    })
    expect(JSON.parse(body)).not.toHaveProperty('rest')
    const [call] = calls
    expect(call!.request).toMatchObject({
      items: [{ sku: 'é', count: '9007199254740993' }],
      wanted_state: 'IN_STOCK',
      token: Buffer.from([1, 2, 255]),
      places: { a: 3 },
      until: { seconds: '1700000000', nanos: 500_000_000 },
      is_gift: false,
      user_id: 'u1',
      note: { value: 'n' },
      weight: 1.5,
    })
    expect(call!.metadata.get('x-tenant')).toEqual(['acme'])
    const leftMs = Number(call!.getDeadline()) - Date.now()
    expect(leftMs).toBeLessThanOrEqual(5000)
    expect(call!.metadata.get('traceparent').length).toBe(1)
  })

  test('takes colors, and gives colors', async () => {
    const { send, calls } = await start((_, done) => done(null, { reservation_id: '7', left: 3 }))
    expect(await send('/reserve', '{"items":[{"sku":"a","count":1}],"state":"SOLD_OUT"}')).toMatchObject({
      status: 200,
      body: '{"id":7,"left":3}',
    })
    expect(calls[0]!.request).toMatchObject({ items: [{ sku: 'a', count: '1' }], wanted_state: 'SOLD_OUT' })
  })

  test.each([
    ['{"items":[{"sku":"a","cuont":1}]}'],
    ['{"items":[{"sku":"a","count":1.5}]}'],
    ['{"items":[{"sku":"a","count":9223372036854775808}]}'],
    ['{"items":[{"sku":5}]}'],
    ['{"items":[],"state":"GONE"}'],
  ])('is not called with what fits no message, which is the client’s fault: %s', async (body) => {
    const { send, calls } = await start((_, done) => done(null, {}))
    expect((await send('/reserve', body)).status).toBe(400)
    expect(calls.length).toBe(0)
  })

  test('fails by its code, which is caught, named, repeated where the definition allows it, and not told', async () => {
    let code = grpc.status.PERMISSION_DENIED
    const { send, calls } = await start((_, done) => done({ code, details: 'hush: grünt' }))
    expect(await send('/look')).toMatchObject({ status: 403, body: '"denied"' })
    code = grpc.status.NOT_FOUND
    expect(await send('/look')).toMatchObject({ status: 404, body: '"none"' })
    expect(calls.length).toBe(2)
    code = grpc.status.UNAVAILABLE
    const down = await send('/look')
    expect([down.status, JSON.parse(down.body).type ?? '']).toEqual([502, expect.stringContaining('grpc-UNAVAILABLE')])
    expect(down.body).not.toContain('hush')
    expect(calls.length).toBe(4)
    expect((await send('/reserve', '{"items":[]}')).status).toBe(502)
    expect(calls.length).toBe(5)
  })
})

test('answers of a method that changes nothing are kept by their messages, those of another are not', async () => {
  const { url } = await startGrpc(proto, service, { Reserve: answer, Look: answer })
  let calls = 0
  function answer({ request }: Parameters<Handle>[0], done: Parameters<Handle>[1]) {
    calls++
    done(null, { reservation_id: request.items.length, left: 1 })
  }
  const look = `match: POST /look
in: { line.list: $.items }
do: [ { invoke: stock.look } ]
response: { body: $.order.id }
`
  const { send } = await startAt(url, 'cache: { ttl: 10m }\n', { ...routes, 'routes/look': look })
  const [none, one] = ['{"items":[]}', '{"items":[{"sku":"a"}]}']
  const bodies = []
  for (const items of [none, one, none, one]) bodies.push((await send('/look', items)).body)
  expect(bodies).toEqual(['0', '1', '0', '1'])
  expect(calls).toBe(2)
  for (const items of [one, one]) await send('/reserve', items)
  expect(calls).toBe(4)
})

describe('messages that JSON writes in a form of their own', () => {
  const loose = `
syntax = "proto3";
package loose.v1;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
message Box {
  google.protobuf.Struct attributes = 1;
  google.protobuf.Value anything = 2;
  google.protobuf.ListValue list = 3;
  google.protobuf.FieldMask mask = 4;
  google.protobuf.Any detail = 5;
  repeated google.protobuf.Any details = 6;
}
message Reason { string text = 1; int64 count = 2; }
service Loose { rpc Echo (Box) returns (Box); rpc Broken (Box) returns (Box); }
`
  const start = async () => {
    const backend = await startGrpc(loose, 'loose.v1.Loose', {
      Echo: ({ request }, done) => done(null, request),
      Broken: (_, done) => done(null, { detail: { type_url: 'a.b/loose.v1.Unknown', value: Buffer.of(8, 1) } }),
    })
    const { port } = await startGateway({
      dictionary,
      'services/loose': `service: loose
endpoints: ['${backend.url}']
proto: ${backend.file}
operations:
  echo: { grpc: loose.v1.Loose/Echo, body: $.body.all, out: { answer.all: $ } }
  broken: { grpc: loose.v1.Loose/Broken, body: $.body.all, out: { answer.all: $ } }
`,
      ...Object.fromEntries(
        ['echo', 'broken'].map((name) => [
          `routes/${name}`,
          `match: POST /${name}\nin: { body.all: $ }\ndo: [ { invoke: loose.${name} } ]\nresponse: { body: $.answer.all }\n`,
        ]),
      ),
    })
    return async (path: string, body: unknown) => {
      const headers = { 'content-type': 'application/json' }
      const sent = { method: 'POST', headers, body: JSON.stringify(body) }
      const answer = await fetch(`http://127.0.0.1:${port}/${path}`, sent)
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    }
  }

  test('go out and come back as they are', async () => {
    const send = await start()
    const any = { '@type': 'type.googleapis.com/loose.v1.Reason', text: 'late', count: 9007199254740000 }
    const box = {
      attributes: { a: 1.5, b: [true, null, { c: 'x' }], 'd.e': {} },
      anything: [1, 'two', null],
      list: [{ a: 1 }, []],
      mask: 'userName,address.zipCode',
      detail: any,
      details: [any, { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1.500s' }],
    }
    expect(await send('echo', box)).toEqual({ status: 200, body: box })
    expect((await send('echo', { anything: null })).body['anything']).toBeNull()
    expect((await send('echo', {})).body).not.toHaveProperty('anything')
  })

  test.each([
    ['attributes', [1]],
    ['list', { a: 1 }],
    ['mask', ['a']],
    ['detail', { '@type': 'type.googleapis.com/loose.v1.Nothing' }],
    ['detail', { text: 'no type' }],
    ['detail', { '@type': 'type.googleapis.com/loose.v1.Reason', text: 7 }],
  ])('are the client’s to mend where they do not fit: %s', async (name, value) => {
    const send = await start()
    expect(await send('echo', { [name]: value })).toMatchObject({ status: 400, body: { code: 'invalid-input' } })
  })

  test('cannot be read where they hold a type that nobody knows', async () => {
    const send = await start()
    expect(await send('broken', {})).toMatchObject({ status: 502, body: { code: 'invalid-response' } })
  })
})

describe('an answer that is no answer of gRPC', () => {
  const message = (bytes: number[]) => Buffer.from([0, 0, 0, 0, bytes.length, ...bytes])
  test.each([
    ['of another type', { 'content-type': 'text/html' }, message([]), { 'grpc-status': '0' }],
    ['without a status, as if it were cut', { 'content-type': 'application/grpc' }, message([]), {}],
    ['compressed', { 'content-type': 'application/grpc' }, Buffer.from([1, 0, 0, 0, 0]), { 'grpc-status': '0' }],
    [
      'shorter than it says',
      { 'content-type': 'application/grpc' },
      Buffer.from([0, 0, 0, 0, 9, 1]),
      { 'grpc-status': '0' },
    ],
    [
      'of two messages',
      { 'content-type': 'application/grpc' },
      Buffer.concat([message([]), message([])]),
      { 'grpc-status': '0' },
    ],
    ['without a message', { 'content-type': 'application/grpc' }, Buffer.alloc(0), { 'grpc-status': '0' }],
    ['that cannot be read', { 'content-type': 'application/grpc' }, message([0xff, 0xff]), { 'grpc-status': '0' }],
    [
      'of a success that is one of HTTP alone',
      { ':status': 206, 'content-type': 'application/json' },
      Buffer.from('{"reservationId":7,"left":1}'),
      {},
    ],
    ['with a status that is none', { 'content-type': 'application/grpc' }, message([]), { 'grpc-status': 'x' }],
  ])('%s', async (_name, head, body, trailers) => {
    const backend = await startHttp2((stream) => {
      stream.respond({ ':status': 200, ...head }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers(trailers))
      stream.end(body)
    })
    const { send } = await startAt(backend.url)
    const { status, body: told } = await send('/reserve', '{"items":[]}')
    expect([status, told]).toEqual([502, expect.stringContaining('invalid-response')])
  })
})

test('tests of a route mock it by the JSON of its messages', async () => {
  const { gateway, directory } = await startAt('http://127.0.0.1:9')
  const { suites, faults } = read(
    `tests:
  - name: an answer
    mocks: { stock.look: { body: { reservationId: 7 } } }
    expect: { status: 200, body: 7 }
  - name: a failure
    mocks: { stock.look: { status: 403, headers: { grpc-status: '7' } } }
    expect: { status: 403, body: denied }
`,
    gateway.snapshot,
    join(directory, 'routes/look.test.yaml'),
  )
  expect(faults).toEqual([])
  const { suites: done } = await runSuites(suites, { snapshot: gateway.snapshot, front: createFront(gateway.snapshot) })
  expect(done.flatMap(({ results }) => results.flatMap(({ problems }) => problems))).toEqual([])
  expect(done[0]!.results.length).toBe(2)
})

describe('what cannot hold is an error at load', () => {
  async function faults(definition: string, text = proto, keys = '') {
    const file = join(createDirectory(), 'stock.proto')
    writeFileSync(file, text)
    const files = {
      dictionary,
      'services/stock': `service: stock\nendpoints: ['http://127.0.0.1:9']\nproto: ${file}\n${keys}operations: { call: ${definition} }\n`,
      'routes/one': 'match: GET /one\nresponse: { body: 1 }\n',
      'services/plain': "service: plain\nendpoints: ['http://127.0.0.1:9']\n",
      'services/other': "service: other\nendpoints: ['http://127.0.0.1:9']\nhttp2: true\n",
    }
    try {
      await startGateway(files)
      return []
    } catch (thrown) {
      return (thrown as ConfigurationError).diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(
          ({ message, help }) =>
            `${message.replaceAll(/\S*\/(?=\w+\.proto)/g, '')}${help === undefined ? '' : ` (${help})`}`,
        )
    }
  }

  test.each([
    [
      '{ grpc: stock.v1.Stock/Resreve }',
      /no method `stock.v1.Stock\/Resreve` \(did you mean `stock.v1.Stock\/Reserve`/,
    ],
    ['{ grpc: stock.v1.Stock/Watch }', /`stock.v1.Stock\/Watch` streams/],
    [
      '{ grpc: stock.v1.Stock/Reserve, in: { line.list: $.itmes } }',
      /ReserveRequest has no member `itmes` \(did you mean `items`/,
    ],
    ['{ grpc: stock.v1.Stock/Reserve, in: { line.sku: "$.items[0].skuu" } }', /Item has no member `skuu`/],
    ['{ grpc: stock.v1.Stock/Reserve, in: { order.id: $.userId } }', /`userId` is .*, but `order.id` is/],
    ['{ grpc: stock.v1.Stock/Reserve, out: { order.id: $.state } }', /`state` is .*, but `order.id` is/],
    ['{ grpc: stock.v1.Stock/Reserve, in: { line.sku: query.a } }', /has a message and headers/],
    ['{ grpc: stock.v1.Stock/Reserve, encode: form }', /`encode` does not hold for gRPC/],
    ['{ grpc: stock.v1.Stock/Reserve, get: /a }', /exactly one of/],
  ])('%s', async (definition, message) => {
    expect(await faults(definition)).toEqual([expect.stringMatching(message)])
  })

  test('copies that go where no HTTP/2 is spoken', async () => {
    const mirrored = (to: string) => `{ grpc: stock.v1.Stock/Look, mirror: { to: ${to} } }`
    expect(await faults(mirrored("'http://127.0.0.1:9'"))).toEqual([expect.stringMatching(/^gRPC goes over HTTP\/2/)])
    expect(await faults(mirrored('plain'))).toEqual([expect.stringMatching(/^gRPC goes over HTTP\/2/)])
    expect(await faults(mirrored('other'))).toEqual([])
  })

  test('a definition that is none, or imports what is not there, and HTTP/1.1', async () => {
    const call = '{ grpc: stock.v1.Stock/Reserve }'
    expect(await faults(call, 'syntax = "proto3"; mesage A {}')).toEqual([
      expect.stringMatching(/illegal token 'mesage'/),
    ])
    expect(await faults(call, `${proto}\nimport "other.proto";`)).toEqual([
      expect.stringMatching(/other.proto cannot be read: it does not exist/),
    ])
    expect(await faults(call, proto, 'http2: false\n')).toEqual([expect.stringMatching(/gRPC goes over HTTP\/2/)])
  })
})
