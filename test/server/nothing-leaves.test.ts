import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { printColor } from '../../src/cli/explanations/color.ts'
import { printPassthrough, printRoute } from '../../src/cli/explanations/route.ts'
import { openTerminal } from '../../src/cli/terminal.ts'
import { explainColor } from '../../src/describe/explain/color.ts'
import { explainPassthrough, explainRoute } from '../../src/describe/explain/route.ts'
import { buildGraph } from '../../src/describe/graph/build.ts'
import { graphFormats } from '../../src/describe/graph/formats.ts'
import type { Snapshot } from '../../src/plan/snapshot.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { setOtelEnvironment, startCollector } from '../support/collector.ts'
import { type Running, startGateway, writeFiles } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'

/** Every value that nobody may be told begins so; what follows says where it came in. */
const mark = 'hush-'

/** What the backend does, by the first segment of the path. */
const moods: Record<string, (incoming: IncomingMessage, response: ServerResponse) => unknown> = {
  fine: (_, response) => json(response, 200, { token: `${mark}answer`, list: [`${mark}element`, 1] }),
  broken: (_, response) => json(response, 500, { why: `${mark}broken` }),
  missing: (_, response) => json(response, 404, { why: `${mark}missing` }),
  busy: (_, response) => json(response, 503, { why: `${mark}busy` }),
  text: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${mark}text</p>`),
  torn: (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(`{"token":"${mark}torn`),
  wrong: (_, response) => json(response, 200, { token: [`${mark}wrong`], list: `${mark}wrong` }),
  other: (_, response) => json(response, 200, { unlike: `${mark}other` }),
  gone: ({ socket }) => socket.destroy(),
  cut: (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 })
    response.write(`{"token":"${mark}cut`, () => response.destroy())
  },
  silent: () => {},
}

function json(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', 'x-given': `${mark}header-of-answer`, etag: `"${mark}etag"` }
  response.writeHead(status, { ...headers, 'set-cookie': `a=${mark}cookie-of-answer` }).end(JSON.stringify(body))
}

const env = {
  KEY: `${mark}env-key`,
  WORD: `${mark}env-word`,
  DEFAULT: `${mark}env-default`,
  LISTED: `${mark}env-listed`,
}

const dictionary = (kind: string) => `
colors:
  mood: { type: string }
  my.path: { type: string, sensitivity: ${kind} }
  my.query: { type: string, sensitivity: ${kind}, maxLength: 60 }
  my.header: { type: string, sensitivity: ${kind} }
  my.cookie: { type: string, sensitivity: ${kind} }
  my.agent: { type: string, sensitivity: ${kind} }
  my.host: { type: string, sensitivity: ${kind} }
  my.body: { type: string, sensitivity: ${kind} }
  my.left: { type: string, sensitivity: ${kind} }
  my.plan: { type: string, sensitivity: ${kind}, enum: [${mark}gold, "\${env.LISTED}"], default: ${mark}gold }
  out.token: { type: string, sensitivity: ${kind} }
  out.given: { type: string, sensitivity: ${kind} }
  out.list: { type: array, sensitivity: ${kind} }
  made.up: { type: string, sensitivity: ${kind} }
  made.number: { type: number, sensitivity: ${kind} }
`

const operation = (path: string, keys = '') =>
  `{ get: '${path}', in: { my.query?: query.q, my.header?: header.x-in, my.cookie?: cookie.k }, out: { out.token: $.token, out.given: header.x-given, out.list: $.list }${keys} }`

const route = (match: string, steps: string, keys = '') => `
match: ${match}
summary: fine
in:
  mood: path.mood
  my.path: path.value
  my.query?: query.q
  my.header?: header.x-in
  my.cookie?: cookie.k
  my.agent?: header.user-agent
  my.host?: header.host
  my.left: { from: query.left, default: "\${env.DEFAULT}" }
  my.plan: { from: query.plan, default: ${mark}gold }
${keys}
do: ${steps}
response: { body: fine }
`

