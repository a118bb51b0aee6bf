import { expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { startShop } from '../support/durable-run.ts'
import { startGateway, writeFiles } from '../support/gateway.ts'
import { orderRoute, orderWorld } from '../support/orders.ts'
import { projectTexts } from '../support/project.ts'

test('a reload to durable runs that nothing keeps is refused, and the next one without them is not', async () => {
  const shop = await startShop()
  const plain = { gateway: 'listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n' }
  const { dictionary, ...world } = orderWorld(shop.url, orderRoute) as Record<string, string>
  const { gateway, directory, lines } = await startGateway({ ...plain, dictionary: dictionary! })
  const durable = { ...world, gateway: `${plain.gateway}stores: { durable: 'postgres://me@127.0.0.1:1/runs' }\n` }
  writeFiles(directory, durable)
  expect((await gateway.reload()).ok).toBe(false)
  expect(lines.join()).toContain('could not be activated')
  const name = Object.keys(world).find((file) => file.startsWith('routes/'))!
  writeFiles(directory, { ...plain, [name]: 'match: GET /plain\nresponse: { body: well }\n' })
  expect((await gateway.reload()).ok).toBe(true)
  writeFiles(directory, durable)
  expect((await gateway.reload()).ok).toBe(false)
})

test('a server needs a key for what is nobody’s to read, and for nothing else', async () => {
  const { dictionary, ...world } = orderWorld('http://127.0.0.1:1', orderRoute) as Record<string, string>
  const diagnose = (colors: string) =>
    buildSnapshot(
      projectTexts({ ...world, dictionary: colors, gateway: "stores: { durable: 'postgres://me@127.0.0.1:1/runs' }" }),
    )
      .diagnostics.filter(({ code }) => code === 'invalid-durable')
      .map(({ message }) => message)
  expect(diagnose(dictionary!)).toEqual([])
  const secret = dictionary!.replace('payment.id: { type: string }', 'payment.id: { type: string, sensitivity: pii }')
  expect(diagnose(secret)).toEqual(['`payment.id` would stand in the database for all to read who can'])
})
