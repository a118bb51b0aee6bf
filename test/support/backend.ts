import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterFile } from './cleanup.ts'

/** A request as a backend saw it. */
export interface Received {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  /** What has come of it so far; all of it when it is answered. */
  body: string
  /** Whether its connection was closed. */
  isClosed: boolean
}

export interface Backend {
  readonly url: string
  readonly received: Received[]
  readonly openSockets: () => number
  /** How many connections there ever were. */
  readonly sockets: () => number
  stop(): Promise<void>
}

export type Answer = (request: Received, response: ServerResponse) => void

/** A backend in this process that keeps what it was sent; it ends with the file's tests. */
export async function startBackend(answer: Answer): Promise<Backend> {
  const received: Received[] = []
  /** The requests that came on each connection. */
  const open = new Map<Socket, Received[]>()
  let sockets = 0
  const server = createServer({ keepAliveTimeout: 65_000 }, async (request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request
    const entry: Received = { method, target: url, headers, rawHeaders, body: '', isClosed: false }
    received.push(entry)
    open.get(request.socket)?.push(entry)
    response.on('error', () => {})
    try {
      request.setEncoding('utf8')
      for await (const chunk of request) entry.body += chunk
    } catch {
      return
    }
    answer(entry, response)
  })
  server.on('connection', (socket) => {
    sockets += 1
    open.set(socket, [])
    socket.on('error', () => {})
    socket.once('close', () => {
      for (const entry of open.get(socket) ?? []) entry.isClosed = true
      open.delete(socket)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const stop = async () => {
    for (const socket of open.keys()) socket.destroy()
    if (server.listening) await new Promise((closed) => server.close(closed))
  }
  afterFile(stop)
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, received, openSockets: () => open.size, sockets: () => sockets, stop }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  const text = JSON.stringify(body)
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text)
}

/** Never answers. */
export const suppression: Answer = () => {}
