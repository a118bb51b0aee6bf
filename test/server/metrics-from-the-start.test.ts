import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { startGateway } from '../support/gateway.ts'
import { wordRoute, wordService } from '../support/words.ts'

const start = () =>
  startGateway({
    gateway: 'telemetry: { buckets: [10ms, 1s] }',
    'services/words': wordService(
      'http://127.0.0.1:9',
      'outlier: {}\nretry: { attempts: 2 }\nbulkhead: { concurrent: 5 }\nlimit: { rate: 9/s }',
    ),
    'routes/word': `${wordRoute}cache: { ttl: 1m }\n`,
    'routes/instead': `
match: GET /instead
do: [ { invoke: words.word, fallback: [ { lastGood: 1m }, { body: { word: x } } ] } ]
response: { body: { word: $.word } }
`,
  })

describe('before anything happens', () => {
  test.each([
    'tessera_endpoint_ejections_total{service="words"}',
    'tessera_failover_total{service="words"}',
    'tessera_fallback_total{route="instead",step="word",source="stale"}',
    'tessera_fallback_total{route="instead",step="word",source="fallback"}',
    'tessera_route_cache_total{route="word",result="hit"}',
    'tessera_shed_total{scope="service",name="words",reason="full"}',
    'tessera_rate_limit_total{scope="service",name="words",result="refused"}',
  ])('%s is 0', async (series) => {
    const { adminPort } = await start()
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(text.split('\n')).toContain(`${series} 0`)
  })
})

test('/metrics comes compressed to those who take it', async () => {
  const { adminPort } = await start()
  const answer = await new Promise<{ coding: unknown; text: string }>((resolve, reject) => {
    const asked = request({ port: adminPort, path: '/metrics', headers: { 'accept-encoding': 'gzip' } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ coding: response.headers['content-encoding'], text: gunzipSync(Buffer.concat(chunks)).toString() }),
      )
    })
    asked.on('error', reject).end()
  })
  expect(answer).toEqual({ coding: 'gzip', text: expect.stringContaining('tessera_build_info') })
})
