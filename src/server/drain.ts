import type { Server } from 'node:http'
import { closeNow, stopAccepting } from './listener.ts'
import type { Serving } from './serving.ts'

export const drainTimeoutMs = 10_000
/** An idle connection may have a request under way to us: it gets this long to arrive, and its answer closes the connection. */
const lastRequestsMs = 500
const lookEveryMs = 20

/**
 * Ends serving without losing a request that was taken. Readiness has failed and every answer ends its connection
 * (`isDraining`) before this is called.
 */
export async function drain(serving: Serving, servers: readonly Server[]): Promise<void> {
  const deadline = performance.now() + drainTimeoutMs
  const quietAt = performance.now() + lastRequestsMs
  while (performance.now() < quietAt && (await countConnections(servers)) > 0) await pause(lookEveryMs)
  for (const server of servers) stopAccepting(server)
  await idle(serving, deadline - performance.now())
  for (const server of servers) closeNow(server)
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms))
  })
}

async function countConnections(servers: readonly Server[]): Promise<number> {
  const counts = servers.map(
    (server) => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count ?? 0))),
  )
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}
