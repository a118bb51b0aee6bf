import { get, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { opened } from '../support/cleanup.ts'
import { type Running, startGateway, untilActive } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'

interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

/** A backend whose every answer is another one, with the headers and the status that it was told last. */
async function startBackend() {
  const asked: Asked[] = []
  const held: ServerResponse[] = []
  const backend = {
    asked,
    held,
    url: '',
    status: 200,
    headers: {} as OutgoingHttpHeaders,
    isHolding: false,
    release() {
      for (const response of held.splice(0)) response.end()
    },
  }
  const server = startHttpServer(({ url = '', headers }, response) => {
    asked.push({ path: url, headers })
    response.writeHead(backend.status, { 'content-type': 'application/json', ...backend.headers })
    response.write(JSON.stringify({ word: `answer ${asked.length}` }))
    if (backend.isHolding) held.push(response)
    else response.end()
  })
  backend.url = (await opened(server)).url
  return backend
}

const route = (path: string, keys = '', step = `invoke: words.${path}`) => `
match: GET /${path}
in: { other.word?: query.q }
${keys}
do: [ { ${step} } ]
response: { body: { word: $.word } }
`

async function start(gateway = '', service = '') {
  const backend = await startBackend()
  const operation = (path: string, keys: string) =>
    `  ${path}: { get: /${path}, in: { other.word?: query.q }, out: { word: $.word }${keys} }`
  const running = await startGateway({
    gateway: `defaults: { timeout: 60s }\ntelemetry: { sampling: 0% }\n${gateway}`,
    'services/words': `
service: words
endpoints: ['${backend.url}']
timeout: 50s
${service}
operations:
${operation('plain', '')}
${operation('kept', ', cache: { ttl: 1m }')}
${operation('joined', ', coalesce: true')}
${operation('good', ', fallback: { lastGood: 1m }')}
${operation('whole', '')}
${operation('error', ', coalesce: true')}
`,
    'routes/plain': route('plain'),
    'routes/kept': route('kept'),
    'routes/joined': route('joined'),
    'routes/good': route('good'),
    'routes/lacking': `
match: GET /lacking
do: [ { invoke: words.whole, optional: true } ]
degradedMaxAge: 1m
cache: { ttl: 1m }
response: { body: { word: $.word } }
`,
    'routes/whole': route('whole', 'cache: { ttl: 1m }'),
    'routes/error': `
match: GET /error
in: { other.word?: query.q }
do: [ { invoke: words.error } ]
catch: [ { errors: [all], do: [ { respond: { status: 200, body: $.error.body } } ] } ]
`,
  })
  return { backend, running }
}

interface Given {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly word: string | undefined
}

function ask({ port }: Running, path: string, headers: Record<string, string> = {}): Promise<Given> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, headers, agent: false }, (answer) => {
      let body = ''
      answer.on('data', (chunk) => {
        body += chunk
      })
      answer.on('end', () => {
        const { word } = body === '' ? {} : (JSON.parse(body) as { word?: string })
        resolve({ word, status: answer.statusCode!, headers: answer.headers })
      })
    }).on('error', reject)
  })
}

const ofOneClient: readonly OutgoingHttpHeaders[] = [
  { 'set-cookie': 'session=ann' },
  { 'cache-control': 'private' },
  { 'cache-control': 'max-age=60, private="x-user"' },
  { 'cache-control': 'no-store' },
  { vary: '*' },
  { vary: 'accept-language, x-request-id' },
  { vary: 'X-Envoy-Expected-Rq-Timeout-Ms' },
]

describe('what is for one client', () => {
  test.each(ofOneClient)('is no last good answer of another: %j', async (headers) => {
    const { backend, running } = await start()
    backend.headers = headers
    expect((await ask(running, '/good')).word).toBe('answer 1')
    backend.status = 500
    expect((await ask(running, '/good')).status).toBe(502)
  })

  test.each(ofOneClient)('is in no whole answer of another, here or in a cache outside: %j', async (headers) => {
    const { backend, running } = await start()
    backend.headers = headers
    const first = await ask(running, '/whole')
    expect([first.word, first.headers['cache-control']]).toEqual(['answer 1', 'no-store'])
    expect((await ask(running, '/whole')).word).toBe('answer 2')
  })

  test.each([
    ...ofOneClient.map((headers) => [404, headers] as const),
    // Whoever joins the call of somebody who forges `CDN-Loop` has been nowhere.
    [508, {}] as const,
  ])('is no error of another, whose call was joined: %d %j', async (status, headers) => {
    const { backend, running } = await start()
    Object.assign(backend, { headers, status, isHolding: true })
    const asked = [ask(running, '/error'), ask(running, '/error'), ask(running, '/error')]
    await until(() => backend.held.length === 1)
    await untilActive(running, 3)
    backend.isHolding = false
    backend.release()
    const words = (await Promise.all(asked)).map(({ word }) => word)
    expect(words.toSorted()).toEqual(['answer 1', 'answer 2', 'answer 3'])
  })
})

