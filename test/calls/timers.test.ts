import { expect, test } from '@jest/globals'
import { Backends } from '../../src/calls/registry.ts'
import { Scope } from '../../src/cancellation.ts'
import type { Timer } from '../../src/clock.ts'
import type { Endable } from '../../src/faults.ts'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { startTcpServer } from '../support/servers.ts'
import { callContext, callSite, errorOf, serviceTarget } from '../support/sites.ts'

/** Knows whom the timers belong to that are set. */
class WatchfulClock extends FakeClock {
  readonly owners: (Endable | undefined)[] = []
  override schedule(delayMs: number, callback: () => void, owner?: Endable): Timer {
    this.owners.push(owner)
    return super.schedule(delayMs, callback)
  }
}

test('every timer of a call belongs to a request, which ends when it throws: no other does', async () => {
  const clock = new WatchfulClock()
  const server = await opened(startTcpServer(() => {}))
  const backends = new Backends({ clock })
  const bulkhead = { policy: { concurrent: 1, queue: 5, order: 'fifo' }, clientOf: undefined }
  const site = callSite({
    service: { ...serviceTarget(server.url), bulkhead, key: 'timers' },
    idempotent: true,
    timeoutMs: 300,
    coalesce: { isImplied: false },
    hedge: { after: { ms: 100 }, max: 1 },
    retry: { attempts: 2, delayMs: 10, backoff: 'constant', jitter: false, on: ['all'] },
  })
  const { calls, release } = backends.open([site])
  const scopes = [new Scope(), new Scope()]
  const ended = scopes.map((scope) => errorOf(calls[0]!(callContext(clock, { scope }))))
  await clock.advance(10_000)
  await Promise.all(ended)
  expect(clock.owners.length).toBeGreaterThanOrEqual(5)
  expect(clock.owners.every((owner) => owner instanceof Scope)).toBe(true)
  release()
  await backends.close()
  await server.close()
})
