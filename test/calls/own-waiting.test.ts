import { describe, expect, test } from '@jest/globals'
import { Backends } from '../../src/calls/registry.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import type { ChannelOptions, TransportKind } from '../../src/transports/transport.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { startTcpServer } from '../support/servers.ts'
import { callContext, callSite, errorOf, serviceTarget } from '../support/sites.ts'
import { kinds } from '../support/transports/raw-channel.ts'

const timeoutMs = 500

/** A backend that takes connections and never answers, and a call to it. */
async function mute(transport: TransportKind, clock: Clock, channel: Partial<ChannelOptions> = {}) {
  const server = await opened(startTcpServer(() => {}))
  const backends = new Backends({ clock, transport, channel })
  const { calls } = backends.open([callSite({ service: serviceTarget(server.url), timeoutMs })])
  afterTest(server.close)
  afterTest(() => backends.close())
  return { server, call: () => errorOf(calls[0]!(callContext(clock))) }
}

/** As in a garbage collection, or a container that is paused. */
function standStill(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe.each(kinds.map((kind) => [kind.name, kind] as const))(
  'a call over %s that runs out of time',
  (_name, kind) => {
    test('while it waits for the answer is the backend’s fault', async () => {
      const clock = new FakeClock()
      const { server, call } = await mute(kind, clock)
      const error = call()
      await server.connected()
      await clock.advance(timeoutMs)
      expect(await error).toMatchObject({ code: 'timeout', verdict: 'failure' })
    })

    test('while it waits for a connection is not', async () => {
      const clock = new FakeClock()
      const { server, call } = await mute(kind, clock, { connections: 1 })
      const first = call()
      await server.connected()
      await clock.advance(100)
      const second = call()
      await clock.advance(timeoutMs)
      expect((await first).verdict).toBe('failure')
      // It had a connection for the last hundred milliseconds, at the most.
      expect((await second).verdict).toBe('nothing')
    })

    test('because this process stood still while a connection was opened is not', async () => {
      const { call } = await mute(kind, systemClock)
      const error = call()
      standStill(timeoutMs + 200)
      expect(await error).toMatchObject({ code: 'timeout', verdict: 'nothing' })
    })
  },
)
