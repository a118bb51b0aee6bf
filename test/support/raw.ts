import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterTest } from './cleanup.ts'

export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
  readonly text: string
  header(name: string): string | undefined
  json(): Record<string, unknown>
}

/** Opens a bare connection that ends with the test. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  afterTest(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Writes bytes as they are and gives all that comes back until the other side closes. */
export async function sendRaw(port: number, text: string | Buffer): Promise<RawAnswer> {
  const socket = await dial(port)
  const all = readAll(socket)
  socket.write(text)
  return parseAnswer(await all)
}

export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  // An error does not matter: who is refused while it still writes has an answer all the same.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks).toString('latin1')
}

/**
 * Gives the answer to a request whose body never ends, as a client that hears it and sends no more: it is not waited
 * until the gateway gives it up, which takes seconds.
 */
export async function readRefusal(socket: Socket): Promise<RawAnswer> {
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    const { header, body } = parseAnswer(text)
    if (header('connection') === 'close' && body.length >= Number(header('content-length'))) socket.end()
  })
  return parseAnswer(await readAll(socket))
}

/** Writes the beginning of a request that is refused. */
export async function sendRefused(port: number, text: string): Promise<RawAnswer> {
  const socket = await dial(port)
  const refusal = readRefusal(socket)
  socket.write(text)
  return refusal
}

export function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text : text.slice(0, end)
  const body = end < 0 ? '' : text.slice(end + 4)
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    head,
    body,
    text,
    header: (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim(),
    json: () => JSON.parse(body),
  }
}

/** A request that asks to close, so that `sendRaw` ends: `lines` are its first line and its headers. */
export function request(line: string, ...headers: string[]): string {
  return `${[line, 'Host: gateway.test', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`
}
