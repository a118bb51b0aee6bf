import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { GatewayOptions } from '../../src/server/gateway.ts'
import type { Issued } from './certificates.ts'
import { afterTest, createDirectory } from './cleanup.ts'
import { type Files, type Running, startIn, writeFiles } from './gateway.ts'
import { dictionary } from './words.ts'

/** Files beside the gateway's own: certificates, keys and the like, by name. */
export type Beside = Readonly<Record<string, string | Buffer>>

/** A project with files beside its gateway file, not yet loaded; its directory. */
export function writeProject(files: Files, beside: Beside): string {
  const directory = createDirectory()
  for (const folder of ['config/services', 'routes']) mkdirSync(join(directory, folder), { recursive: true })
  writeFiles(directory, { dictionary, ...files })
  writeBeside(directory, beside)
  return directory
}

export function writeBeside(directory: string, beside: Beside): void {
  for (const [name, text] of Object.entries(beside)) writeFileSync(join(directory, 'config', name), text)
}

/** A gateway with files beside its own that ends with the test. */
export async function startWith(files: Files, beside: Beside, options: Partial<GatewayOptions> = {}): Promise<Running> {
  const running = await startIn(writeProject(files, beside), options)
  const { port, adminPort, listeners } = await running.gateway.listen()
  return { ...running, port, adminPort: adminPort!, listeners }
}

/** `tls: { cert: ./a.crt, key: ./a.key }` needs these two. */
export function pairFiles(name: string, { cert, key }: Issued): Beside {
  return { [`${name}.crt`]: cert, [`${name}.key`]: key }
}

/** Opens a TLS connection that ends with the test. Rejects where the handshake fails. */
export async function dialTls(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, servername: 'gateway.test', ...options })
  afterTest(() => socket.destroy())
  await once(socket, 'secureConnect')
  socket.on('error', () => {})
  return socket
}

/** Asks over TLS, and gives all that comes back until the other side closes. */
export async function askTls(port: number, text: string, options: ConnectionOptions = {}): Promise<string> {
  const socket = await dialTls(port, options)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write(text)
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks).toString('latin1')
}
