import type { Server } from 'node:http'
import { closeNow, stopAccepting } from '../http/listener.ts'
import type { Serving } from './serving.ts'

/** With what comes after it (the last spans, the pools) all ends within the ten seconds that are promised. */
const drainTimeoutMs = 8500
/**
 * How long a connection may stay without a request once we are about to end: one may be under way to us, and its
 * answer closes the connection.
 */
const lastRequestsMs = 500
const lookEveryMs = 20

/**
 * Ends serving without losing a request that was taken. Readiness has failed and every answer ends its connection
 * (`isDraining`) before this is called; for a moment new connections still come, from whoever has not heard yet.
 */
export async function drain(serving: Serving, servers: readonly Server[]): Promise<void> {
  const deadline = performance.now() + drainTimeoutMs
  await emptied(servers, lastRequestsMs)
  // Who has connected by now is let in: Node accepts between its timers and its immediates.
  await new Promise((resolve) => setImmediate(resolve))
  for (const server of servers) stopAccepting(server)
  await emptied(servers, lastRequestsMs)
  await idle(serving, deadline - performance.now())
  for (const server of servers) closeNow(server)
}

/** Resolves when no connection is open, or after `timeoutMs`. */
async function emptied(servers: readonly Server[], timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs
  while (performance.now() < end && (await countConnections(servers)) > 0) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

/** Resolves when no request is being answered, or after `timeoutMs`. */
export function idle(serving: Serving, timeoutMs = drainTimeoutMs): Promise<void> {
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
