import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net'
import type { Scene } from './scene.ts'

/** A backend in this process that does what its promise wants of it. */
export interface Backend {
  readonly url: string
  readonly port: number
  readonly openSockets: () => number
  /** Dies: takes no connection any more and breaks those it has. */
  die(): Promise<void>
}

/** A backend that answers by a function, which may be exchanged while it runs. */
export async function startBackend(scene: Scene, answer: RequestListener, port = 0): Promise<Backend> {
  const server = createServer({ keepAliveTimeout: 0 }, answer)
  return listen(scene, server, port)
}

/** A backend that speaks no HTTP of itself: `onRequest` is called with each request's head, and writes what it likes. */
export async function startRawBackend(
  scene: Scene,
  onRequest: (head: string, socket: Socket) => void,
): Promise<Backend> {
  const server = createNetServer((socket) => {
    let pending = ''
    socket.on('data', (data) => {
      pending += data.toString('latin1')
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        onRequest(pending.slice(0, end), socket)
        pending = pending.slice(end + 4)
      }
    })
  })
  return listen(scene, server, 0)
}

async function listen(scene: Scene, server: Server, wanted: number): Promise<Backend> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const die = async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await once(server.close(), 'close')
  }
  scene.whenDone(die)
  return { url: `http://127.0.0.1:${port}`, port, openSockets: () => sockets.size, die }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}

/** Answers `{"ok":true}` after some time. */
export const answerAfter =
  (ms: number) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    setTimeout(() => sendJson(response, { ok: true }), ms)
  }
