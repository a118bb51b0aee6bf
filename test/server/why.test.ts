import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createDirectory, opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { sendRaw } from '../support/raw.ts'
import { startHttpServer, startTcpServer, startTlsServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { wordRoute, wordService } from '../support/words.ts'

type Line = Record<string, unknown> & { readonly failures?: readonly Record<string, unknown>[] }

/** What the gateway logs of requests, once there are so many. */
async function requestLines(lines: readonly string[], count: number): Promise<Line[]> {
  const found = () => lines.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg === 'request')
  await until(() => found().length >= count)
  return found()
}

const passed = "match: ANY /words/*rest\nproxy: { service: words, path: '/{rest}' }"

async function ask(port: number, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  return { status: response.status, text: await response.text() }
}

/** Backends that fail, and what the log says of the cause. */
const failing: Record<
  string,
  { readonly open: () => Promise<string>; readonly cause: RegExp; readonly error: string; readonly attempts: number }
> = {
  'no certificate that is known': {
    open: async () =>
      (await opened(startTlsServer((_, response) => response.end('{}')))).url.replace('http:', 'https:'),
    error: 'unavailable',
    cause: /SELF_SIGNED_CERT|ALTNAME/,
    attempts: 2,
  },
  'nobody at its address': {
    open: async () => {
      const server = await startHttpServer(() => {})
      await server.close()
      return server.url
    },
    error: 'unavailable',
    cause: /ECONNREFUSED/,
    attempts: 2,
  },
  'what is no HTTP': {
    open: async () => (await opened(startTcpServer((socket) => socket.end('rubbish\r\n\r\n')))).url,
    error: 'invalid-response',
    cause: /not valid HTTP/,
    attempts: 1,
  },
}

describe.each(Object.entries(failing))('a backend with %s', (_, { open, error, cause, attempts }) => {
  test.each(['/word', '/words/word'])(
    'is named by the log line of %s with its cause, and its client is told a code',
    async (path) => {
      const url = await open()
      const { port, lines } = await startGateway({
        'services/words': wordService(url, 'retry: { attempts: 2, delay: 1ms }'),
        'routes/word': wordRoute,
        'routes/passed': passed,
      })
      const { status, text } = await ask(port, path)
      const problem = JSON.parse(text) as Record<string, unknown>
      expect(problem).toMatchObject({ status, code: error, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) })
      expect(problem).not.toHaveProperty('detail')
      expect(text).not.toMatch(/CERT|ECONN|ALTNAME|127\.0\.0\.1|valid HTTP/)
      const [line] = await requestLines(lines, 1)
      const isCall = path === '/word'
      expect(line).toMatchObject({ level: 'error', status, error, trace_id: problem['traceId'] })
      expect(line!.failures).toEqual([
        {
          ...(isCall && { step: 'word', operation: 'word' }),
          service: 'words',
          endpoint: url,
          attempts: isCall ? attempts : 1,
          error,
          cause: expect.stringMatching(cause),
        },
      ])
    },
  )
})

test('a backend that answers 503 is named where its answer is passed on, and where it is not', async () => {
  const backend = await opened(startHttpServer((_, response) => response.writeHead(503).end('{"why":"inside"}')))
  const { port, lines } = await startGateway({
    'services/words': wordService(backend.url),
    'routes/word': wordRoute,
    'routes/passed': passed,
  })
  await ask(port, '/word')
  await ask(port, '/words/word')
  const failures = (await requestLines(lines, 2)).map((line) => line.failures)
  const place = { service: 'words', endpoint: backend.url, attempts: 1, status: 503, error: 'http-503' }
  expect(failures).toEqual([[{ step: 'word', operation: 'word', ...place }], [place]])
})

