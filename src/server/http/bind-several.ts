import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { ListenAddress } from '../../config/listen.ts'
import { bind, closeNow } from './listener.ts'

/** libuv accepts one connection of a socket in each turn of the loop, however many wait and however long a turn takes. */
const sockets = 16

/**
 * Binds one port by as many sockets as accept at the same speed as requests are read. The kernel spreads connections
 * over them (SO_REUSEPORT); where it cannot, there is one. Rejects with the system's error.
 */
export async function bindSeveral(
  create: (share: number) => Server,
  at: ListenAddress,
): Promise<{ servers: Server[]; port: number }> {
  if (process.platform !== 'linux') {
    const server = create(1)
    return { servers: [server], port: await bind(server, at) }
  }
  if (at.port !== 0) await refuseTaken(at)
  const servers: Server[] = []
  let { port } = at
  try {
    while (servers.length < sockets) {
      const server = create(1 / sockets)
      port = await bind(server, { ...at, port }, true)
      servers.push(server)
    }
  } catch (thrown) {
    for (const server of servers) closeNow(server)
    throw thrown
  }
  return { servers, port }
}

/** Sockets that share a port let another gateway share it too; one that does not finds out. */
async function refuseTaken(at: ListenAddress): Promise<void> {
  const server = new NetServer()
  await bind(server, at)
  await new Promise((resolve) => server.close(resolve))
}
