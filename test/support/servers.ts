import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'

/** A server on loopback that can be looked at and taken down. */
export interface TestServer {
  readonly url: string
  readonly port: number
  /** Connections that are open now. */
  readonly sockets: ReadonlySet<Socket>
  /** Resolves once this many connections were opened. */
  connected(count?: number): Promise<void>
  /** Resolves once this many connections were closed. (undici opens a new one after it aborts a request.) */
  disconnected(count?: number): Promise<void>
  close(): Promise<void>
}

/** Port 0: any. */
interface Listen {
  readonly host: string
  readonly port: number
}

/** Speaks whatever `converse` writes; called when the head of a request has come (`head`: as text). */
export function startTcpServer(converse: (socket: Socket, head: string) => void): Promise<TestServer> {
  return observe(
    createTcpServer((socket) => {
      let head = ''
      socket.on('data', (chunk) => {
        head += chunk.toString('latin1')
        if (!head.includes('\r\n\r\n')) return
        const request = head
        head = ''
        converse(socket, request)
      })
    }),
  )
}

export function startHttpServer(listener: RequestListener, at?: Listen): Promise<TestServer> {
  return observe(createHttpServer(listener), at)
}

/** Self-signed, for `backend.test`. */
export const certificate = readFileSync(new URL('./tls/cert.pem', import.meta.url))
export const privateKey = readFileSync(new URL('./tls/key.pem', import.meta.url))

export function startTlsServer(listener: RequestListener): Promise<TestServer> {
  return observe(createHttpsServer({ cert: certificate, key: privateKey }, listener))
}

export async function observe(
  server: Server,
  { host, port: wanted }: Listen = { host: '127.0.0.1', port: 0 },
): Promise<TestServer> {
  const sockets = new Set<Socket>()
  let opened = 0
  let closed = 0
  server.on('connection', (socket: Socket) => {
    opened++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      closed++
      sockets.delete(socket)
      server.emit('changed')
    })
    server.emit('changed')
  })
  server.listen(wanted, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const until = async (holds: () => boolean) => {
    while (!holds()) await once(server, 'changed')
  }
  return {
    url: `http://${host}:${port}`,
    port,
    sockets,
    connected: (count = 1) => until(() => opened >= count),
    disconnected: (count = 1) => until(() => closed >= count),
    async close() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await once(server.close(), 'close')
    },
  }
}

/**
 * A port that nothing listens on: for who has to say it before he listens, or listens on it again. It lies below those that
 * the system gives to whoever asks for any, connections to elsewhere included: such a one may not take it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createTcpServer()
    // Files of tests run side by side, and draw the same where chance is seeded.
    server.listen(randomInt(10_240, 32_000), '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return port
  }
}
