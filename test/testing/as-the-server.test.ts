import { request as sendRequest } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Backends } from '../../src/calls/registry.ts'
import { createFront } from '../../src/cli/test-front.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { DiagnosticCollector } from '../../src/diagnostics/collector.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { TestGateway } from '../../src/testing/gateway.ts'
import { bindRequest } from '../../src/testing/request.ts'
import { parseYaml } from '../../src/yaml/parse.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { dictionary } from '../support/words.ts'

/** Time that passes only when it is told to; nothing that is waited for here takes any. */
class StandingClock implements Clock {
  ms = 1_000_000
  readonly now = () => this.ms
  readonly epoch = () => 1_893_456_000_000 + this.ms
  readonly schedule = systemClock.schedule
}

/** A backend that knows words by their number, and may keep those who ask waiting. */
async function startWords() {
  const state = { holds: false, waiting: [] as (() => void)[] }
  const words: Record<string, string> = { 1: 'one', 2: 'two', 3: 'a\u0001b' }
  const server = await startHttpServer((request, response) => {
    const word = words[new URL(request.url!, 'http://x').searchParams.get('n') ?? '1']
    const answer = () => {
      const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=60' }
      response.writeHead(word === undefined ? 404 : 200, headers).end(JSON.stringify({ word }))
    }
    if (state.holds) state.waiting.push(answer)
    else answer()
  })
  const release = () => {
    state.holds = false
    for (const answer of state.waiting.splice(0)) answer()
  }
  return { state, release, url: server.url, close: () => server.close() }
}

let words: Awaited<ReturnType<typeof startWords>>
beforeAll(async () => {
  words = await startWords()
})
afterAll(() => words.close())

interface Sent {
  readonly method: string
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: Record<string, string>
  readonly body: unknown
}

interface Seen {
  readonly status: number
  /** Sorted; without those of a connection or a moment. */
  readonly headers: readonly string[]
  readonly body: string
}

type Ask = (sent: Sent) => Promise<Seen>

const ofConnection = /^(?:connection|keep-alive|date|transfer-encoding)$/

function seen(status: number, flat: readonly string[], body: string): Seen {
  const headers: string[] = []
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at]!.toLowerCase()
    if (!ofConnection.test(name)) headers.push(`${name}: ${flat[at + 1]}`)
  }
  return { status, headers: headers.sort(), body: body.replace(/"traceId":"[0-9a-f]*"/, '"traceId":"…"') }
}

function askOverSocket(port: number): Ask {
  return ({ method, path, query, headers, body }) =>
    new Promise((resolve, reject) => {
      const search = new URLSearchParams(query).toString()
      const own = body === undefined ? {} : { 'content-type': 'application/json' }
      const options = {
        port,
        method,
        path: search === '' ? path : `${path}?${search}`,
        headers: { ...headers, ...own },
        // A connection that stays would hold up the end of the gateway.
        agent: false,
      }
      const request = sendRequest(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () =>
          resolve(seen(response.statusCode!, response.rawHeaders, Buffer.concat(chunks).toString())),
        )
      })
      request.on('error', reject)
      request.end(body === undefined ? undefined : JSON.stringify(body))
    })
}

/** Both ends of one project: its server, and what tests of its routes run on, with the same backends and one clock. */
async function openEnds(gateway: string, route: string) {
  const clock = new StandingClock()
  const service = `
service: words
endpoints: [${words.url}]
timeout: 5s
operations:
  word: { get: /word, in: { number?: query.n }, out: { word: $.word } }
`
  const colors = dictionary.replace('user.id: { type: string }', 'user.id: { type: string, sensitivity: pii }')
  const files = { gateway, dictionary: colors, 'services/words': service, 'routes/word': route }
  const running = await startGateway(files, { clock })
  const { snapshot } = running.gateway
  const backends = new Backends({ clock })
  const opened = backends.open(snapshot.callSites)
  const aggregate = snapshot.routes[0] as AggregatedRoute
  const front = createFront(snapshot)
  const position = { source: parseYaml({ path: 't', text: '{}' }, {}, new DiagnosticCollector())!, path: [] }
  const tested = new TestGateway({ route: aggregate, calls: opened.calls, clock })
  const askTest: Ask = async (sent) => {
    const own = sent.body === undefined ? {} : { 'content-type': 'application/json' }
    const definition = { ...sent, headers: { ...sent.headers, ...own } }
    const parts = bindRequest(definition, position, aggregate.match, new DiagnosticCollector())
    const { params } = front.find(parts.method, parts.path)!
    const { status, headers, body } = await tested.answer({ ...parts, params })
    return seen(status, headers, body ?? '')
  }
  return {
    clock,
    ends: [askOverSocket(running.port), askTest] as const,
    async close() {
      await running.gateway.close()
      opened.release()
      await backends.close()
    },
  }
}

