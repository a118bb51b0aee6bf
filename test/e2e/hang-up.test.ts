import { request } from 'node:http'
import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Backend, sendJson, startBackend, suppression } from '../support/backend.ts'
import { type Served, startServe } from '../support/served.ts'
import { writeProject } from '../support/served-project.ts'
import { pause, until } from '../support/waiting.ts'

/** What nobody hangs up on stays for an hour: what ends within the time of a test ended because its client went away. */
const files = {
  'config/dictionary.yaml': `colors:
  list: { type: array }
  element: { type: string }
  all: { type: array }
  one: {}
  two: {}
  three: {}
`,
  'config/services/slow.yaml': `service: slow
endpoints: ["\${env.SLOW_URL}"]
timeout: 1h
operations:
  one: { get: /one, out: { one: $.x } }
  two: { get: /two, out: { two: $.x } }
  three: { post: /three, body: { a: 1 }, out: { three: $.x } }
  each: { get: '/each/{element}', out: { one: $.x } }
  covered: { get: /covered, out: { one: $.x }, fallback: [ { invoke: slow.one }, { body: { x: 1 } } ] }
`,
  'config/services/failing.yaml': `service: failing
endpoints: ["\${env.FAILING_URL}"]
timeout: 1h
retry: { attempts: 5, delay: 30m, jitter: false, on: [http-503] }
operations:
  retried: { get: /retried, out: { one: $.x } }
`,
  'routes/plain.yaml': 'match: GET /plain\ntimeout: 1h\ndo: [ { invoke: slow.one } ]\nresponse: { body: $.one }\n',
  'routes/optional.yaml': `match: GET /optional
timeout: 1h
do: [ { invoke: slow.one, optional: true }, { invoke: slow.two, optional: true } ]
response: { body: [ $.one, $.two ] }
`,
  'routes/covered.yaml': `match: GET /covered
timeout: 1h
do:
  - try: [ { invoke: slow.covered } ]
    catch: [ { errors: [all], do: [ { invoke: slow.two } ] } ]
response: { body: $.one }
`,
  'routes/parallel.yaml': `match: GET /parallel
timeout: 1h
do:
  - parallel:
      - invoke: slow.one
      - invoke: slow.two
      - invoke: slow.three
response: { body: [ $.one, $.two, $.three ] }
`,
  'routes/for-each.yaml': `match: GET /for-each
timeout: 1h
do:
  - assign: { list: [ a, b, c, d, e, f, g, h, i, j ] }
  - forEach: { in: $.list, as: element, concurrency: 4 }
    do: [ { invoke: slow.each } ]
    collect: { all: $.one }
response: { body: $.all }
`,
  'routes/flow.yaml': `match: GET /flow
timeout: 1h
do: [ { flow: [ { invoke: slow.one }, { invoke: slow.two } ] } ]
response: { body: [ $.one, $.two ] }
`,
  'routes/retried.yaml': `match: GET /retried
timeout: 1h
do: [ { invoke: failing.retried } ]
response: { body: $.one }
`,
  'routes/passed.yaml': 'match: ANY /passed/*rest\nproxy: slow\n',
}

let slow: Backend
let failing: Backend
let gateway: Served

beforeAll(async () => {
  slow = await startBackend(suppression)
  failing = await startBackend((_request, response) => sendJson(response, {}, 503))
  const root = await writeProject(files)
  const env = { SLOW_URL: slow.url, FAILING_URL: failing.url }
  gateway = await startServe({ config: `${root}/config/gateway.yaml`, env })
})

describe('a client that goes away takes its calls with it', () => {
  test.each([
    ['/plain', 1],
    ['/optional', 1],
    ['/covered', 1],
    ['/parallel', 3],
    ['/flow', 2],
    ['/for-each', 4],
    ['/passed/on', 1],
  ])('%s: %d of them', async (path, calls) => {
    const before = slow.received.length
    const id = `gone${path.replaceAll('/', '-')}`
    const client = connect(gateway.port, '127.0.0.1')
    client.on('error', () => {})
    client.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`)
    const ours = await until(() => {
      const received = slow.received.slice(before)
      return received.length >= calls ? received : undefined
    }, `${calls} calls`)

    client.destroy()
    await until(() => ours.every(({ isClosed }) => isClosed), 'every connection is closed')

    // Nothing stands in for what nobody waits for, and no element follows.
    await pause(100)
    expect(slow.received.length - before).toBe(calls)
    expect(await gateway.accessLine(id)).toMatchObject({ status: 499, error: 'cancelled' })
  })

  test('an upload that is passed on', async () => {
    const before = slow.received.length
    const client = request(`${gateway.url}/passed/up`, {
      method: 'PUT',
      agent: false,
      headers: { 'content-length': 9 },
    })
    client.on('error', () => {})
    client.write('half')
    const upload = await until(() => slow.received[before]?.body === 'half' && slow.received[before], 'half an upload')
    client.destroy()
    await until(() => upload.isClosed, 'its connection is closed')
  })

  test('and the wait for another attempt', async () => {
    const client = connect(gateway.port, '127.0.0.1')
    client.on('error', () => {})
    client.write('GET /retried HTTP/1.1\r\nHost: a\r\nX-Request-Id: gone-retried\r\n\r\n')
    await until(() => failing.received.length === 1, 'the first attempt')
    client.destroy()
    const line = await gateway.accessLine('gone-retried')
    expect(line).toMatchObject({ status: 499, error: 'cancelled' })
    expect(failing.received).toHaveLength(1)
  })
})

test('nothing stays behind', async () => {
  // The pool may have made a new connection in place of one that it had to close; unused, it lives for some seconds.
  await until(() => slow.openSockets() === 0, 'no connection is open')
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text()
  expect(text).toMatch(/^http_server_active_requests 0$/m)
  expect(await gateway.stop()).toBe(0)
})
