import type { IncomingHttpHeaders } from 'node:http2'
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { afterTest, opened } from './cleanup.ts'
import { observe } from './servers.ts'

export type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, count: number) => void

/** A backend that speaks HTTP/2: by prior knowledge, or over TLS. It ends with the test. */
export async function startHttp2(serve: Serve, options: SecureServerOptions = {}) {
  const isSecure = options.cert !== undefined
  const server = (isSecure ? createSecureServer(options) : createServer(options)) as Http2Server
  const sessions: ServerHttp2Session[] = []
  const open = new Set<ServerHttp2Session>()
  let count = 0
  server.on('session', (session) => {
    sessions.push(session)
    open.add(session)
    session.on('error', () => {})
    session.on('close', () => open.delete(session))
  })
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {})
    serve(stream, headers, ++count)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterTest(async () => {
    for (const session of open) session.destroy()
    await new Promise((closed) => server.close(closed))
  })
  const { port } = server.address() as AddressInfo
  return { url: `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`, sessions, open, count: () => count }
}

/** A stream that is answered by JSON. */
export function answerJson(stream: ServerHttp2Stream, value: unknown, status = 200): void {
  stream.respond({ ':status': status, 'content-type': 'application/json' })
  stream.end(JSON.stringify(value))
}

/** A frame as it goes over the wire (RFC 9113 section 4.1). */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** `:status: 200` of the static table, without the end of the stream. */
export const okHead = (stream: number) => frame(1, 0x4, stream, Buffer.from([0x88]))
export const data = (stream: number, text: string, flags = 0) => frame(0, flags, stream, Buffer.from(text))
export const reset = (stream: number, code: number) => frame(3, 0, stream, Buffer.from([0, 0, 0, code]))

/** A backend that answers each request by frames, none: nothing. */
export async function startFrames(answer: (stream: number) => readonly Buffer[]) {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let bytes: Buffer = Buffer.alloc(0)
    let hasPreface = false
    socket.write(frame(4, 0, 0))
    socket.on('data', (more: Buffer) => {
      bytes = Buffer.concat([bytes, more])
      if (!hasPreface && bytes.length >= 24) {
        bytes = bytes.subarray(24)
        hasPreface = true
      }
      while (hasPreface && bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
        const [type, flags, stream] = [bytes[3]!, bytes[4]!, bytes.readUInt32BE(5)]
        bytes = bytes.subarray(9 + bytes.readUIntBE(0, 3))
        if (type === 4 && (flags & 1) === 0) socket.write(frame(4, 1, 0))
        if (type === 1) for (const piece of answer(stream)) socket.write(piece)
      }
    })
  })
  const { url } = await opened(observe(server))
  return { url, sockets }
}