const maybe = (...texts: string[]) => fc.constantFrom('', ...texts)
const route = fc
  .record({
    method: fc.constantFrom('GET', 'POST'),
    limit: maybe(
      'limit: { rate: 1/h, burst: 2 }',
      'limit: { rate: 1/h, burst: 1, by: [request.headers.x-tenant, number] }',
    ),
    bulkhead: maybe('bulkhead: { concurrent: 1, queue: 1 }'),
    priority: maybe('priority: low', "priority: \"${ request.headers['x-tenant'] == 'a' ? 'high' : 'low' }\""),
    caching: maybe('etag: true', 'cache: { ttl: 30s }', 'cache: { ttl: 30s }\netag: true', 'degradedMaxAge: 10s'),
    maxRequestBody: maybe('maxRequestBody: 40B'),
    optional: fc.boolean(),
    readsBody: fc.boolean(),
    headers: maybe(', vary: accept', ', cache-control: max-age=5', ', set-cookie: [a=1, b=2]'),
    maxWork: maybe('maxWork: 20'),
  })
  .map(({ method, optional, readsBody, headers, ...keys }) => {
    // Whole answers and bodies exclude each other.
    const body = readsBody && method === 'POST' && !keys.caching.includes('cache')
    const caching = method === 'GET' ? keys.caching : ''
    const rest = [keys.limit, keys.bulkhead, keys.priority, caching, body ? keys.maxRequestBody : '', keys.maxWork]
    return `match: ${method} /words/{who}
${rest.filter((line) => line !== '').join('\n')}
in: { user.id: path.who, number?: query.n${body ? ', other.word?: $.word' : ''} }
do: [ { invoke: words.word${optional ? ', optional: true' : ''} } ]
response:
  headers: { x-word: $.word${headers} }
  body: { word: { $default: [$.word, none] }, n: { $default: [$.number, 0] }, all: { $each: [1, 2, 3], $map: '\${ item + 1 }' } }
`
  })
const gateway = fc.constantFrom('defaults: { timeout: 5s }', 'limit: { rate: 1/h, burst: 3, by: request.ip }')
const sent = fc.record({
  who: fc.constantFrom('u1', 'u2'),
  n: fc.constantFrom(undefined, '1', '2', '3', '4', 'x'),
  tenant: fc.constantFrom('a', 'b'),
  knows: fc.boolean(),
  body: fc.constantFrom(
    undefined,
    { word: 'w' },
    { word: 'a word of more than forty bytes, or so it seems' },
    { word: 1 },
  ),
  waitMs: fc.constantFrom(0, 0, 1000, 20_000, 3_600_000),
})

test('a test of a route is answered as its server would answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      gateway,
      route,
      fc.array(sent, { minLength: 1, maxLength: 8 }),
      async (gatewayText, text, list) => {
        const { clock, ends, close } = await openEnds(gatewayText, text)
        const tags = ['', '']
        try {
          for (const [index, { who, n, tenant, knows, body, waitMs }] of list.entries()) {
            clock.ms += waitMs
            const answers = []
            for (const [end, ask] of ends.entries()) {
              const headers: Record<string, string> = { 'x-request-id': `r${index}`, 'x-tenant': tenant }
              if (knows && tags[end] !== '') headers['if-none-match'] = tags[end]!
              const isPost = text.includes('match: POST')
              const answer = await ask({
                method: isPost ? 'POST' : 'GET',
                path: `/words/${who}`,
                query: n === undefined ? {} : { n },
                headers,
                body: isPost ? body : undefined,
              })
              tags[end] = /^etag: (.*)/m.exec(answer.headers.join('\n'))?.[1] ?? tags[end]!
              answers.push(answer)
            }
            expect(answers[1]).toEqual(answers[0])
          }
        } finally {
          await close()
        }
      },
    ),
    { numRuns: 25 },
  )
})

test('of three at once at a bulkhead of one with one place to wait, both refuse one', async () => {
  const { ends, close } = await openEnds(
    'defaults: { timeout: 5s }',
    'match: GET /words\nbulkhead: { concurrent: 1, queue: 1 }\ndo: [ { invoke: words.word } ]\nresponse: { body: $.word }\n',
  )
  const outcomes = []
  for (const ask of ends) {
    words.state.holds = true
    const sent = { method: 'GET', path: '/words', query: {}, headers: { 'x-request-id': 'r' }, body: undefined }
    let done = 0
    const asked = [1, 2, 3].map(() =>
      ask(sent).finally(() => {
        done++
      }),
    )
    await until(() => done === 1 && words.state.waiting.length === 1)
    words.release()
    const answers = await Promise.all(asked)
    outcomes.push(answers.sort((a, b) => a.status - b.status))
  }
  expect(outcomes[0]!.map(({ status }) => status)).toEqual([200, 200, 503])
  expect(outcomes[1]).toEqual(outcomes[0])
  await close()
})