test('the line of a degraded answer names what is missing, equal failures once and counted', async () => {
  const backend = await opened(startHttpServer((_, response) => response.writeHead(500).end()))
  const { port, lines } = await startGateway({
    'services/words': wordService(backend.url),
    'routes/many': `
match: GET /many
do: [ { forEach: { in: [1, 2, 3] }, do: [ { invoke: words.word, optional: true } ] } ]
response: { body: { fine: true } }
`,
  })
  expect((await ask(port, '/many')).status).toBe(200)
  const [line] = await requestLines(lines, 1)
  expect(line).toMatchObject({ level: 'warn', status: 200 })
  expect(line!.failures).toEqual([
    expect.objectContaining({ step: 'word', service: 'words', endpoint: backend.url, status: 500, count: 3 }),
  ])
})

test('an answer that breaks off names who broke it', async () => {
  const backend = await opened(
    startTcpServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
  )
  const { port, lines } = await startGateway({ 'services/words': wordService(backend.url), 'routes/passed': passed })
  await expect(ask(port, '/words/word')).rejects.toThrow()
  const [line] = await requestLines(lines, 1)
  expect(line).toMatchObject({ error: 'invalid-response', failures: [{ service: 'words', endpoint: backend.url }] })
})

test('what a throw says is its client’s, and stands in no log', async () => {
  const { port, lines } = await startGateway({
    'routes/thrown': `
match: GET /thrown
do: [ { throw: { error: timeout, status: 503, title: Later, detail: 'come back at \${ request.query.at }' } } ]
`,
  })
  const { text } = await ask(port, '/thrown?at=noon')
  expect(JSON.parse(text)).toMatchObject({ code: 'timeout', title: 'Later', detail: 'come back at noon' })
  await requestLines(lines, 1)
  expect(lines.join('')).not.toContain('noon')
})

describe('accessLog.fields', () => {
  const agent = { 'user-agent': 'curl/8 "quoted"' }

  test('adds what it names, and nothing else', async () => {
    const { port, lines } = await startGateway({
      gateway: 'accessLog: { fields: [client, path, host, scheme, protocol, userAgent] }',
      'routes/plain': 'match: GET /plain\nresponse: { body: fine }',
    })
    await fetch(`http://127.0.0.1:${port}/plain?secret=1`, { headers: agent })
    await fetch(`http://127.0.0.1:${port}/nowhere/4711`, { headers: agent })
    const told = {
      client: '127.0.0.1',
      host: `127.0.0.1:${port}`,
      scheme: 'http',
      protocol: 'HTTP/1.1',
      userAgent: agent['user-agent'],
    }
    expect(await requestLines(lines, 2)).toMatchObject([
      { ...told, route: 'plain', path: '/plain' },
      { ...told, path: '/*' },
    ])
  })

  test('are masked as their colors are', async () => {
    const { port, lines } = await startGateway({
      gateway: 'accessLog: { fields: [path, host, userAgent] }',
      dictionary: `
colors:
  my.id: { type: string, sensitivity: pii }
  my.agent: { type: string, sensitivity: pii }
  my.host: { type: string, sensitivity: secret }
`,
      'routes/mine': `
match: GET /mine/{id}
in: { my.id: path.id, my.agent: header.user-agent, my.host: header.host }
response: { body: fine }
`,
    })
    await fetch(`http://127.0.0.1:${port}/mine/4711`, { headers: agent })
    const [line] = await requestLines(lines, 1)
    expect(line).toMatchObject({
      path: '/mine/{id}',
      host: '***',
      userAgent: expect.stringMatching(/^pii:[0-9a-f]{8}$/),
    })
    expect(lines.join('')).not.toMatch(/4711|curl/)
  })

  test('that do not exist are errors at load, with what was meant', async () => {
    await expect(startGateway({ gateway: 'accessLog: { fields: [userAgnet] }' })).rejects.toThrow(/userAgent/)
  })
})