test('a page that lacks a part because of where one request has been is kept for nobody', async () => {
  const { backend, running } = await start()
  backend.status = 508
  expect((await ask(running, '/lacking')).word).toBeUndefined()
  backend.status = 200
  expect((await ask(running, '/lacking')).word).toBe('answer 2')
})

test('what is for everybody is shared', async () => {
  const { backend, running } = await start()
  backend.headers = { 'cache-control': 'public, max-age=60', vary: 'accept-language' }
  for (const path of ['/good', '/whole']) await ask(running, path)
  expect((await ask(running, '/whole')).headers['cache-control']).toBe('max-age=60')
  backend.status = 500
  expect([(await ask(running, '/good')).word, (await ask(running, '/whole')).word]).toEqual(['answer 1', 'answer 2'])
})

describe('what others may be given', () => {
  const ofAnn = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
    tracestate: 'ann=1',
    baggage: 'user=ann',
    'x-envoy-expected-rq-timeout-ms': '1234',
  }

  test.each(['/kept', '/joined', '/good', '/whole'])(
    'is asked for without what one client sends along: %s',
    async (path) => {
      const { backend, running } = await start('trustedProxies: [loopback]')
      await ask(running, path, ofAnn)
      const [{ headers }] = backend.asked as [Asked]
      expect([headers['baggage'], headers['tracestate']]).toEqual([undefined, undefined])
      // As it is for everybody: the timeout of the operation.
      expect(headers['x-envoy-expected-rq-timeout-ms']).toBe('50000')
    },
  )

  test('unlike what goes to one alone', async () => {
    const { backend, running } = await start('trustedProxies: [loopback]')
    await ask(running, '/plain', ofAnn)
    const [{ headers }] = backend.asked as [Asked]
    expect([headers['baggage'], headers['tracestate']]).toEqual(['user=ann', 'ann=1'])
    expect(Number(headers['x-envoy-expected-rq-timeout-ms'])).toBeLessThanOrEqual(1234)
  })
})

test('law: nothing of an answer that is for one client reaches another', async () => {
  const { backend, running } = await start('trustedProxies: [loopback]')
  const directives = fc.subarray(['private', 'no-store', 'public', 'max-age=60', 's-maxage=60', 'no-cache'])
  const answer = fc.record({
    control: directives,
    cookie: fc.boolean(),
    vary: fc.constantFrom(undefined, 'accept', '*', 'accept, *', 'traceparent', 'x-user-id'),
    status: fc.constantFrom(200, 200, 200, 404),
  })
  const user = fc.record({
    baggage: fc.stringMatching(/^[a-z]{1,8}=[a-z0-9]{1,8}$/),
    'x-user-id': fc.stringMatching(/^[a-z]{1,8}$/),
    authorization: fc.stringMatching(/^Bearer [a-z]{1,8}$/),
    cookie: fc.stringMatching(/^s=[a-z]{1,8}$/),
    'x-envoy-expected-rq-timeout-ms': fc.integer({ min: 1000, max: 4000 }).map(String),
  })
  let run = 0
  const law = async (
    path: string,
    { control, cookie, vary, status }: { control: string[]; cookie: boolean; vary: string | undefined; status: number },
    [ann, bob]: readonly [Record<string, string>, Record<string, string>],
  ) => {
    const target = `/${path}?q=${++run}`
    const good = path === 'error' ? 404 : 200
    backend.status = status
    backend.headers = {
      ...(control.length > 0 && { 'cache-control': control.join(', ') }),
      ...(cookie && { 'set-cookie': 's=ann' }),
      ...(vary !== undefined && { vary }),
    }
    backend.asked.length = 0
    const isJoined = path === 'joined' || path === 'error'
    backend.isHolding = isJoined
    const first = ask(running, target, ann)
    if (isJoined) await until(() => backend.held.length === 1)
    else await first
    if (path === 'good') backend.status = 500
    const second = ask(running, target, bob)
    if (isJoined) {
      await untilActive(running, 2)
      backend.isHolding = false
      backend.release()
    }
    const [forAnn, forBob] = await Promise.all([first, second])
    const isForOne =
      cookie || control.some((one) => ['private', 'no-store'].includes(one)) || /\*|traceparent/.test(vary ?? '')
    const isForAll =
      !cookie && /^$|^public,max-age=60$/.test(control.join()) && /^(accept)?$/.test(vary ?? '') && status === good
    const isAnns = forBob.word !== undefined && forBob.word === forAnn.word
    if (isAnns) {
      const { headers } = backend.asked[0]!
      expect(headers['baggage']).toBeUndefined()
      expect(headers['x-envoy-expected-rq-timeout-ms']).toBe('50000')
      expect(forBob.headers['set-cookie']).toBeUndefined()
    }
    if (isForOne) expect(isAnns).toBe(false)
    // Had nothing been shared, there would have been nothing to find.
    if (isForAll) expect(isAnns).toBe(true)
  }
  const everyPath = ['kept', 'joined', 'good', 'whole', 'error']
  const paths = fc.constantFrom(...everyPath)
  const isShared = everyPath.map(
    (path): Parameters<typeof law> => [
      path,
      { control: ['public', 'max-age=60'], cookie: false, vary: 'accept', status: path === 'error' ? 404 : 200 },
      [
        { 'x-user-id': 'ann', baggage: 'user=ann' },
        { 'x-user-id': 'bob', authorization: 'Bearer bob' },
      ],
    ],
  )
  await fc.assert(fc.asyncProperty(paths, answer, fc.tuple(user, user), law), { numRuns: 150, examples: isShared })
})

