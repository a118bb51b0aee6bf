import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { wordRoute } from '../support/words.ts'

/** A backend that leads to another, and one that gets copies; what each got of the header that a variable fills. */
async function start(credentials: boolean) {
  const seen: Record<string, unknown> = {}
  const listen = (name: string, location?: () => string) =>
    opened(
      startHttpServer((request, response) => {
        seen[name] = request.headers['x-internal'] ?? 'none'
        response.setHeader('content-type', 'application/json')
        if (location) response.writeHead(302, { location: location() })
        response.end('{"word":"x"}')
      }),
    )
  const other = await listen('other')
  const copy = await listen('copy')
  const first = await listen('first', () => `${other.url}/word`)
  const { port } = await startGateway(
    {
      'services/words': `
service: words
endpoints: [${first.url}]
follow: { to: [${other.url}] }
mirror: { to: ${copy.url}, credentials: ${credentials} }
headers: { x-internal: "\${env.KEY}" }
operations: { word: { get: /word, out: { word: $.word } } }
`,
      'routes/word': wordRoute,
    },
    { env: { KEY: 'key-of-words' } },
  )
  expect((await fetch(`http://127.0.0.1:${port}/word`)).status).toBe(200)
  await until(() => 'copy' in seen)
  return seen
}

test('a header that a variable fills goes to its service alone: not where it leads, nor with a copy', async () => {
  expect(await start(false)).toEqual({ first: 'key-of-words', other: 'none', copy: 'none' })
})

test('a copy with credentials has it', async () => {
  expect(await start(true)).toMatchObject({ copy: 'key-of-words' })
})
