import { once } from 'node:events'
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { afterTest } from './cleanup.ts'
import { dialTls } from './tls-gateway.ts'

export interface Http2Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The code its stream was reset by; 0: it ended by itself. */
  readonly reset: number
}

/** Opens a connection of HTTP/2 that ends with the test. */
export async function connectHttp2(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: 'gateway.test' })
  session.on('error', () => {})
  afterTest(() => session.destroy())
  await once(session, 'connect')
  return session
}

/** Sends a request, and gives what comes of it: status 0 where there is no answer. */
export function askHttp2(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer,
): Promise<Http2Answer> {
  const stream = session.request({ ':authority': 'gateway.test', ...headers }, { endStream: body === undefined })
  return new Promise((resolve) => {
    let head: Record<string, string | string[] | undefined> = {}
    const chunks: Buffer[] = []
    stream.on('response', (came) => {
      head = came as typeof head
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => {})
    stream.on('close', () =>
      resolve({
        status: Number(head[':status'] ?? 0),
        headers: head,
        body: String(Buffer.concat(chunks)),
        reset: stream.rstCode,
      }),
    )
    if (body !== undefined) stream.end(body)
  })
}

export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** A connection of HTTP/2 that sends whatever frames it is told to. */
export class RawHttp2 {
  readonly socket: TLSSocket
  readonly frames: Frame[] = []
  #rest = Buffer.alloc(0)

  constructor(socket: TLSSocket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    this.send(frameTypes.settings, 0, 0)
  }

  send(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): void {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head[3] = type
    head[4] = flags
    head.writeUInt32BE(stream, 5)
    this.socket.write(Buffer.concat([head, payload]))
  }

  /** A request: END_STREAM and END_HEADERS unless told otherwise. */
  request(stream: number, fields: readonly (readonly [string, string])[], flags = 5): void {
    this.send(frameTypes.headers, flags, stream, packFields(fields))
  }

  /** Resolves when it is closed, with the code of the GOAWAY before. */
  async ended(): Promise<number | undefined> {
    if (!this.socket.closed) await once(this.socket, 'close')
    return this.find(frameTypes.goaway).at(-1)?.payload.readUInt32BE(4)
  }

  find(type: number, stream?: number): Frame[] {
    return this.frames.filter((frame) => frame.type === type && (stream === undefined || frame.stream === stream))
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= 9) {
      const length = this.#rest.readUIntBE(0, 3)
      if (this.#rest.length < 9 + length) return
      const payload = this.#rest.subarray(9, 9 + length)
      this.frames.push({ type: this.#rest[3]!, flags: this.#rest[4]!, stream: this.#rest.readUInt32BE(5), payload })
      this.#rest = this.#rest.subarray(9 + length)
    }
  }
}

export async function dialHttp2(port: number): Promise<RawHttp2> {
  return new RawHttp2(await dialTls(port, { ALPNProtocols: ['h2'] }))
}

export const get = (path: string, ...more: readonly (readonly [string, string])[]) =>
  [[':method', 'GET'], [':scheme', 'https'], [':path', path], [':authority', 'gateway.test'], ...more] as const

/** HPACK without its tables (RFC 7541 section 6.2.2). */
export function packFields(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), packText(name), packText(value)]))
}

function packText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes])
  const size: number[] = [127]
  let left = bytes.length - 127
  for (; left >= 128; left >>= 7) size.push((left & 127) | 128)
  return Buffer.concat([Buffer.of(...size, left), bytes])
}
