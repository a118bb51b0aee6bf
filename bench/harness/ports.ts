import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

/** Ports that were free a moment ago, below those that the system gives to connections: none takes one meanwhile. */
export async function findFreePorts(count: number): Promise<number[]> {
  const found: Server[] = []
  while (found.length < count) {
    const server = createServer().listen(randomInt(10_240, 32_000), '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (isFree) found.push(server)
  }
  const ports = found.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(found.map((server) => once(server.close(), 'close')))
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