describe('a request that is refused before anybody looks at it', () => {
  const refused: [string, string, number, string][] = [
    ['that is no HTTP', 'GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n', 400, 'bad-request'],
    [
      'whose head is too large',
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    ['whose head never ends', 'GET / HTTP/1.1\r\nhost: a\r\n', 408, 'request-timeout'],
    ['that asks for a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n', 501, 'not-implemented'],
    [
      'whose URL is too long',
      `GET /${'a'.repeat(9000)} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
      414,
      'url-too-long',
    ],
  ]
  test.each(refused)('%s is logged and counted', async (_, text, status, error) => {
    const { port, adminPort, lines } = await startGateway({
      gateway: 'listen: { port: 0, headersTimeout: 300ms }\naccessLog: { fields: [client] }',
    })
    const answer = await sendRaw(port, text)
    expect(answer.status).toBe(status)
    const [line] = await requestLines(lines, 1)
    expect(line).toMatchObject({ status, error, client: '127.0.0.1' })
    expect(answer.json()['traceId']).toBe(line!['trace_id'])
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toMatch(
      new RegExp(
        `http_server_request_duration_seconds_count\\{[^}]*http_route="",http_response_status_code="${status}"\\} 1`,
      ),
    )
    expect(metrics).toContain('http_server_active_requests 0')
  })
})

describe('a change of state is one line', () => {
  const told = (lines: readonly string[], message: RegExp) =>
    lines.map((line) => JSON.parse(line) as Line).filter(({ msg }) => message.test(String(msg)))

  test('when a breaker opens, and when it closes, however often it was tried between', async () => {
    let isWell = false
    const backend = await opened(
      startHttpServer((_, response) => response.writeHead(isWell ? 200 : 500).end('{"word":"hello"}')),
    )
    const { port, lines } = await startGateway({
      'services/words': wordService(backend.url, 'breaker: { minCalls: 1, open: 20ms }'),
      'routes/word': wordRoute,
    })
    for (let tries = 0; tries < 3; tries++) await until(async () => (await ask(port, '/word')).status === 502)
    expect(told(lines, /breaker/)).toMatchObject([{ level: 'warn', subject: 'words.word' }])
    isWell = true
    await until(async () => (await ask(port, '/word')).status === 200)
    expect(told(lines, /breaker/)).toMatchObject([
      { level: 'warn' },
      { level: 'info', msg: 'a circuit breaker closed' },
    ])
  })

  test('when an endpoint is ejected, and when it is back', async () => {
    let isWell = false
    const answer = () =>
      startHttpServer((_, response) => response.writeHead(isWell ? 200 : 503).end('{"word":"hello"}'))
    const [one, other] = [await opened(answer()), await opened(answer())]
    const { port, lines } = await startGateway({
      'services/words': wordService(`${one.url}, ${other.url}`, 'outlier: { failures: 1, eject: 30ms }'),
      'routes/word': wordRoute,
    })
    await ask(port, '/word')
    await until(() => told(lines, /ejected/).length > 0)
    isWell = true
    await until(async () => (await ask(port, '/word')).status === 200 && told(lines, /back after/).length > 0)
    const [back] = told(lines, /back after/)
    expect([one.url, other.url]).toContain(back!['endpoint'])
  })

  test('when the endpoints of a service change', async () => {
    const directory = createDirectory()
    const list = (...ports: number[]) =>
      writeFileSync(
        join(directory, 'words.yaml'),
        JSON.stringify(ports.map((port) => ({ url: `http://127.0.0.1:${port}` }))),
      )
    list(7001)
    const { lines, adminPort } = await startGateway({
      'services/words': `
service: words
discover: { file: ${join(directory, 'words.yaml')} }
operations: { word: { get: /word, out: { word: $.word } } }
`,
      'routes/word': wordRoute,
    })
    const known = async () => (await fetch(`http://127.0.0.1:${adminPort}/-/endpoints`)).text()
    await until(async () => (await known()).includes(':7001'), 'the list is read')
    list(7001, 7002)
    await until(() => told(lines, /endpoints of a service/).length > 0)
    expect(told(lines, /endpoints of a service/)).toMatchObject([
      { level: 'info', subject: 'words', added: ['http://127.0.0.1:7002'] },
    ])
  })
})