const files = (kind: string, url: string) => ({
  gateway:
    'openapi: true\naccessLog: { fields: [client, path, host, scheme, protocol, userAgent] }\noverload: false\nhistory: { sample: 100%, bodies: masked }\ndefaults: { timeout: 400ms }\ntelemetry: { sampling: 100% }',
  dictionary: dictionary(kind),
  'services/shop': `
service: shop
endpoints: [${url}]
timeout: 200ms
retry: { attempts: 2, delay: 1ms }
headers: { x-key: "\${env.KEY}", authorization: "Bearer \${env.KEY}" }
operations:
  plain: ${operation('/{mood}/{my.path}?fixed=1')}
  cached: ${operation('/{mood}/{my.path}', ', cache: { ttl: 1m, staleIfError: 1m }')}
  joined: ${operation('/{mood}/{my.path}', ', coalesce: true')}
  good: ${operation('/{mood}/{my.path}', ', fallback: { lastGood: 1m }')}
  hedged: ${operation('/{mood}/{my.path}', ', hedge: { after: 20ms }')}
  named: ${operation('/{mood}/{my.path}', ', errors: { 404: word-missing, 500: word-broken }')}
  post: { post: '/{mood}/{my.path}', body: { value: $.my.body, word: "\${env.WORD}" }, out: { out.token: $.token } }
  fixed: { get: /fine/x, out: { out.token: $.token } }
`,
  'services/breaking': `
service: breaking
endpoints: [${url}]
breaker: { minCalls: 1, errorRate: 1%, window: 60s }
outlier: { failures: 1 }
operations: { plain: ${operation('/{mood}/{my.path}')} }
`,
  'services/narrow': `
service: narrow
endpoints: [${url}]
bulkhead: { concurrent: 1, queue: 0 }
limit: { rate: 1/h, by: my.path, wait: 0ms }
mirror: { to: shop, unsafe: true, credentials: true }
operations: { plain: ${operation('/{mood}/{my.path}')} }
`,
  'routes/plain': route('GET /plain/{mood}/{value}', '[ { invoke: shop.plain } ]'),
  'routes/cached': route('GET /cached/{mood}/{value}', '[ { invoke: shop.cached } ]', 'etag: true'),
  'routes/joined': route('GET /joined/{mood}/{value}', '[ { invoke: shop.joined } ]'),
  'routes/good': route('GET /good/{mood}/{value}', '[ { invoke: shop.good } ]'),
  'routes/hedged': route('GET /hedged/{mood}/{value}', '[ { invoke: shop.hedged } ]'),
  'routes/named': route('GET /named/{mood}/{value}', '[ { invoke: shop.named } ]'),
  'routes/breaking': route('GET /breaking/{mood}/{value}', '[ { invoke: breaking.plain } ]'),
  'routes/narrow': route('GET /narrow/{mood}/{value}', '[ { invoke: narrow.plain } ]'),
  'routes/optional': route('GET /optional/{mood}/{value}', '[ { invoke: shop.plain, optional: true } ]'),
  'routes/instead': route(
    'GET /instead/{mood}/{value}',
    `[ { invoke: shop.plain, fallback: [ { invoke: shop.joined }, { assign: { out.token: "\${env.WORD}" } } ] } ]`,
  ),
  'routes/body-instead': route(
    'GET /body-instead/{mood}/{value}',
    `[ { invoke: shop.plain, fallback: { body: { token: "\${env.WORD}", list: [${mark}body] } } } ]`,
  ),
  'routes/whole': route('GET /whole/{mood}/{value}', '[ { invoke: shop.plain } ]'),
  'routes/caught': route(
    'GET /caught/{mood}/{value}',
    '[ { invoke: shop.plain } ]',
    'catch: [ { errors: [all], do: [ { throw: { error: caught-it, status: 502, title: "Caught" } } ] } ]',
  ),
  'routes/thrown': route(
    'GET /thrown/{mood}/{value}',
    '[ { when: "my.path.startsWith(\'hush\')", throw: { error: thrown, status: 418 } } ]',
  ),
  'routes/each': route(
    'GET /each/{mood}/{value}',
    '[ { invoke: shop.plain }, { forEach: { in: $.out.list, as: made.up }, do: [ { invoke: shop.fixed } ] } ]',
  ),
  'routes/failing': route(
    'GET /failing/{mood}/{value}',
    `[ { assign: { made.number: "\${ double(my.path) + size(my.query) }" } } ]`,
  ),
  'routes/key': route(
    'GET /key/{mood}/{value}',
    `[ { assign: { made.up: "\${ { my.path: 1, my.path: 2 }[my.path] }" } } ]`,
  ),
  'routes/joining': route(
    'GET /joining/{mood}/{value}',
    '[ { assign: { out.list: { $join: { left: $.my.path, right: $.my.query, on: id, as: x } } } } ]',
  ),
  'routes/costly': route(
    'GET /costly/{mood}/{value}',
    `[ { assign: { out.list: { $each: "\${ my.path.split('') }", $map: $.item } } } ]`,
    'maxWork: 5',
  ),
  'routes/guarded': `
match: GET /guarded/{value}
in: { my.path: path.value }
response: { headers: { x-frame-options: "\${ has(my.path) ? '名' : '' }" }, body: fine }
`,
  'routes/dropped': `
match: GET /dropped/{value}
in: { my.path: path.value }
response: { headers: { x-word: "\${ has(my.path) ? '名' : '' }" }, body: fine }
`,
  'routes/post': `
match: POST /post/{mood}/{value}
in: { mood: path.mood, my.path: path.value, my.body: $.card.number }
limit: { rate: 1000/s, by: my.path }
do: [ { invoke: shop.post } ]
response: { body: fine }
`,
  'routes/limited': `
match: GET /limited/{value}
in: { my.path: path.value }
limit: { rate: 1/h, by: my.path }
bulkhead: { concurrent: 1, queue: 1, order: fair, by: my.path }
response: { body: fine }
`,
  'routes/unread': 'match: GET /unread/{value}/*rest\nresponse: { body: fine }\n',
  'routes/through': 'match: ANY /through/*rest\nproxy: shop\n',
})

