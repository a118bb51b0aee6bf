import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { tunnelOf } from '../../src/server/http/upgrade-response.ts'
import { Tunnels } from '../../src/server/passthrough/tunnels.ts'
import { parseHead } from '../../src/transports/http1/head.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { observe } from '../support/servers.ts'

/** Both ends of one connection, either of which may end for itself. */
async function connection(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ allowHalfOpen: true })
  const { port } = await opened(observe(server))
  const accepted = once(server, 'connection')
  const far = connect({ port, allowHalfOpen: true })
  const [near] = (await accepted) as [Socket]
  far.on('error', () => {})
  afterTest(() => far.destroy())
  return { near, far }
}

test.each(['client', 'backend'] as const)(
  'a %s that has ended is not kept by one who says nothing more',
  async (who) => {
    const clock = new FakeClock()
    let left = 0
    const exchange = { requestId: 'r', serving: { clock }, activation: { enter() {}, leave: () => left++ } }
    const client = await connection()
    const backend = await connection()
    const answer = parseHead('HTTP/1.1 101 Switching Protocols', 'GET')
    const ends = { client: tunnelOf(client.near), backend: backend.near, head: Buffer.alloc(0), idleMs: undefined }
    new Tunnels().open({ ...ends, answer, exchange } as never)
    const [ended, silent] = who === 'client' ? [client, backend] : [backend, client]
    silent.far.resume()
    ended.far.resume()
    const heard = once(silent.far, 'end')
    ended.far.end()
    await heard
    await clock.advance(19_999)
    expect([silent.near.destroyed, left]).toEqual([false, 0])
    const closed = once(client.near, 'close')
    await clock.advance(1)
    await closed
    expect([backend.near.destroyed, left]).toEqual([true, 1])
  },
)
