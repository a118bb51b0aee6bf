import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Followed, follow } from '../../support/discovery.ts'
import { EtcdServer, etcdProgram } from '../../support/registries/etcd.ts'
import { until } from '../../support/waiting.ts'

if (!etcdProgram)
  console.warn('SKIPPED: discovery by etcd, since no etcd is installed (Debian: apt-get install etcd-server)')
const describeWithEtcd = etcdProgram ? describe : describe.skip

describeWithEtcd('discovery by etcd (a real one)', () => {
  let etcd: EtcdServer
  let followed: Followed | undefined
  beforeAll(async () => {
    etcd = await new EtcdServer().start()
  })
  afterAll(() => etcd.close())
  afterEach(() => followed?.watch.close())

  const begin = (prefix: string): Followed => {
    const settings = { address: etcd.address, prefix, user: undefined, password: undefined }
    followed = follow({ kind: 'etcd', settings })
    return followed
  }

  test('reads the keys below a prefix, URLs and JSON, then follows what is put and deleted', async () => {
    await etcd.put('/a/1', 'http://10.0.0.1:80')
    await etcd.put('/a/2', '{"url":"http://10.0.0.2:80","weight":3,"zone":"west"}')
    await etcd.put('/a/3', 'nonsense')
    await etcd.put('/b/1', 'http://10.0.0.9:80')
    const { untilListed } = begin('/a/')
    await untilListed(['http://10.0.0.1:80', 'http://10.0.0.2:80 3 west'])
    await etcd.put('/a/0', 'http://10.0.0.7:80')
    await untilListed(['http://10.0.0.7:80', 'http://10.0.0.1:80', 'http://10.0.0.2:80 3 west'])
    await etcd.delete('/a/1')
    await etcd.delete('/a/2')
    await untilListed(['http://10.0.0.7:80'])
  })

  test('says once what it passes over, and why', async () => {
    await etcd.put('/g/1', 'http://10.0.0.1:80')
    await etcd.put('/g/2', '{"url":"http://10.0.0.2:80","wieght":3}')
    await etcd.put('/g/3', '{"url":')
    await etcd.put('/g/4', '{"url":"http://10.0.0.4:80","weight":0}')
    const { untilListed, notices } = begin('/g/')
    await untilListed(['http://10.0.0.1:80'])
    await etcd.put('/g/5', 'http://10.0.0.5:80')
    await untilListed(['http://10.0.0.1:80', 'http://10.0.0.5:80'])
    expect(notices).toEqual([
      expect.objectContaining({
        level: 'warn',
        message: 'discovery passed over what is no endpoint',
        reason:
          '/g/2: `wieght` is no key of an endpoint, did you mean `weight`?; /g/3: it is neither a URL nor a mapping',
      }),
    ])
  })

  test('reads all again when the revision it watches from was compacted away', async () => {
    await etcd.put('/c/1', 'http://10.0.0.1:80')
    const { untilListed, states } = begin('/c/')
    await untilListed(['http://10.0.0.1:80'])
    await etcd.kill()
    await until(() => !states.at(-1))
    await etcd.start()
    await etcd.put('/c/2', 'http://10.0.0.2:80')
    const { header } = (await etcd.put('/c/1', 'http://10.0.0.3:80')) as { header: { revision: string } }
    await etcd.ask('/v3/kv/compaction', { revision: header.revision })
    await untilListed(['http://10.0.0.3:80', 'http://10.0.0.2:80'])
  })

  test('keeps the last known while it is down, and goes on when it is back', async () => {
    await etcd.put('/d/1', 'http://10.0.0.1:80')
    const { untilListed, lists, notices, states } = begin('/d/')
    await untilListed(['http://10.0.0.1:80'])
    await etcd.kill()
    await until(() => !states.at(-1))
    expect(lists).toHaveLength(1)
    await etcd.start()
    await etcd.put('/d/2', 'http://10.0.0.2:80')
    await untilListed(['http://10.0.0.1:80', 'http://10.0.0.2:80'])
    expect(notices.map(({ level }) => level)).toEqual(['warn', 'info'])
  })

  test('keeps the last known beside those that come back when it has lost its data', async () => {
    await etcd.put('/f/1', 'http://10.0.0.1:80')
    await etcd.put('/f/2', 'http://10.0.0.2:80')
    const { untilListed, notices, states } = begin('/f/')
    await untilListed(['http://10.0.0.1:80', 'http://10.0.0.2:80'])
    await etcd.kill()
    await until(() => !states.at(-1))
    etcd.forget()
    await etcd.start()
    await until(() => notices.length >= 4)
    expect(notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^discovery failed/),
      'discovery recovered',
      expect.stringMatching(/^the registry has lost its data/),
      expect.stringMatching(/^discovery returned no endpoints/),
    ])
    await etcd.put('/f/2', 'http://10.0.0.2:80')
    await untilListed(['http://10.0.0.2:80', 'http://10.0.0.1:80'])
  })

  test('asks with a user and a password', async () => {
    await etcd.put('/e/1', 'http://10.0.0.1:80')
    for (const [path, body] of [
      ['/v3/auth/user/add', { name: 'root', password: 'pw' }],
      ['/v3/auth/user/grant', { user: 'root', role: 'root' }],
      ['/v3/auth/enable', {}],
    ] as const) {
      if (path === '/v3/auth/user/grant') await etcd.ask('/v3/auth/role/add', { name: 'root' })
      await etcd.ask(path, body)
    }
    const without = begin('/e/')
    await without.watch.settled
    expect(without.notices).toHaveLength(1)
    without.watch.close()
    followed = follow({
      kind: 'etcd',
      settings: { address: etcd.address, prefix: '/e/', user: 'root', password: 'pw' },
    })
    await followed.untilListed(['http://10.0.0.1:80'])
  })
})
