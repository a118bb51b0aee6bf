import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { systemClock } from '../../../src/clock.ts'
import type { RegistrationTarget, Self } from '../../../src/endpoints/registration/registration.ts'
import { SelfRegistration } from '../../../src/endpoints/registration/self-registration.ts'
import type { Notice } from '../../../src/telemetry/notice.ts'
import { afterTest } from '../../support/cleanup.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { ConsulDouble } from '../../support/registries/consul.ts'
import { EtcdServer, etcdProgram } from '../../support/registries/etcd.ts'
import { until } from '../../support/waiting.ts'

const self = { id: 'gw-1', host: '10.1.1.1', port: 8080, zone: 'west', admin: { port: 9900, isTls: false } }
const common = { host: undefined, port: undefined, id: undefined, ttlMs: 300 }

function register(target: RegistrationTarget, of: Self = self) {
  const notices: Notice[] = []
  const registration = new SelfRegistration(target, of, {
    clock: systemClock,
    random: () => 0,
    notify: (notice) => notices.push(notice),
  })
  afterTest(() => registration.leave())
  return { registration, notices }
}

describe('registration in Consul (a double of its HTTP API)', () => {
  async function start(settings: object = {}, of?: Self) {
    const consul = await new ConsulDouble().start()
    afterTest(() => consul.stop())
    const own = { address: consul.address, service: 'tessera', token: undefined, tags: ['edge'], check: 'ttl' }
    const registered = register({ kind: 'consul', settings: { ...common, ...own, ...settings } as never }, of)
    await until(() => consul.instances.has('gw-1'))
    return { consul, ...registered }
  }
  const passes = (consul: ConsulDouble) => consul.requests.filter((request) => request.includes('/check/pass/')).length

  test('says where it is, that it lives, and leaves', async () => {
    const { consul, registration, notices } = await start()
    expect(consul.instances.get('gw-1')).toMatchObject({
      Name: 'tessera',
      Address: '10.1.1.1',
      Port: 8080,
      Tags: ['edge'],
      Meta: { zone: 'west' },
      Check: { TTL: '1s', DeregisterCriticalServiceAfter: '1m' },
      isPassing: true,
    })
    await until(() => passes(consul) >= 2)
    await registration.leave()
    expect(consul.instances.size).toBe(0)
    expect(notices.map(({ message }) => message)).toEqual(['the gateway is registered', 'the gateway was deregistered'])
  })

  test('lets Consul ask the admin listener', async () => {
    const { consul } = await start({ check: 'http' })
    expect(consul.instances.get('gw-1')!.Check).toMatchObject({ HTTP: 'http://10.1.1.1:9900/readyz', Interval: '1s' })
  })

  test('is asked by https where its admin listener speaks TLS', async () => {
    const { consul } = await start({ check: 'http' }, { ...self, admin: { port: 9900, isTls: true } })
    expect(consul.instances.get('gw-1')!.Check).toMatchObject({ HTTP: 'https://10.1.1.1:9900/readyz' })
  })

  test.each(['ttl', 'http'])('registers anew when an agent has forgotten it (%s)', async (check) => {
    const { consul } = await start({ check })
    consul.forget()
    await until(() => consul.instances.has('gw-1'))
  })

  test('registers anew when the agent was away, which it says once', async () => {
    const { consul, notices } = await start()
    await consul.stop()
    await until(() => notices.length === 2)
    consul.forget()
    await consul.start()
    await until(() => consul.instances.has('gw-1'))
    await until(() => notices.length === 3)
    expect(notices.map(({ message }) => message)).toEqual([
      'the gateway is registered',
      'the gateway could not register itself',
      'the gateway is registered',
    ])
  })

  test('asks at least three times in the time that a registry gives it, however long it has failed', async () => {
    const consul = await new ConsulDouble().start()
    await consul.stop()
    const clock = new FakeClock()
    const settings = { address: consul.address, service: 'tessera', token: undefined, tags: [], check: 'ttl' }
    const target = { kind: 'consul', settings: { ...common, ttlMs: 15_000, ...settings } as never }
    const registration = new SelfRegistration(target, self, { clock, random: () => 1, notify: () => {} })
    const pauses: number[] = []
    for (let failure = 0; failure < 7; failure++) {
      await until(() => clock.nextDelayMs !== undefined)
      pauses.push(clock.nextDelayMs!)
      await clock.advance(clock.nextDelayMs!)
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000])
    await registration.leave()
  })

  test('gives up leaving soon when nobody answers', async () => {
    const { consul, registration } = await start()
    await consul.stop()
    expect(await registration.leave()).toBe(false)
  })
})

if (!etcdProgram)
  console.warn('SKIPPED: registration in etcd, since no etcd is installed (Debian: apt-get install etcd-server)')
const describeWithEtcd = etcdProgram ? describe : describe.skip

describeWithEtcd('registration in etcd (a real one)', () => {
  let etcd: EtcdServer
  beforeAll(async () => {
    etcd = await new EtcdServer().start()
  })
  afterAll(() => etcd.close())

  function start() {
    const own = { address: etcd.address, prefix: '/gateways/', user: undefined, password: undefined, ttlMs: 3000 }
    return register({ kind: 'etcd', settings: { ...common, ...own } as never })
  }
  const isThere = async () => (await etcd.get('/gateways/gw-1').catch(() => undefined)) !== undefined

  test('puts its URL under a lease, and takes it away when it leaves', async () => {
    const { registration } = start()
    await until(isThere)
    expect(JSON.parse((await etcd.get('/gateways/gw-1'))!)).toEqual({ url: 'http://10.1.1.1:8080', zone: 'west' })
    await registration.leave()
    expect(await isThere()).toBe(false)
  })

  test('puts it anew when the lease was lost', async () => {
    start()
    await until(isThere)
    const { leases } = (await etcd.ask('/v3/lease/leases', {})) as { leases: { ID: string }[] }
    for (const { ID } of leases) await etcd.ask('/v3/lease/revoke', { ID })
    expect(await isThere()).toBe(false)
    await until(isThere)
  })

  test('goes on when etcd was killed and is back', async () => {
    const { notices } = start()
    await until(isThere)
    await etcd.kill()
    await until(() => notices.length === 2)
    await etcd.start()
    await until(() => notices.length === 3)
    expect(await isThere()).toBe(true)
  })
})
