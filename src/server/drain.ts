import type { Server } from 'node:http'
import { closeNow, stopAccepting } from './listener.ts'
import type { Serving } from './serving.ts'

export const drainTimeoutMs = 10_000
/** An idle connection may have a request under way to us: it gets this long to arrive, and its answer closes the connection. */
const lastRequestsMs = 500

/**
 * Ends serving without losing a request that was taken. Readiness has failed and every answer ends its connection
 * (`isDraining`) before this is called.
 */
export async function drain(serving: Serving, servers: readonly Server[]): Promise<void> {
  const deadline = performance.now() + drainTimeoutMs
  await pause(lastRequestsMs)
  for (const server of servers) stopAccepting(server)
  await Promise.race([idle(serving), pause(deadline - performance.now())])
  for (const server of servers) closeNow(server)
}

/** Resolves when no request is being answered. */
export function idle(serving: Serving): Promise<void> {
  if (serving.inFlight === 0) return Promise.resolve()
  return new Promise((resolve) => {
    serving.whenIdle = resolve
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms))
  })
}
