import { expect } from '@jest/globals'
import { startShop } from '../support/durable-run.ts'
import { storeDirectory } from '../support/durable-store.ts'
import { startGateway } from '../support/gateway.ts'
import { orderWorld } from '../support/orders.ts'
import { testWithPostgres } from '../support/test-with-postgres.ts'
import { until } from '../support/waiting.ts'

const route = `do:
  - { invoke: shop.reserve, compensate: { invoke: shop.release } }
  - wait: { signal: approved, timeout: 1d, out: { payment.id: $.by } }
  - { invoke: shop.ship }
response: { body: { by: $.payment.id } }
`

/** A gateway with an order that waits for its signal, and what asks its admin listener. */
async function startOrders() {
  const shop = await startShop()
  const { port, adminPort, lines } = await startGateway({
    ...orderWorld(shop.url, route),
    gateway: `listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\nstores: { durable: ${storeDirectory()} }\n`,
  })
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/-/runs${path}`, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, never> }
  }
  /** Begins one; gives its id, and its answer. */
  const order = async () => {
    const { runs: before } = (await ask('GET', '')).body as unknown as { runs: { id: string }[] }
    const headers = { 'content-type': 'application/json' }
    const answer = fetch(`http://127.0.0.1:${port}/orders`, { method: 'POST', headers, body: '{"order":"o1"}' })
    let id = ''
    await until(async () => {
      const { runs } = (await ask('GET', '?state=waiting')).body as unknown as { runs: { id: string }[] }
      id = runs.find((run) => !before.some((other) => other.id === run.id))?.id ?? ''
      return id !== ''
    }, 'it waits')
    // What waits when the test ends is not answered.
    return { id, answer: answer.then((got) => got.json()).catch(() => undefined) }
  }
  /** Who is told of an end has not yet to do with its record. */
  const ends = (id: string) => until(async () => 'endedAt' in (await ask('GET', `/${id}`)).body, 'its end is recorded')
  const comesTo = (id: string, state: string) =>
    until(async () => (await ask('GET', `/${id}`)).body['state'] === state, state)
  return { shop, ask, order, comesTo, ends, lines }
}

testWithPostgres(
  'a run is paused, resumed and cancelled by the admin listener, for whatever gateway executes it',
  async () => {
    const { shop, ask, order, comesTo, ends, lines } = await startOrders()
    const { id } = await order()
    const tell = async (command: string, run = id) => (await ask('POST', `/${run}/${command}`)).status
    expect(await tell('pause', 'nobody')).toBe(404)
    expect(await tell('pause')).toBe(202)
    await comesTo(id, 'paused')
    await until(async () => JSON.stringify((await ask('GET', '?state=paused')).body).includes(id), 'it is listed')
    expect(await tell('resume')).toBe(202)
    await comesTo(id, 'waiting')
    expect(await tell('cancel')).toBe(202)
    await ends(id)
    await comesTo(id, 'cancelled')
    expect(shop.asked.map((line) => line.replace(/ [0-9a-f-]{36}:/, ' '))).toEqual([
      'POST /reserve reserve',
      'POST /release reserve:compensate',
    ])
    expect(await tell('pause')).toBe(409)
    expect(lines.some((line) => line.includes('"audit"') && line.includes(`/-/runs/${id}/cancel`))).toBe(true)
  },
)

testWithPostgres('the admin listener lists runs, sends them signals, and forgets those that ended', async () => {
  const { ask, order, ends, lines } = await startOrders()
  const { id } = await order()
  const second = await order()
  const all = await ask('GET', '?limit=1&route=order')
  expect(all.body).toEqual({
    runs: [expect.objectContaining({ id: second.id, route: 'order', state: 'waiting', hasKey: false })],
    next: expect.any(String),
  })
  const rest = await ask('GET', `?limit=1&cursor=${encodeURIComponent(all.body['next']!)}`)
  expect(rest.body).toMatchObject({ runs: [{ id }] })
  expect(rest.body).not.toHaveProperty('next')
  expect((await ask('GET', '?age=1h')).body).toEqual({ runs: [] })
  expect((await ask('GET', '?state=parked,paused')).body).toEqual({ runs: [] })
  for (const wrong of ['state=lost', 'age=old', 'limit=0', 'cursor=x', 'rout=order', 'key=a&key=b'])
    expect({ wrong, status: (await ask('GET', `?${wrong}`)).status }).toEqual({ wrong, status: 400 })

  const statuses = async (...asked: [method: string, path: string, body?: unknown][]) =>
    Promise.all(asked.map(async (one) => (await ask(...one)).status))
  expect(
    await statuses(
      ['GET', '/nobody'],
      ['DELETE', '/nobody'],
      ['DELETE', `/${id}`],
      ['POST', '/nobody/signals/approved', { by: 'ann' }],
      ['POST', `/${id}/signals/other`, { by: 'ann' }],
      ['POST', `/${id}/signals/approved`, { by: 7 }],
      ['POST', `/${id}/signals/approved`, '{'],
    ),
  ).toEqual([404, 404, 409, 404, 404, 400, 400])
  expect(await ask('POST', `/${id}/signals/approved`, { by: 'ann' })).toEqual({ status: 202, body: { id, seq: 1 } })
  await ends(id)
  expect((await ask('POST', `/${id}/signals/approved`, { by: 'ann' })).status).toBe(409)
  expect(lines.some((line) => line.includes('"audit"') && line.includes(`/-/runs/${id}/signals/approved`))).toBe(true)
  expect(await ask('DELETE', `/${id}`)).toEqual({ status: 200, body: { purged: id } })
  expect((await ask('GET', `/${id}`)).status).toBe(404)
  expect((await ask('GET', '')).body).toMatchObject({ runs: [{ id: second.id }] })
})
