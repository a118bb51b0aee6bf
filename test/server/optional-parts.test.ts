import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'

const service = (url: string) => `
service: words
endpoints: [${url}]
operations:
  word: { get: /word, out: { word: $.word } }
`
const route = `
match: GET /word
do: [ { id: extra, invoke: words.word, optional: true } ]
response: { body: { word: $.word } }
`

async function start(status: number) {
  const backend = await opened(
    startHttpServer((_request, response) => response.writeHead(status).end('{"word":"well"}')),
  )
  const { port, adminPort } = await startGateway({ 'services/words': service(backend.url), 'routes/word': route })
  const answer = await fetch(`http://127.0.0.1:${port}/word`)
  const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  const outcomes = [...metrics.matchAll(/tessera_step_duration_seconds_count\{.*outcome="(.*?)"\} 1/g)]
  return { answer, metrics, outcomes: outcomes.map(([, outcome]) => outcome) }
}

const skipped = 'tessera_fallback_total{route="word",step="extra",source="skipped"} 1'

test('an optional part that fails is counted as left out, and as something that nothing stood in for', async () => {
  const { answer, metrics, outcomes } = await start(500)
  expect([answer.status, answer.headers.get('tessera-degraded')]).toEqual([200, 'extra;source=skipped;error=http-500'])
  expect(outcomes).toEqual(['left-out'])
  expect(metrics).toContain(skipped)
})

test('one that does not fail is not', async () => {
  const { metrics, outcomes } = await start(200)
  expect(outcomes).toEqual(['ok'])
  expect(metrics).not.toContain(skipped)
})