describe('a whole answer that depends on who asks', () => {
  test.each([
    ['header.authorization', 'other.word'],
    ['header.proxy-authorization', 'other.word'],
    ['header.x-api-key', 'other.word'],
    ['header.api-key', 'other.word'],
    ['header.X-Auth-Token', 'other.word'],
    ['header.x-amz-security-token', 'other.word'],
    ['cookie.theme', 'other.word'],
    ['query.access_token', 'other.word'],
    ['header.x-customer', 'user.id'],
    ['query.key', 'user.secret'],
  ])('is private to caches outside: %s as %s', async (place, color) => {
    const backend = await startBackend()
    const running = await startGateway({
      dictionary: `
colors:
  word: { type: string }
  other.word: { type: string }
  user.id: { type: string, sensitivity: pii }
  user.secret: { type: string, sensitivity: secret }
`,
      'services/words': `
service: words
endpoints: ['${backend.url}']
operations: { word: { get: /word, in: { ${color}?: header.x-who }, out: { word: $.word } } }
`,
      'routes/word': `
match: GET /word
in: { ${color}?: ${place} }
cache: { ttl: 1m }
do: [ { invoke: words.word } ]
response: { body: { word: $.word } }
`,
    })
    expect((await ask(running, '/word')).headers['cache-control']).toBe('private, max-age=60')
  })

  test('is for everybody where it depends on nobody', async () => {
    const { running } = await start()
    expect((await ask(running, '/whole?q=1')).headers['cache-control']).toBe('max-age=60')
  })
})

describe('budgetHeader', () => {
  const told = async (gateway: string, service = '') => {
    const { backend, running } = await start(gateway, service)
    await ask(running, '/plain', { 'x-budget': '1500', 'x-envoy-expected-rq-timeout-ms': '1600' })
    const [{ headers }] = backend.asked as [Asked]
    return [headers['x-budget'], headers['x-envoy-expected-rq-timeout-ms'], headers['x-mine']].map((text) =>
      text === undefined ? undefined : Math.ceil(Number(text) / 100) * 100,
    )
  }

  test('is sent, and believed of a trusted proxy, under the name that it is given', async () => {
    expect(await told('budgetHeader: X-Budget\ntrustedProxies: [loopback]')).toEqual([1500, undefined, undefined])
    expect(await told('budgetHeader: X-Budget')).toEqual([50_000, undefined, undefined])
    expect(await told('trustedProxies: [loopback]')).toEqual([undefined, 1600, undefined])
  })

  test('is neither where it is false; a service has its own', async () => {
    expect(await told('budgetHeader: false\ntrustedProxies: [loopback]')).toEqual([undefined, undefined, undefined])
    expect(await told('trustedProxies: [loopback]', 'budgetHeader: x-mine')).toEqual([undefined, undefined, 1600])
    expect(await told('', 'budgetHeader: false')).toEqual([undefined, undefined, undefined])
  })
})
