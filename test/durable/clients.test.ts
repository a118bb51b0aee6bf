import { beforeAll, describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { openedForAll } from '../support/cleanup.ts'
import { startDurableGateway } from '../support/durable-gateway.ts'
import { hashOf, withPassword } from '../support/hashing.ts'
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
    'routes/failing': 'match: POST /failing\ndurable: true\ndo: [{ throw: { error: sold-out, status: 409 } }]\n',
    'routes/late-failing':
      'match: POST /late-failing\ndurable: true\nreply: { within: 0s }\ndo: [{ wait: 1ms }, { throw: { error: sold-out, status: 409 } }]\n',
    'routes/all': 'match: ANY /*rest\nproxy: shop\n',
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

/** Of the run that a client was told of with 202. */
const placeOf = async (answer: Promise<Response>) => (await answer).headers.get('location')!
const get = (path: string, init?: RequestInit) => fetch(url + path, init)

/** What is told of a run, once it has come to a state. */
const told = (place: string, state: string, init?: RequestInit) =>
  until(async () => {
    const answer = await get(place, init)
    const body = (await answer.json()) as Record<string, unknown>
    return body['state'] === state && { status: answer.status, headers: answer.headers, body }
  }, state)

describe('what is told of a run', () => {
  testWithPostgres('is its state and since when, and in the end its answer; nothing of what it does', async () => {
    const release = hold()
    const place = await placeOf(send('/later'))
    const running = await told(place, 'running')
    expect(running.body).toEqual({
      ...{ id: place.slice('/-/runs/'.length), route: 'later', state: 'running' },
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
    expect(Object.fromEntries(running.headers)).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' })
    const open = await get(`${place}/answer`)
    expect([open.status, open.headers.get('location'), open.headers.get('retry-after')]).toEqual([202, place, '1'])
    release()
    const { headers, body } = await told(place, 'done')
    expect(body).toMatchObject({ route: 'later', answer: { status: 201, body: { payment: 'p1' } } })
    expect(JSON.stringify(body)).not.toMatch(/charge|shop/)
    expect([headers.get('retry-after'), headers.get('cache-control')]).toEqual([null, 'no-store'])
  })

  testWithPostgres('its answer can be had as it would have been given', async () => {
    hold()()
    const place = await placeOf(send('/later'))
    await told(place, 'done')
    const answer = await get(`${place}/answer`)
    expect([answer.status, answer.headers.get('x-shop'), answer.headers.get('cache-control')]).toEqual([
      ...[201, 'one', 'no-store'],
    ])
    expect(await answer.json()).toEqual({ payment: 'p1' })
    expect((await get(`${place}/answer`, { method: 'HEAD' })).status).toBe(201)
  })

  testWithPostgres('a failure is told as it was, and is none of whoever asks', async () => {
    const refused = await send('/failing')
    const answer = await refused.json()
    expect([refused.status, answer]).toMatchObject([409, { code: 'sold-out' }])
    const release = hold()
    release()
    const place = await placeOf(send('/late-failing'))
    const { status, body } = await told(place, 'failed')
    expect([status, body['answer']]).toMatchObject([200, { status: 409, body: { code: 'sold-out' } }])
    const kept = await get(`${place}/answer`)
    expect([kept.status, kept.headers.get('content-type')]).toEqual([409, 'application/problem+json; charset=utf-8'])
    expect(await kept.json()).toMatchObject({ code: 'sold-out', route: 'late-failing' })
  })

  testWithPostgres('who listens hears of each state, then the answer, and then nothing more', async () => {
    const release = hold()
    const place = await placeOf(send('/later'))
    await told(place, 'running')
    const events = await get(place, { headers: { accept: 'text/event-stream' } })
    expect(Object.fromEntries(events.headers)).toMatchObject({
      ...{ 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    })
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = (await reader.read()).value!
    expect(text).toMatch(
      /^event: state\ndata: \{"id":"[0-9a-f-]{36}","route":"later","state":"running","since":".*"\}\n\n$/,
    )
    release()
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value
    expect(text.match(/"state":"\w+"/g)).toEqual(['"state":"running"', '"state":"done"'])
    expect(text).toMatch(/event: answer\nid: end\ndata: \{"status":201,"body":\{"payment":"p1"\}\}\n\n$/)
    const again = await get(place, { headers: { accept: 'text/event-stream', 'last-event-id': 'end' } })
    expect(again.status).toBe(204)
  })

  testWithPostgres('a run is there for who began it, and for nobody else; nor is what is no run', async () => {
    hold()()
    const [anna, bo] = ['anna', 'bo'].map((name) => ({ headers: withPassword(name, name) }))
    const place = await placeOf(send('/mine', anna!.headers))
    expect((await told(place, 'done', anna)).body).toMatchObject({ route: 'mine' })
    const wrong = { headers: withPassword('anna', 'wrong') }
    const unknown = '/-/runs/00000000-0000-4000-8000-000000000000'
    const missing = [
      ...[get(place), get(place, bo), get(place, wrong), get(`${place}/answer`, bo)],
      ...[get(unknown, anna), get('/-/runs/', anna), get('/-/runs/x', anna), get(`${place}/more`, anna)],
    ]
    for (const answer of await Promise.all(missing)) {
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([404, null])
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await answer.json()).not.toHaveProperty('route')
    }
    const posted = await send(place, anna!.headers)
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET'])
  })
})
