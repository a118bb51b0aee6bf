import type { Server } from 'node:http'
import type { DrainSettings } from '../../config/listen.ts'
import { http2Of } from '../http/http2/attached.ts'
import { closeNow, stopAccepting } from '../http/listener.ts'
import type { Passthrough } from '../passthrough/passthrough.ts'
import type { Serving } from './serving.ts'

/** What comes after it: the last spans, the pools. */
const behindMs = 1500
/**
 * How long a connection may stay without a request once we are about to end: one may be under way to us, and its
 * answer closes the connection.
 */
const lastRequestsMs = 500
const lookEveryMs = 20

/**
 * Ends serving without losing a request that was taken. Readiness has failed and every answer ends its connection
 * (`isDraining`) before this is called; for a moment, or as long as `accept` says, new connections still come, from
 * whoever has not heard yet.
 */
export async function drain(
  serving: Serving,
  servers: readonly Server[],
  { acceptMs, totalMs }: DrainSettings,
  passthrough: Pick<Passthrough, 'goAway' | 'tunnels'>,
): Promise<void> {
  for (const server of servers) http2Of(server)?.announceEnd()
  const deadline = performance.now() + leftOf(totalMs)
  if (acceptMs === undefined) await emptied(servers, lastRequestsMs)
  else await new Promise((resolve) => setTimeout(resolve, acceptMs))
  // Who has connected by now is let in: Node accepts between its timers and its immediates.
  await new Promise((resolve) => setImmediate(resolve))
  for (const server of servers) stopAccepting(server)
  passthrough.goAway()
  await emptied(servers, lastRequestsMs)
  await idle(serving, deadline - performance.now())
  await until(() => passthrough.tunnels === 0, deadline - performance.now())
  for (const server of servers) closeNow(server)
}

/** Of all the time that ending may take, what answering may. */
export function leftOf(totalMs: number): number {
  return Math.max(totalMs / 2, totalMs - behindMs)
}

/** Resolves when no connection is open, or after `timeoutMs`. */
async function emptied(servers: readonly Server[], timeoutMs: number): Promise<void> {
  await until(async () => (await countConnections(servers)) === 0, timeoutMs)
}

async function until(holds: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs
  while (performance.now() < end && !(await holds())) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

/** Resolves when no request is being answered, or after `timeoutMs`. */
export function idle(serving: Serving, timeoutMs: number): Promise<void> {
  if (serving.inFlight === 0) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs)
    serving.whenIdle = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

async function countConnections(servers: readonly Server[]): Promise<number> {
  const counts = servers.map(
    (server) => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count ?? 0))),
  )
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}
