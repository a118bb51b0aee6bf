import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** Ports that were free a moment ago. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** Calls `attempt` until it gives something, every 20 ms, for at most a minute; `giveUp` says why to stop early. */
export async function waitFor<Result>(
  attempt: () => Promise<Result | undefined>,
  giveUp: () => string | undefined,
): Promise<Result> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const result = await attempt().catch(() => undefined)
    if (result !== undefined) return result
    const reason = giveUp() ?? (performance.now() > deadline ? 'nothing answered for a minute' : undefined)
    if (reason !== undefined) throw new Error(reason)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
