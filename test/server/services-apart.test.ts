import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'

const serviceAt = (name: string, url: string, color: string) => `
service: ${name}
endpoints: [${url}]
retry: { attempts: 2, delay: 1ms, jitter: false, on: [http-503] }
retryBudget: { share: 0%, perSecond: 1, window: 1m }
outlier: { failures: 50 }
operations:
  word: { get: /word, out: { ${color}: $.word } }
`
const routeTo = (path: string, operation: string, color: string) => `
match: GET ${path}
do: [ { invoke: ${operation} } ]
response: { body: $.${color} }
`

async function start() {
  const failing = await opened(startHttpServer((_request, response) => response.writeHead(503).end()))
  const gateway = await startGateway({
    'services/one': serviceAt('one', failing.url, 'word'),
    'services/two': serviceAt('two', failing.url, 'other.word'),
    'routes/one': routeTo('/one', 'one.word', 'word'),
    'routes/two': routeTo('/two', 'two.word', 'other.word'),
  })
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${gateway.port}${path}`)).status
  const metrics = async () => (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
  return { get, metrics }
}

test('two services at one address have a retry budget each', async () => {
  const { get, metrics } = await start()
  for (let call = 0; call < 7; call++) expect(await get('/one')).toBe(502)
  expect(await get('/two')).toBe(502)
  const text = await metrics()
  // A tenth of the window's 60 retries is there from the beginning.
  expect(text).toContain('tessera_retry_budget{service="one"} 0')
  expect(text).toContain('tessera_retry_budget{service="two"} 5')
  expect(text).toContain('tessera_retry_budget_exhausted_total{service="one"} 1')
  expect(text).not.toContain('tessera_retry_budget_exhausted_total{service="two"} 1')
})

test('two services at one address are both told of in the metrics of endpoints', async () => {
  const { get, metrics } = await start()
  await get('/one')
  const text = await metrics()
  expect(text).toMatch(/tessera_endpoints\{service="one",state="[a-z-]+"\} 1/)
  expect(text).toMatch(/tessera_endpoints\{service="two",state="[a-z-]+"\} 1/)
})

test('a retry is counted by the error that it follows', async () => {
  const { get, metrics } = await start()
  await get('/one')
  const sample = 'tessera_retry_total{service="one",operation="word",error_type="http-503"} 1'
  expect(await metrics()).toContain(sample)
})
