import { describe, expect, test } from '@jest/globals'
import type { ConsulSettings } from '../../../src/endpoints/discovery/consul.ts'
import { afterTest } from '../../support/cleanup.ts'
import { follow } from '../../support/discovery.ts'
import { ConsulDouble } from '../../support/registries/consul.ts'
import { until } from '../../support/waiting.ts'

async function start(settings: Partial<ConsulSettings> = {}, prepare: (consul: ConsulDouble) => void = () => {}) {
  const consul = await new ConsulDouble().start()
  afterTest(() => consul.stop())
  prepare(consul)
  const { address } = consul
  const all = { address, service: 'reco', tag: undefined, datacenter: undefined, token: undefined, scheme: 'http' }
  const followed = follow({ kind: 'consul', settings: { ...all, ...settings } })
  afterTest(() => followed.watch.close())
  return { consul, ...followed }
}

describe('discovery by Consul (a double of its HTTP API)', () => {
  test('tells of passing instances, and of those that come and go', async () => {
    const { consul, untilListed } = await start({}, (consul) => {
      consul.put('reco', 1001, { Weights: { Passing: 3, Warning: 1 }, Meta: { zone: 'a' } })
      consul.put('reco', 1002, { isPassing: false })
      consul.put('other', 1003)
    })
    await untilListed(['http://127.0.0.1:1001 3 a'])
    consul.put('reco', 1004)
    await untilListed(['http://127.0.0.1:1001 3 a', 'http://127.0.0.1:1004'])
    consul.remove('reco-1001')
    await untilListed(['http://127.0.0.1:1004'])
    expect(consul.requests[1]).toMatch(/\?passing=1&index=\d+&wait=60s$/)
  })

  test('asks for a tag, in a datacenter, with a token', async () => {
    const { consul, untilListed } = await start(
      { tag: 'v2', datacenter: 'west', token: 's3cret', scheme: 'https' },
      (consul) => {
        consul.token = 's3cret'
        consul.put('reco', 1001, { Tags: ['v1'] })
        consul.put('reco', 1002, { Tags: ['v2'] })
      },
    )
    await untilListed(['https://127.0.0.1:1002'])
    expect(consul.requests[0]).toBe('GET /v1/health/service/reco?passing=1&tag=v2&dc=west')
  })

  test('keeps the last known while it is down, says so once, and beside those of its new life when it has lost its data', async () => {
    const { consul, untilListed, notices, states, lists } = await start({}, (consul) => consul.put('reco', 1001))
    await untilListed(['http://127.0.0.1:1001'])
    await consul.stop()
    await until(() => !states.at(-1))
    consul.forget()
    consul.put('reco', 1009)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(lists).toHaveLength(1)
    expect(notices.map(({ message }) => message)).toEqual(['discovery failed: keeping the known endpoints'])
    await consul.start()
    await untilListed(['http://127.0.0.1:1009', 'http://127.0.0.1:1001'])
    expect(notices.slice(1)).toEqual([
      expect.objectContaining({ level: 'info', message: 'discovery recovered' }),
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/^the registry has lost its data/) }),
    ])
  })

  test('keeps the last known when none is left', async () => {
    const { consul, untilListed, notices, lists } = await start({}, (consul) => consul.put('reco', 1001))
    await untilListed(['http://127.0.0.1:1001'])
    consul.remove('reco-1001')
    await until(() => notices.length !== 0)
    expect(notices[0]!.message).toBe('discovery returned no endpoints: keeping the known ones')
    consul.put('reco', 1002)
    await untilListed(['http://127.0.0.1:1002'])
    expect(lists).toHaveLength(2)
  })

  test('settles when it cannot be asked, and tells no token', async () => {
    const { watch, notices } = await start({ token: 'wrong' }, (consul) => {
      consul.token = 's3cret'
    })
    await watch.settled
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatchObject({ level: 'warn', reason: 'it answered 403' })
    expect(JSON.stringify(notices)).not.toContain('wrong')
  })
})
