import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { opened } from './cleanup.ts'
import { dial, parseAnswer, type RawAnswer } from './raw.ts'
import { observe } from './servers.ts'

/** A request to speak WebSocket. */
export function upgradeRequest(path: string, ...headers: string[]): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: gateway.test',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...headers,
    '\r\n',
  ].join('\r\n')
}

/** A backend that takes every upgrade but those of a path that ends in `refused` or `slow`, and echoes. */
export async function startEcho() {
  const requests: IncomingMessage[] = []
  const tunnels: Socket[] = []
  const server = createServer((_request, response) => void response.end('fine'))
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    requests.push(request)
    socket.on('error', () => {})
    if (request.url!.endsWith('slow')) return void socket.resume().once('end', () => socket.destroy())
    if (request.url!.endsWith('refused')) {
      socket.end('HTTP/1.1 403 Gone fishing\r\nContent-Length: 2\r\n\r\nno')
      return
    }
    tunnels.push(socket)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    socket.write(head)
    socket.pipe(socket)
  })
  return { ...(await opened(observe(server))), requests, tunnels }
}

/** Asks for an upgrade; gives what is answered, and the connection. */
export async function openWebSocket(
  port: number,
  path: string,
  ...headers: string[]
): Promise<RawAnswer & { socket: Socket }> {
  const socket = await dial(port)
  socket.write(upgradeRequest(path, ...headers))
  let text = ''
  while (!text.includes('\r\n\r\n')) text += String((await once(socket, 'data'))[0])
  const answer = parseAnswer(text)
  const length = Number(answer.header('content-length') ?? 0)
  while (Buffer.byteLength(text.slice(text.indexOf('\r\n\r\n') + 4)) < length)
    text += String((await once(socket, 'data'))[0])
  return { ...parseAnswer(text), socket }
}
