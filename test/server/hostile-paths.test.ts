import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'

/** A backend that is called by an aggregated route (`/own/…`) and by a `proxy:` route (`/shop/…`). */
async function startBoth() {
  const seen: string[] = []
  const backend = await opened(
    startHttpServer((incoming, response) => {
      seen.push(incoming.url!)
      response.setHeader('content-type', 'application/json').end('{"word":"x"}')
    }),
  )
  const { port } = await startGateway({
    'services/shop': `
service: shop
endpoints: [${backend.url}]
operations: { item: { get: '/items/{other.word}', out: { word: $.word } } }
`,
    'routes/own': `
match: GET /own/{name}
in: { other.word: path.name }
do: [ { invoke: shop.item } ]
response: { body: { word: $.word } }
`,
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  })
  return { seen, statusOf: async (target: string) => (await sendRaw(port, request(`GET ${target} HTTP/1.1`))).status }
}

const raw = [...'"<>^`{|}\\'].map((character) => `x${character}y`)
const dots = ['..', '%2e.', '%252e%252e', `%${'25'.repeat(3000)}2e`, 'x\\..\\..\\admin', '..%5cadmin', '..%3bx']
const others = ['..%c0%afadmin', '..%252fadmin%25zz', '%zz', 'a%00', 'a%2500']

describe.each(['/own/', '/shop/'])('below %s', (place) => {
  test('no path goes on that leads out of it or that no URI has', async () => {
    const { seen, statusOf } = await startBoth()
    for (const end of [...raw, ...dots, ...others])
      expect([end.slice(0, 40), await statusOf(place + end)]).toEqual([end.slice(0, 40), 400])
    expect(seen).toEqual([])
  })

  test('an honest path goes on', async () => {
    const { seen, statusOf } = await startBoth()
    for (const end of ['100%25', '100%25zz', '..hidden', 'v1.0', '.gitignore', '%E2%80%A6', 'a%2Fb?q={a|b}'])
      expect([end, await statusOf(place + end)]).toEqual([end, 200])
    expect(seen).toHaveLength(7)
  })
})
