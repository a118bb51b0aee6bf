import { describe, expect, test } from '@jest/globals'
import { afterTest, opened } from '../support/cleanup.ts'
import { setOtelEnvironment, startCollector } from '../support/collector.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'

async function start() {
  const collector = await opened(startCollector())
  afterTest(setOtelEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }))
  const backend = await opened(
    startHttpServer(({ url = '' }, response) => response.writeHead(Number(/\d{3}$/.exec(url)?.[0] ?? 200)).end('fine')),
  )
  const gateway = await startGateway({
    gateway: 'telemetry: { sampling: 100% }',
    dictionary: 'colors: { card.number: { type: string, sensitivity: secret }, anything: {} }',
    'services/shop': `service: shop\nendpoints: [${backend.url}/v1]\noperations: { any: { get: '/status/500', out: { anything: $ } } }\n`,
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
    'routes/card': "match: 'ANY /cards/{card.number}/x'\nproxy: shop\n",
    'routes/call': 'match: GET /call\ndo: [ { invoke: shop.any } ]\nresponse: { body: fine }\n',
  })
  const ask = (line: string) => sendRaw(gateway.port, request(`${line} HTTP/1.1`))
  return { ...gateway, backend, collector, ask }
}

describe('the spans of what is passed through', () => {
  test('are named by the method of each request, and say what was asked, where', async () => {
    const { gateway, collector, ask, backend } = await start()
    await ask('GET /shop/a?q=hidden&r')
    await ask('PUT /shop/b')
    await gateway.close()
    const names = collector.spans.map(({ name, kind }) => [name, kind])
    expect(names.sort()).toEqual([
      ['GET /shop/*rest', 2],
      ['GET /shop/*rest', 3],
      ['PUT /shop/*rest', 2],
      ['PUT /shop/*rest', 3],
    ])
    const client = collector.spans.find(({ kind, name }) => kind === 3 && name.startsWith('GET'))!
    expect(client.attributes).toMatchObject({
      'http.request.method': 'GET',
      'url.template': '/v1/shop/*rest',
      'url.full': `${backend.url}/v1/shop/*rest?q=REDACTED&r`,
      'server.address': '127.0.0.1',
    })
    expect(JSON.stringify(collector.spans)).not.toContain('hidden')
  })

  test('hide a path whose parameter is a color that is secret', async () => {
    const { gateway, collector, ask, entries, lines } = await start()
    await ask('GET /cards/hidden-1/x')
    await ask('GET /cards/hidden-2/x?y=503')
    await gateway.close()
    expect(entries.map(({ path }) => path)).toEqual(Array(2).fill('/cards/{card.number}/x'))
    expect(JSON.stringify([collector.spans, entries, lines])).not.toContain('hidden')
  })

  test.each(['/shop/404', '/shop/500', '/call'])(
    'have the status as `error.type`, as those of calls: %s',
    async (path) => {
      const { gateway, collector, ask } = await start()
      await ask(`GET ${path}`)
      await gateway.close()
      const client = collector.spans.find(({ kind }) => kind === 3)!
      expect(client.attributes['error.type']).toBe(path.endsWith('404') ? '404' : '500')
    },
  )
})
