import { join } from 'node:path'
import { expect } from '@jest/globals'
import { createDirectory } from '../support/cleanup.ts'
import { type Shop, startShop } from '../support/durable-run.ts'
import { storeDirectory } from '../support/durable-store.ts'
import { writeFiles } from '../support/gateway.ts'
import { orderRoute, orderWorld } from '../support/orders.ts'
import { type Served, startServe } from '../support/served.ts'
import { testWithPostgres } from '../support/test-with-postgres.ts'
import { until } from '../support/waiting.ts'

/** A gateway in a process of its own, whose runs are kept in a directory. */
function project(shop: Shop, route = orderRoute) {
  const directory = createDirectory()
  writeFiles(directory, {
    ...orderWorld(shop.url, route),
    gateway: `listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\nstores: { durable: ${storeDirectory()} }\n`,
  })
  return () => startServe({ config: join(directory, 'config/gateway.yaml') })
}

const post = ({ url }: Served) =>
  fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ order: 'o1' }),
  })

testWithPostgres(
  'a gateway that is killed in the middle of a run undoes after its restart what the run had done',
  async () => {
    const held = Promise.withResolvers<undefined>()
    const shop = await startShop((line) => (line === 'POST /charge' ? held.promise : undefined))
    const start = project(shop)
    const first = await start()
    const limits = 'one gateway uses it; what this machine loses with its disk is lost'
    expect(first.output()).toContain(limits)
    const ready = await fetch(`${first.adminUrl}/readyz?verbose`)
    expect(await ready.text()).toContain(`[+] durable-runs: ${limits}\n`)
    const answer = post(first).catch(() => undefined)
    await until(() => shop.asked.some((line) => line.startsWith('POST /charge')), 'the charge is under way')
    first.signal('SIGKILL')
    await first.ended
    held.resolve(undefined)
    await answer
    const second = await start()
    await until(() => shop.asked.some((line) => line.startsWith('POST /release')), 'the reservation is undone')
    const calls = shop.asked.map((line) => line.replace(/ [0-9a-f-]{36}:/, ' '))
    expect(calls).toEqual([
      'POST /reserve reserve',
      'POST /charge charge',
      'POST /refund charge:compensate',
      'POST /release reserve:compensate',
    ])
    expect(shop.headers.at(-1)!['tessera-compensates']).toMatch(/^[0-9a-f-]{36}:reserve$/)
    expect(await second.stop()).toBe(0)
  },
)

testWithPostgres('a gateway that is told to end leaves a run to the next one, which goes on where it was', async () => {
  const held = Promise.withResolvers<undefined>()
  const shop = await startShop((line) => (line === 'POST /charge' ? held.promise : undefined))
  const start = project(shop)
  const first = await start()
  const answer = post(first)
  await until(() => shop.asked.some((line) => line.startsWith('POST /charge')), 'the charge is under way')
  first.signal('SIGTERM')
  expect((await answer).status).toBe(202)
  held.resolve(undefined)
  expect(await first.ended).toMatchObject({ code: 0 })
  expect(shop.asked).toHaveLength(2)
  const second = await start()
  await until(() => shop.asked.length === 4, 'the run goes on')
  expect(new Set(shop.effects.map((line) => line.replace(/ [0-9a-f-]{36}:/, ' ')))).toEqual(
    new Set(['POST /reserve reserve', 'POST /charge charge', 'POST /ship ship', 'PUT /label label']),
  )
  expect(await second.stop()).toBe(0)
})
