import { expect, test } from '@jest/globals'
import { createClient } from '@redis/client'
import { opened } from '../support/cleanup.ts'
import { type Shop, startShop } from '../support/durable-run.ts'
import { storeDirectory } from '../support/durable-store.ts'
import { startGateway } from '../support/gateway.ts'
import { hasRedis, TestRedis } from '../support/redis.ts'
import { testWithPostgres, whyNoPostgres } from '../support/test-with-postgres.ts'
import { until } from '../support/waiting.ts'

const testWithRedis = hasRedis && whyNoPostgres === undefined ? test : test.skip

function world(shop: Shop, streams = '') {
  return {
    gateway: `listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\nstores: { durable: ${storeDirectory()} }\n${streams}`,
    dictionary: `
colors:
  fired.at: { type: string }
  fired.before: { type: string }
  order.id: { type: string }
  order.total: { type: integer, minimum: 1 }
`,
    'services/shop': `
service: shop
endpoints: ["${shop.url}"]
timeout: 20s
operations:
  tick: { put: /tick, in: { fired.at: header.x-at, fired.before?: header.x-before } }
  book: { put: /book, in: { order.id: header.x-order, order.total: header.x-total } }
`,
  }
}

const headersOf = (shop: Shop, name: string) => shop.headers.map((headers) => headers[name])

testWithPostgres('an interval begins runs, and each that is done is followed by one of another route', async () => {
  const shop = await startShop()
  await startGateway({
    ...world(shop),
    'routes/often':
      'on: { every: 200ms }\nin: { fired.at: trigger.time, fired.before?: trigger.last }\ndo: [{ invoke: shop.tick }]\n',
    'routes/behind': 'on: { after: often }\nin: { fired.at: trigger.time }\ndo: [{ invoke: shop.tick }]\n',
  })
  const keysOf = (route: string) =>
    (headersOf(shop, 'idempotency-key') as string[]).filter((key) => key.startsWith(`${route}:`))
  await until(() => keysOf('often').length > 2 && keysOf('behind').length > 2, 'three of each')
  const often = keysOf('often').map((key) => key.replace(/:tick$/, ''))
  for (const run of keysOf('behind').map((key) => key.replace(/^behind:|:tick$/g, ''))) expect(often).toContain(run)
  expect(new Set(keysOf('behind')).size).toBe(keysOf('behind').length)
  const [first, second] = shop.headers.filter((headers) => String(headers['idempotency-key']).startsWith('often:'))
  expect(first!['x-before']).toBeUndefined()
  expect(second!['x-before']).toBe(first!['x-at'])
  expect(Date.parse(String(first!['x-at'])) % 200).toBe(0)
})

const streams = (redis: TestRedis) => `
streams:
  orders: { redis: '${redis.url}' }
  dead: { redis: '${redis.url}' }
`
const booking = `
on: { stream: orders, group: booking, deadLetter: dead, from: first }
in: { order.id: message.id, order.total: message.data.total }
do: [{ invoke: shop.book }]
`
const ordering = `
match: POST /orders
in: { order.id: query.id, order.total: query.total }
do: [{ emit: { stream: orders, data: { total: $.order.total }, key: $.order.id } }]
response: { status: 202, body: sent }
`

testWithRedis('a message begins a run, once whatever comes twice; what does not fit is set aside', async () => {
  const [shop, redis] = [await startShop(), await opened(TestRedis.start())]
  const client = createClient({ url: redis.url })
  client.on('error', () => {})
  await client.connect()
  await client.xAdd('orders', '*', { id: 'm1', data: '{"total":7}' })
  await client.xAdd('orders', '*', { id: 'm1', data: '{"total":7}' })
  await client.xAdd('orders', '*', { id: 'm2', data: '{"total":0}' })
  await client.xAdd('orders', '*', { total: '9' })
  const { port, adminPort, lines } = await startGateway({
    ...world(shop, streams(redis)),
    'routes/booking': booking,
    'routes/ordering': ordering,
  })
  await until(
    () => shop.effects.length === 2,
    () => `two are booked ${shop.asked.join()} ${lines.join('')}`,
  )
  const answer = await fetch(`http://127.0.0.1:${port}/orders?id=o1&total=3`, { method: 'POST' })
  expect(answer.status).toBe(202)
  await until(() => shop.effects.length === 3, 'what the gateway wrote is booked too')
  expect(headersOf(shop, 'x-total').sort()).toEqual(['3', '7', '9'])
  expect(headersOf(shop, 'idempotency-key')).toContain('orders:booking:m1:book')
  await until(async () => (await client.xLen('dead')) === 1, 'one is set aside')
  const [{ message }] = (await client.xRange('dead', '-', '+')) as unknown as [{ message: Record<string, string> }]
  expect(message).toMatchObject({ id: 'm2', data: '{"total":0}' })
  expect(JSON.parse(message['headers']!)['tessera-error']).toContain('message.data.total')
  await until(async () => (await client.xPending('orders', 'booking')).pending === 0, 'all are acknowledged')
  const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  expect(metrics).toContain('tessera_trigger_total{route="booking",result="run"} 3')
  expect(metrics).toContain('tessera_trigger_total{route="booking",result="repeated"} 1')
  expect(metrics).toContain('tessera_trigger_total{route="booking",result="dead"} 1')
  expect(metrics).toContain('tessera_stream_emitted_total{stream="orders",result="ok"} 1')
  client.destroy()
})

testWithRedis(
  'routes are answered while a broker is down, which is told once, and its messages run when it is back',
  async () => {
    const [shop, redis] = [await startShop(), await opened(TestRedis.start())]
    await redis.kill()
    const { port, adminPort, lines } = await startGateway({
      ...world(shop, streams(redis)),
      'routes/booking': booking,
      'routes/ordering': ordering,
      'routes/plain': 'match: GET /plain\nresponse: { body: well }\n',
    })
    const told = (text: string) => lines.filter((line) => line.includes(text) && line.includes('stream orders')).length
    await until(() => told('does not answer') === 1, 'it is told')
    expect((await fetch(`http://127.0.0.1:${port}/plain`)).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${port}/orders?id=o1&total=3`, { method: 'POST' })).status).toBe(502)
    const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz?verbose`)
    expect(ready.status).toBe(200)
    expect(await ready.text()).toMatch(/stream orders.*does not answer/)
    await redis.startAgain()
    await until(() => told('answers again') === 1, 'it is back')
    const order = () => fetch(`http://127.0.0.1:${port}/orders?id=o1&total=3`, { method: 'POST' })
    await until(async () => (await order()).status === 202, 'it is written to')
    await until(() => shop.effects.length > 0, 'it is read')
    expect(told('does not answer')).toBe(1)
  },
)
