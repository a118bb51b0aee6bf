import { Agent, get } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { afterTest, opened } from '../support/cleanup.ts'
import { type Running, startGateway } from '../support/gateway.ts'
import { askAsManyUsers } from '../support/many-users.ts'
import { answersAll, createManyUsersBackend, manyUsersFiles } from '../support/many-users-world.ts'
import { hasRedis, TestRedis } from '../support/redis.ts'
import { startHttpServer } from '../support/servers.ts'

async function startBackend(): Promise<string> {
  return (await opened(startHttpServer(createManyUsersBackend()))).url
}

/** Sends by few connections, without what `fetch` costs. */
function sender({ port }: Running): (path: string, headers: Readonly<Record<string, string>>) => Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  afterTest(() => agent.destroy())
  return (path, headers) =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, headers, agent }, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          body += chunk
        })
        response.on('end', () => resolve(body))
      }).on('error', reject)
    })
}

const amount = { users: 1000, requests: 3000, concurrency: 60 }
const quiet = { onRequest: () => {} }

test('no answer reaches another user, through cache, joined calls, last good answers or whole answers', async () => {
  const running = await startGateway({ ...manyUsersFiles(await startBackend()), gateway: answersAll }, quiet)
  const { crossed, parts } = await askAsManyUsers(sender(running), amount)
  expect(crossed).toEqual([])
  expect(parts).toBeGreaterThan(0)
  // Had nothing been shared, there would have been nothing to find.
  const metrics = await (await fetch(`http://127.0.0.1:${running.adminPort}/metrics`)).text()
  const count = (name: string) => Number(new RegExp(`^${name}.* (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0)
  expect(count('tessera_cache_total{service="mine",operation="own",result="hit"}')).toBeGreaterThan(0)
  expect(count('tessera_coalesced_total{service="mine",operation="token"}')).toBeGreaterThan(0)
  expect(count('tessera_hedge_total{service="mine",operation="order",result="won"}')).toBeGreaterThan(0)
  expect(count('tessera_fallback_total{route="page"')).toBeGreaterThan(0)
  expect(count('tessera_route_cache_total{route="whole",result="hit"}')).toBeGreaterThan(0)
})

test('one who is given the parts of another is found out', async () => {
  const part = (kind: string, user: string, nonce: number, id: string | null = null) => ({
    kind,
    whose: `Bearer ${user}`,
    id,
    nonce,
  })
  const { crossed, parts } = await askAsManyUsers(
    async (path, { 'x-user-id': user = '' }) => {
      if (path === '/list') return JSON.stringify({ entry: [part('entry', user, 1, `${user}-1`), null] })
      if (path === '/whole') return JSON.stringify({ account: part('account', user, 1, 'u999') })
      if (path === '/personal') return JSON.stringify({ order: part('own', user, 1) })
      return JSON.stringify({ own: part('own', 'u999', 1), token: part('token', user, 7) })
    },
    { users: 10, requests: 8, concurrency: 1 },
  )
  expect(parts).toBe(12)
  expect(crossed.map((text) => text.replace(/^u\d+ /, ''))).toEqual([
    'was given own of Bearer u999 (null)',
    'was given own of Bearer u999 (null)',
    'request 1 was given the token of request 0',
    expect.stringMatching(/^was given order of /),
    expect.stringMatching(/^was given account of .* \(u999\)$/),
    'was given own of Bearer u999 (null)',
    'request 4 was given the token of request 1',
    'was given own of Bearer u999 (null)',
    'request 5 was given the token of request 4',
    expect.stringMatching(/^was given account of .* \(u999\)$/),
  ])
})

const withRedis = hasRedis ? describe : describe.skip

withRedis('with a Redis in common', () => {
  async function startTwo() {
    const redis = await TestRedis.start()
    afterTest(() => redis.close())
    const files = { ...manyUsersFiles(await startBackend()), gateway: `${answersAll}stores: { cache: '${redis.url}' }` }
    return { redis, one: await startGateway(files, quiet), other: await startGateway(files, quiet) }
  }

  test('no answer reaches another user of another gateway either', async () => {
    const { one, other } = await startTwo()
    const senders = [sender(one), sender(other)]
    let turn = 0
    const { crossed } = await askAsManyUsers((path, headers) => senders[turn++ % 2]!(path, headers), {
      ...amount,
      requests: 1000,
    })
    expect(crossed).toEqual([])
  })

  test('what one has asked for, the other one answers; a purge at one holds for both', async () => {
    const { one, other } = await startTwo()
    const headers = { 'x-user-id': 'u1', authorization: 'Bearer u1' }
    const status = async ({ port }: Running) =>
      (await fetch(`http://127.0.0.1:${port}/page`, { headers })).headers.get('cache-status')!
    const isHit = (text: string) => /(?:^|, )public;hit/.test(text)
    const until = async (running: Running, wanted: boolean) => {
      for (let time = 0; time < 500 && isHit(await status(running)) !== wanted; time++) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    await until(one, true)
    expect(isHit(await status(other))).toBe(true)
    const purged = await fetch(`http://127.0.0.1:${other.adminPort}/cache?service=ours`, { method: 'DELETE' })
    expect(purged.status).toBe(200)
    expect(isHit(await status(one))).toBe(false)
  })

  test('requests go on when it is killed, and when it comes back', async () => {
    const { redis, one } = await startTwo()
    const send = sender(one)
    const ask = () => askAsManyUsers(send, { users: 50, requests: 200, concurrency: 10 })
    expect((await ask()).crossed).toEqual([])
    await redis.kill()
    const without = await ask()
    expect(without.crossed).toEqual([])
    expect(without.parts).toBeGreaterThan(0)
    const { adminPort } = one
    const purged = await fetch(`http://127.0.0.1:${adminPort}/cache?all`, { method: 'DELETE' })
    expect(purged.status).toBe(503)
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(Number(/^tessera_store_failures_total (\d+)$/m.exec(metrics)![1])).toBeGreaterThan(0)
    expect(one.lines.filter((line) => line.includes('it goes on as if it were empty'))).toHaveLength(1)
    await redis.startAgain()
    expect((await ask()).crossed).toEqual([])
  })
})
