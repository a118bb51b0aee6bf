import { isIPv4, type Socket } from 'node:net'
import { dial } from './raw.ts'

interface HeaderOptions {
  /** LOCAL: the proxy speaks for itself. */
  readonly isLocal?: boolean
  /** Members (TLVs) behind the addresses. */
  readonly members?: Buffer
  readonly port?: number
}

/** The first twelve bytes of each. */
export const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')

/** A header of the PROXY protocol, version 2: it comes for a client. */
export function proxyHeader(client: string, { isLocal, members, port = 40_000 }: HeaderOptions = {}): Buffer {
  const address = isIPv4(client) ? Buffer.from(client.split('.').map(Number)) : groupsOf(client)
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(port, 0)
  ports.writeUInt16BE(443, 2)
  const addresses = isLocal ? Buffer.alloc(0) : Buffer.concat([address, Buffer.alloc(address.length, 1), ports])
  const rest = Buffer.concat([addresses, members ?? Buffer.alloc(0)])
  const family = isLocal ? 0 : address.length === 4 ? 0x11 : 0x21
  return rawHeader(isLocal ? 0x20 : 0x21, family, rest)
}

/** Whatever a header says of itself. */
export function rawHeader(command: number, family: number, rest: Buffer, length = rest.length): Buffer {
  return Buffer.concat([signature, Buffer.of(command, family, length >> 8, length & 255), rest])
}

/** A member of a header. */
export function member(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, value.length >> 8, value.length & 255), value])
}

/** Opens a connection as a proxy does for a client. */
export async function dialFor(port: number, client: string, options?: HeaderOptions): Promise<Socket> {
  const socket = await dial(port)
  socket.write(proxyHeader(client, options))
  return socket
}

/** Of eight groups, none left out. */
function groupsOf(address: string): Buffer {
  const bytes = Buffer.alloc(16)
  for (const [at, group] of address.split(':').entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * at)
  return bytes
}
