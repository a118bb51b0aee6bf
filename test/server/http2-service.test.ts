import { constants } from 'node:http2'
import { expect, test } from '@jest/globals'
import type { ConfigurationError } from '../../src/server/gateway.ts'
import { startGateway } from '../support/gateway.ts'
import { answerJson, type Serve, startHttp2 } from '../support/http2-backend.ts'
import { until } from '../support/waiting.ts'
import { wordRoute, wordService } from '../support/words.ts'

async function start(serve: Serve, keys = '') {
  const backend = await startHttp2(serve)
  const running = await startGateway({
    'services/words': wordService(backend.url, `http2: true\n${keys}`),
    'routes/word': wordRoute,
  })
  const get = async () => {
    const answer = await fetch(`http://127.0.0.1:${running.port}/word`)
    return { status: answer.status, body: await answer.text() }
  }
  return { ...running, backend, get }
}

test('a service of HTTP/2 is called, checked and retried as any other', async () => {
  const paths: (string | undefined)[] = []
  const { backend, get } = await start((stream, headers) => {
    paths.push(headers[':path'])
    const isFirst = paths.filter((path) => path === '/word').length === 1
    if (headers[':path'] === '/word' && isFirst) stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    else answerJson(stream, { word: 'well' })
  }, 'retry: { attempts: 2 }\nhealth: { get: /health, every: 10ms }')
  expect(await get()).toEqual({ status: 200, body: '{"word":"well"}' })
  await until(() => paths.includes('/health'), 'a check')
  await Promise.all(Array.from({ length: 20 }, get))
  // One for calls, one for checks.
  expect(backend.sessions.length).toBe(2)
})

test('what is passed through a service that has nothing else is refused at load', async () => {
  const files = {
    'services/words': "service: words\nendpoints: ['http://127.0.0.1:9']\nhttp2: true\n",
    'routes/files': 'match: ANY /files/*rest\nproxy: words\n',
  }
  const error = await startGateway(files).then(
    () => undefined,
    (thrown: ConfigurationError) => thrown,
  )
  expect(error?.diagnostics.map(({ message }) => message)).toEqual([
    '`http2` of `words` does not hold for what is passed through: it goes over HTTP/1.1',
  ])
})