interface Told {
  readonly what: string
  readonly text: string
}

/** Sends one request over a socket of its own; gives what of its answer is the gateway's, which is all but what it was to pass on. */
async function ask({ port }: Running, line: string, headers: readonly string[] = [], body = ''): Promise<Told> {
  const length = body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
  const answer = await sendRaw(port, request(`${line} HTTP/1.1`, ...headers, ...length) + body)
  const isPassedOn = /^\w+ \/through\/(fine|broken|missing|busy|text|torn|wrong|other|cut)/.test(line)
  return { what: `${line} → ${answer.status}`, text: isPassedOn ? '' : answer.text }
}

const ofAgent = [`User-Agent: ${mark}agent`]
const marked = [
  `X-In: ${mark}header`,
  `Cookie: k=${mark}cookie`,
  `Traceparent: 00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
]

const aggregated = ['plain', 'cached', 'joined', 'good', 'hedged', 'named', 'breaking', 'narrow', 'optional', 'instead']
const others = ['body-instead', 'whole', 'caught', 'thrown', 'each', 'failing', 'key', 'joining', 'costly']

async function askEverything(running: Running): Promise<Told[]> {
  const told: Told[] = []
  // Of a route that takes it as a color.
  const agent = (line: string) =>
    /^(GET|HEAD) .(plain|cached|good|caught|failing).\w+.[\w-]{1,99}(\?|$)/.test(line) ? ofAgent : []
  const send = async (line: string, body = '') => told.push(await ask(running, line, [...marked, ...agent(line)], body))
  const askRoute = async (name: string) => {
    const query = `q=${mark}query&left=${mark}left&plan=${mark}gold`
    await Promise.all(Object.keys(moods).map((mood) => send(`GET /${name}/${mood}/${mark}path?${query}`)))
    // Of some there is a good answer by now.
    const more = ['GET', 'HEAD', 'POST', 'OPTIONS'].map((method) =>
      send(`${method} /${name}/fine/${mark}path?${query}`),
    )
    const tooLong = mark + 'too-long'.repeat(20)
    await Promise.all([...more, send(`GET /${name}/fine/${mark}path?q=${tooLong}&plan=${mark}unknown`)])
  }
  await Promise.all([...aggregated, ...others].map(askRoute))
  for (const mood of Object.keys(moods)) {
    await send(`POST /post/${mood}/${mark}path`, `{"card":{"number":"${mark}body"}}`)
    await send(`GET /through/${mood}/${mark}path?q=${mark}query`)
    await send(`POST /through/${mood}/${mark}path`, `{"card":"${mark}body"}`)
  }
  await send(`POST /post/fine/${mark}path`, `{"card":{"number":["${mark}body"]}}`)
  await send(`POST /post/fine/${mark}path`, `{"card":{"number":"${mark}torn`)
  await send(`POST /post/fine/${mark}path`, `{"${mark}name":${'['.repeat(600)}`)
  await send(`POST /post/fine/${mark}path`, JSON.stringify({ card: `${mark}${'x'.repeat(1_100_000)}` }))
  for (const path of ['guarded', 'dropped', 'limited', 'limited', 'unread']) await send(`GET /${path}/${mark}path/x`)
  for (const path of ['guarded', 'dropped', 'limited', 'limited']) await send(`GET /${path}/${mark}path`)
  await send(`GET /${mark}nowhere`)
  await send(`GET /plain/fine/${mark}path/${mark}deeper?q=${mark}`)
  await send(`DELETE /plain/fine/${mark}path`)
  await send(`GET /plain/fine/${mark}%zz`)
  await send(`GET /plain/../${mark}x`)
  await send(`GET /plain/fine/${mark}${'x'.repeat(9000)}`)
  await send(`GET /plain/fine/${mark}"x"`)
  await send(`GET http://elsewhere/${mark}x`)
  await send(`BREW /${mark}x`)
  await send(`TRACE /${mark}x`)
  await send(`GET /openapi.json?${mark}`)
  told.push(await ask(running, `GET /plain/fine/${mark}path`, [...marked, `Host: ${mark}host`]))
  told.push(await ask(running, `GET /plain/fine/${mark}path`, [...marked, `X-Long: ${mark}${'x'.repeat(20_000)}`]))
  told.push(await ask(running, `GET /plain/fine/${mark}path`, [...marked, `Expect: ${mark}`]))
  told.push(await ask(running, `GET /plain/fine/${mark}path`, [...marked, `Transfer-Encoding: ${mark}`]))
  return told
}

async function askAdmin({ adminPort }: Running): Promise<Told[]> {
  const paths = [
    '/metrics',
    '/-/config',
    '/-/endpoints',
    '/-/diagnostics',
    '/readyz?verbose',
    `/${mark}x`,
    `/-/${mark}%zz`,
  ]
  const origin = `http://127.0.0.1:${adminPort}`
  const asked = paths.map(async (path) => ({ what: path, text: await (await fetch(origin + path)).text() }))
  const purge = await fetch(`${origin}/cache?service=shop&operation=cached`, { method: 'DELETE' })
  return [...(await Promise.all(asked)), { what: 'DELETE /cache', text: await purge.text() }]
}

/** Every recording that is kept, in the list and as a whole. */
async function askHistory({ adminPort }: Running): Promise<Told[]> {
  const origin = `http://127.0.0.1:${adminPort}/-/history`
  const told: Told[] = []
  for (let cursor = ''; ; ) {
    const text = await (await fetch(`${origin}?limit=500${cursor}`)).text()
    told.push({ what: 'recordings', text })
    const { runs, next } = JSON.parse(text) as { runs: { id: string }[]; next?: string }
    for (const { id } of runs) told.push({ what: id, text: await (await fetch(`${origin}/${id}`)).text() })
    if (next === undefined) return told
    cursor = `&cursor=${next}`
  }
}

function describeAll(snapshot: Snapshot): Told[] {
  const terminal = openTerminal({ NO_COLOR: '1' })
  const routes = snapshot.routes.flatMap((one): Told[] => {
    const explained =
      one.kind === 'aggregate'
        ? [JSON.stringify(explainRoute(one, snapshot)), printRoute(explainRoute(one, snapshot), terminal)]
        : [JSON.stringify(explainPassthrough(one)), printPassthrough(explainPassthrough(one), terminal)]
    const drawn = Object.values(graphFormats).map((print) => print(buildGraph(one, snapshot)))
    return [...explained, ...drawn].map((text) => ({ what: `${one.name}, drawn and explained`, text }))
  })
  const colors = [...snapshot.colors.values()].flatMap((color): Told[] => {
    const explained = explainColor(color, snapshot)
    return [JSON.stringify(explained), printColor(explained, terminal)].map((text) => ({ what: color.name, text }))
  })
  return [...routes, ...colors]
}

/** Where a mark stands, for a failure that can be read. */
function findMarks(told: readonly Told[], echoed = /$^/): string[] {
  return told.flatMap(({ what, text }) =>
    [...text.replace(echoed, '').matchAll(new RegExp(`.{0,60}${mark}.{0,30}`, 'g'))].map(
      ([found]) => `${what.slice(0, 80)}: ${found}`,
    ),
  )
}

describe.each(['pii', 'secret'])('what is %s', (kind) => {
  test('leaves by no answer, span, log line, metric or page', async () => {
    const seen: string[] = []
    const backend = await opened(
      startHttpServer((incoming, response) => {
        let body = ''
        incoming.on('data', (chunk) => {
          body += chunk
        })
        incoming.on('end', () => {
          seen.push([incoming.url, JSON.stringify(incoming.headers), body].join(' '))
          const mood = moods[incoming.url!.replace('/through', '').split(/[/?]/)[1]!] ?? moods['other']!
          mood(incoming, response)
        })
      }),
    )
    const collector = await opened(startCollector())
    afterTest(setOtelEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }))
    const lines: string[] = []
    const logger = createLogger({
      level: 'trace',
      format: 'json',
      destination: { write: (line: string) => lines.push(line) },
    })
    const running = await startGateway(files(kind, backend.url), { env, logger })
    const told = await askEverything(running)
    told.push(...(await askAdmin(running)))
    const recordings = await askHistory(running)
    told.push(...recordings)
    told.push(...describeAll(running.gateway.snapshot))
    // A file that is at fault where values of variables stand.
    writeFiles(running.directory, {
      'routes/faulty': `match: GET /f\nin: { mood: { from: query.\${env.WORD}, default: "\${env.WORD}" } }\nresponse: { status: "\${env.KEY}", headers: { "\${env.KEY}": 1 }, body: 1 }`,
    })
    await running.gateway.reload()
    told.push(...(await askAdmin(running)))
    await running.gateway.close()
    told.push(...collector.received.map((text) => ({ what: 'spans', text })))
    told.push(...lines.map((text) => ({ what: 'log', text })))
    told.push({ what: 'entries', text: JSON.stringify(running.entries) })

    // Had it not been everywhere, there would have been nothing to find.
    const all = seen.join('\n')
    for (const place of ['path', 'query', 'header', 'cookie', 'body', 'env-key', 'env-word'])
      expect([place, all.includes(mark + place)]).toEqual([place, true])
    const statuses = new Set(told.map(({ what }) => /→ (\d+)$/.exec(what)?.[1]).filter(Boolean))
    for (const status of [200, 400, 404, 405, 413, 414, 417, 418, 429, 431, 500, 501, 502, 503, 504])
      expect([status, statuses.has(String(status))]).toEqual([status, true])
    expect(collector.spans.length).toBeGreaterThan(300)
    expect(lines.length).toBeGreaterThan(200)
    expect(recordings.length).toBeGreaterThan(200)

    expect(findMarks(told)).toEqual([])
  })
})
