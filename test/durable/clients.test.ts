import { beforeAll, describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { openedForAll } from '../support/cleanup.ts'
import { startDurableGateway } from '../support/durable-gateway.ts'
import { hashOf } from '../support/hashing.ts'
import { orderRoute, orderWorld } from '../support/orders.ts'
import { projectTexts } from '../support/project.ts'
import { startHttpServer } from '../support/servers.ts'
import { testWithPostgres, whyNoPostgres } from '../support/test-with-postgres.ts'
import { until } from '../support/waiting.ts'

/** What the shop waits for before it answers `/charge`. */
let held = Promise.withResolvers<void>()
let charges = 0
let url = ''

const route = (match: string, more: string) => `match: ${match}
durable: true
in: { order.id: $.order }
do: [{ invoke: shop.charge, compensate: { invoke: shop.refund } }]
response: { status: 201, headers: { x-shop: one }, body: { payment: $.payment.id } }
${more}`

beforeAll(async () => {
  if (whyNoPostgres !== undefined) return
  const shop = await openedForAll(
    startHttpServer(async (request, response) => {
      request.resume()
      if (request.url === '/charge') {
        charges++
        await held.promise
      }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"id":"p1"}')
    }),
  )
  const { dictionary, 'services/shop': service } = orderWorld(shop.url, '') as Record<string, string>
  const users = ['anna', 'bo'].map((name) => ({ name, hash: hashOf(name) }))
  const started = await startDurableGateway({
    gateway: 'auth: { user: { basic: { users: ./users.yaml } } }\ndefaults: { auth: none }\n',
    ...{ dictionary: dictionary!, 'services/shop': service!, users: JSON.stringify({ users }) },
    'routes/later': route('POST /later', 'reply: { within: 0s }\nheaders: { x-of-route: yes }'),
    'routes/soon': route('POST /soon', 'reply: { within: 1h }'),
    'routes/mine': route('POST /mine', 'reply: { within: 0s }\nauth: user'),
  })
  url = started.url
})

const send = (path: string, headers: Record<string, string> = {}, body = '{"order":"o1"}') =>
  fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

/** From now on the shop waits before it charges; gives what lets it go on. */
function hold(): () => void {
  held = Promise.withResolvers()
  return held.resolve
}

describe('how long a client is kept', () => {
  testWithPostgres('one that is kept no longer is told where its run is told of, and when to ask', async () => {
    const release = hold()
    const answer = await send('/later')
    expect(answer.status).toBe(202)
    const { id, state } = (await answer.json()) as { id: string; state: string }
    expect(state).toBe('running')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...{ location: `/-/runs/${id}`, 'retry-after': '1', 'cache-control': 'no-store', 'x-of-route': 'yes' },
    })
    release()
  })

  testWithPostgres('one that is kept longer gets the answer of its run', async () => {
    const release = hold()
    const before = charges
    const answer = send('/soon')
    await until(() => charges > before, 'it is charged')
    release()
    const { status, headers } = await answer
    expect([status, headers.get('x-shop'), headers.get('location')]).toEqual([201, 'one', null])
  })

  test('a `reply` stands in a durable route that somebody asks, and nowhere else', () => {
    const diagnose = (text: string) => {
      const world = orderWorld('http://127.0.0.1:1', orderRoute)
      const { diagnostics } = buildSnapshot(projectTexts({ ...world, 'routes/order': text }))
      return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    }
    const reply = 'reply: { within: 1s }\nresponse: { body: well }\n'
    expect(diagnose(`match: GET /a\ndurable: true\n${reply}`)).toEqual([])
    expect(diagnose(`match: GET /a\n${reply}`)).toEqual([
      'only a durable route has a `reply`: others answer when they have ended',
    ])
    expect(diagnose('on: { every: 1h }\nreply: { within: 1s }\ndo: [{ wait: 1s }]\n')).toEqual([
      'a route that a trigger begins has no `reply`: nobody asks it, and nobody is answered',
    ])
  })
})
