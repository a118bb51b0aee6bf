import { expect, test } from '@jest/globals'
import { readPackageVersion } from '../../src/version.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { setOtelEnvironment, startCollector } from '../support/collector.ts'
import { startGateway } from '../support/gateway.ts'
import { dial } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { wordRoute, wordService } from '../support/words.ts'

const internal = 1
const server = 2
const client = 3

async function startTraced() {
  const collector = await opened(startCollector())
  afterTest(setOtelEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '10' }))
  const asked = Promise.withResolvers<void>()
  const backend = await opened(
    startHttpServer((request, response) => {
      if (request.url === '/silent') return asked.resolve()
      response.writeHead(request.url === '/broken' ? 500 : 200, { 'content-type': 'application/json' })
      response.end('{"word":"x"}')
    }),
  )
  const running = await startGateway({
    gateway: 'telemetry: { sampling: 100% }',
    'services/words': `${wordService(backend.url)}  broken: { get: /broken, out: { word: $.word } }\n`,
    'routes/word': wordRoute,
    'routes/broken': 'match: GET /broken\ndo: [ { invoke: words.broken } ]\nresponse: { body: $.word }',
    'routes/passed': "match: ANY /words/*rest\nproxy: { service: words, path: '/{rest}' }",
  })
  const spans = async (kind: number) => {
    await until(() => collector.spans.some((span) => span.kind === server))
    return collector.spans.filter((span) => span.kind === kind)
  }
  const ask = (method: string, path: string) => fetch(`http://127.0.0.1:${running.port}${path}`, { method })
  return { ...running, collector, spans, ask, asked: asked.promise }
}

test('a HEAD is named by its own method', async () => {
  const { ask, spans } = await startTraced()
  await ask('HEAD', '/word')
  const [span] = await spans(server)
  expect(span).toMatchObject({ name: 'HEAD /word', attributes: { 'http.request.method': 'HEAD' } })
})

test('a method that is none of HTTP is `_OTHER`, and its own word stands beside it', async () => {
  const { ask, spans } = await startTraced()
  await ask('PURGE', '/words/word')
  const told = { 'http.request.method': '_OTHER', 'http.request.method_original': 'PURGE' }
  expect(await spans(server)).toMatchObject([{ name: 'HTTP /words/*rest', attributes: told }])
  expect(await spans(client)).toMatchObject([{ name: 'HTTP /words/*rest', attributes: told }])
})

test('address, port and version of the protocol are told', async () => {
  const { ask, spans, port } = await startTraced()
  await ask('GET', '/word')
  const [span] = await spans(server)
  expect(span!.attributes).toMatchObject({ 'server.address': '127.0.0.1', 'network.protocol.version': '1.1' })
  expect(Number(span!.attributes['server.port'])).toBe(port)
})

test('`error.type` is the status; what it means here stands beside it', async () => {
  const { ask, spans } = await startTraced()
  await ask('GET', '/broken')
  const [root] = await spans(server)
  expect(root).toMatchObject({ status: 2, attributes: { 'error.type': '502', 'tessera.error': 'http-500' } })
  expect((await spans(client))[0]!.attributes['error.type']).toBe('500')
  expect((await spans(internal))[0]!.attributes['error.type']).toBe('http-500')
})

test('a client that left before its answer was sent no status', async () => {
  const { spans, port, asked } = await startTraced()
  const socket = await dial(port)
  socket.write('GET /words/silent HTTP/1.1\r\nhost: a\r\n\r\n')
  await asked
  socket.destroy()
  const [span] = await spans(server)
  expect(span!.attributes).not.toHaveProperty('http.response.status_code')
  expect(span).toMatchObject({ status: 0, attributes: { 'error.type': 'cancelled' } })
})

test('the resource says which gateway it is, of which version', async () => {
  const { ask, collector, spans } = await startTraced()
  await ask('GET', '/word')
  await spans(server)
  expect(collector.resources[0]).toMatchObject({
    'telemetry.sdk.name': 'tessera',
    'telemetry.sdk.version': readPackageVersion(),
    'service.version': readPackageVersion(),
    'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})
