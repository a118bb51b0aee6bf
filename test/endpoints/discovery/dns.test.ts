import { afterEach, describe, expect, test } from '@jest/globals'
import type { DnsSettings } from '../../../src/endpoints/discovery/dns.ts'
import type { NameServers } from '../../../src/endpoints/discovery/name-servers.ts'
import { type Followed, follow } from '../../support/discovery.ts'
import { FakeClock, settle } from '../../support/fake-clock.ts'

let followed: Followed | undefined
afterEach(() => followed?.watch.close())

const address = (text: string, ttl = 10) => ({ address: text, ttl })

function start(settings: Partial<DnsSettings>, nameServers: Partial<NameServers>) {
  const clock = new FakeClock()
  const nobody = async () => []
  const all: DnsSettings = { name: 'reco.svc', type: 'A', port: 9004, scheme: 'http', everyMs: 30_000 }
  followed = follow(
    { kind: 'dns', settings: { ...all, ...settings } },
    { clock, nameServers: { addresses: nobody, services: nobody, ...nameServers } },
  )
  return { clock, ...followed }
}

describe('discovery by DNS', () => {
  test('makes an endpoint of every A record, and looks again when the shortest time to live is over', async () => {
    const answers = [[address('10.0.0.2', 60), address('10.0.0.1', 5)], [address('10.0.0.3', 300)]]
    let asked = 0
    const { clock, lists } = start({}, { addresses: async () => answers[Math.min(asked++, 1)]! })
    await settle()
    expect(lists).toEqual([['http://reco.svc:9004 10.0.0.1', 'http://reco.svc:9004 10.0.0.2']])
    await clock.advance(4999)
    expect(asked).toBe(1)
    await clock.advance(1)
    expect(lists[1]).toEqual(['http://reco.svc:9004 10.0.0.3'])
    await clock.advance(29_999)
    expect(asked).toBe(2)
    await clock.advance(1)
    expect(asked).toBe(3)
  })

  test('takes port and weight of SRV records of the first priority', async () => {
    const { lists } = start(
      { type: 'SRV', name: '_http._tcp.reco', port: undefined },
      {
        services: async () => [
          { name: 'a.reco', port: 1001, priority: 10, weight: 5, ttl: 30 },
          { name: 'b.reco', port: 1002, priority: 10, weight: 0, ttl: 30 },
          { name: 'c.reco', port: 1003, priority: 20, weight: 1, ttl: 30 },
        ],
        addresses: async (name) => [address(name === 'a.reco' ? '10.0.0.1' : '10.0.0.2')],
      },
    )
    await settle()
    expect(lists).toEqual([['http://a.reco:1001 10.0.0.1 5', 'http://b.reco:1002 10.0.0.2']])
  })

  test.each([
    ['the SRV records', 5, 300],
    ['an address', 300, 5],
  ])('looks again when the time to live of %s is over', async (_whose, ofService, ofAddress) => {
    let asked = 0
    const { clock } = start(
      { type: 'SRV', name: '_http._tcp.reco', port: undefined },
      {
        services: async () => {
          asked++
          return [{ name: 'a.reco', port: 1001, priority: 10, weight: 5, ttl: ofService }]
        },
        addresses: async () => [address('10.0.0.1', ofAddress)],
      },
    )
    await clock.advance(4999)
    expect(asked).toBe(1)
    await clock.advance(1)
    expect(asked).toBe(2)
  })

  test('keeps the last known when a look-up fails, and looks again after pauses that grow', async () => {
    let asked = 0
    const addresses = async () => {
      if (asked++ > 0) throw Object.assign(new Error('queryA ESERVFAIL reco.svc'), { code: 'ESERVFAIL' })
      return [address('10.0.0.1', 1)]
    }
    const { clock, lists, notices, states } = start({}, { addresses })
    await clock.advance(1000)
    expect(asked).toBe(2)
    await clock.advance(250)
    expect(asked).toBe(3)
    await clock.advance(500)
    expect(asked).toBe(4)
    await clock.advance(1000)
    expect(asked).toBe(5)
    expect(lists).toHaveLength(1)
    expect(notices).toHaveLength(1)
    expect(states).toEqual([true, false])
  })

  test('asks no more when it is closed', async () => {
    const { clock, watch } = start({}, { addresses: async () => [address('10.0.0.1')] })
    await settle()
    watch.close()
    await settle()
    expect(clock.pending).toBe(0)
  })
})
