import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordRoute } from '../support/words.ts'

async function start(listener: Parameters<typeof startHttpServer>[0]) {
  const server = await opened(startHttpServer(listener))
  return server
}

const service = (keys: string) => `
service: words
timeout: 2s
${keys}
operations:
  word: { get: /word, out: { word: $.word } }
  say: { post: /word, out: { word: $.word } }
`

describe('a request beside the first, behind a gateway', () => {
  test('answers for one that hangs, and the metrics tell of it and of what it cost', async () => {
    const hung = await start(() => {})
    const well = await start((_request, response) => response.end('{"word":"well"}'))
    const { port, adminPort } = await startGateway({
      'services/words': service(`endpoints: [${hung.url}, ${well.url}]
hedge: { after: 20ms }
retryBudget: { share: 0%, perSecond: 3, window: 1m }`),
      'routes/word': wordRoute,
    })
    for (let call = 0; call < 4; call++) {
      const response = await fetch(`http://127.0.0.1:${port}/word`)
      expect(await response.json()).toEqual({ word: 'well' })
    }
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    const readSample = (sample: RegExp) => Number(sample.exec(metrics)?.[1])
    const won = readSample(/tessera_hedge_total\{service="words",operation="word",result="won"\} (\d+)/)
    expect(won).toBeGreaterThan(0)
    // A tenth of the window is given at once: 3 a second for 6 s.
    expect(readSample(/tessera_retry_budget\{service="words"\} (\d+)/)).toBe(18 - won)
  })

  test('is not sent before a backend wants to be asked again', async () => {
    let asked = 0
    const busy = await start((_request, response) => {
      asked++
      response.writeHead(503, { 'retry-after': '5' }).end()
    })
    const { port } = await startGateway({
      'services/words': service(`endpoints: [${busy.url}]\nretry: { attempts: 3, delay: 1ms, on: [http-503] }`),
      'routes/word': `${wordRoute}timeout: 1s`,
    })
    const response = await fetch(`http://127.0.0.1:${port}/word`)
    expect(response.status).toBe(502)
    expect(response.headers.get('retry-after')).toBeNull()
    expect(asked).toBe(1)
  })
})
