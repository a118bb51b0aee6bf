import { describe, expect, test } from '@jest/globals'
import { afterTest, opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordRoute, wordService } from '../support/words.ts'

/** A backend that answers when so many requests are there at once, or when it is let go. */
async function startGathering(awaited: number) {
  let most = 0
  const waiting: (() => void)[] = []
  const server = await opened(
    startHttpServer((_request, response) => {
      waiting.push(() => response.end('{"word":"well"}'))
      most = Math.max(most, waiting.length)
      if (waiting.length >= awaited) release()
    }),
  )
  function release() {
    for (const answer of waiting.splice(0)) answer()
  }
  afterTest(() => server.close())
  return { url: server.url, most: () => most, release }
}

async function askTimes(port: number, times: number): Promise<number[]> {
  const asks = Array.from({ length: times }, async () => (await fetch(`http://127.0.0.1:${port}/word`)).status)
  return Promise.all(asks)
}

describe('connections to an endpoint', () => {
  test('are as many as the service says', async () => {
    const backend = await startGathering(2)
    const { port } = await startGateway({
      'services/words': wordService(backend.url, 'connections: 2'),
      'routes/word': `${wordRoute}timeout: 60s`,
    })
    expect(await askTimes(port, 8)).toEqual(Array(8).fill(200))
    expect(backend.most()).toBe(2)
  })

  test('are as many as its bulkhead lets through, where it says nothing', async () => {
    const backend = await startGathering(100)
    const { port } = await startGateway({
      // A slow machine takes long to accept so many at once, which is no matter here.
      gateway: 'overload: false',
      'services/words': wordService(backend.url, 'bulkhead: { concurrent: 100 }'),
      'routes/word': `${wordRoute}timeout: 60s`,
    })
    expect(await askTimes(port, 100)).toEqual(Array(100).fill(200))
    expect(backend.most()).toBe(100)
  })
})
