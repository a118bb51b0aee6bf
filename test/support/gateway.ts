import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { createGateway, type Gateway, type GatewayOptions, type RequestEntry } from '../../src/server/gateway.ts'
import type { BoundListener } from '../../src/server/http/open-listeners.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { afterFile, afterTest, createDirectory } from './cleanup.ts'
import { until } from './waiting.ts'
import { dictionary } from './words.ts'

/** Files of a project by name, without `.yaml`: `gateway`, `dictionary`, `services/NAME`, `routes/NAME`, `parts/NAME`. */
export type Files = Readonly<Record<string, string>>

/** Writes files below a directory: `gateway` goes to `config/gateway.yaml`, `routes/x` to `routes/x.yaml`, … */
export function writeFiles(directory: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, /^(routes|parts)\//.test(name) ? `${name}.yaml` : `config/${name}.yaml`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

export interface Running {
  readonly gateway: Gateway
  readonly port: number
  readonly adminPort: number
  readonly listeners: readonly BoundListener[]
  readonly directory: string
  /** What the gateway told of its requests. */
  readonly entries: RequestEntry[]
  /** What it logged. */
  readonly lines: string[]
}

/** What clients have opened to any server of this process. */
const connections = new Set<Socket>()
const remember = (message: unknown) => {
  const { socket } = message as { socket: Socket }
  connections.add(socket)
  socket.once('close', () => connections.delete(socket))
}
subscribe('net.server.socket', remember)
afterFile(() => unsubscribe('net.server.socket', remember))

/** A gateway on any free ports that ends with the test. */
export async function startGateway(files: Files, options: Partial<GatewayOptions> = {}): Promise<Running> {
  const directory = createDirectory()
  mkdirSync(join(directory, 'config/services'), { recursive: true })
  mkdirSync(join(directory, 'routes'), { recursive: true })
  const { gateway = 'defaults: { timeout: 5s }' } = files
  writeFiles(directory, { dictionary, ...files, gateway: takingAll(gateway) })
  const running = await startIn(directory, options)
  const { port, adminPort, listeners } = await running.gateway.listen()
  return { ...running, port, adminPort: adminPort!, listeners }
}

/** On a slow machine it would turn requests away, which only tests of that want: they say so in the file. */
function takingAll(gateway: string): string {
  if (/^\s*\{|\boverload\b/.test(gateway)) return gateway
  return `${gateway.trimEnd()}\noverload: false\n`
}

/** A gateway of files that are there already; not listening. */
export async function startIn(directory: string, options: Partial<GatewayOptions> = {}) {
  const entries: RequestEntry[] = []
  const lines: string[] = []
  const gateway = await createGateway({
    config: join(directory, 'config/gateway.yaml'),
    port: 0,
    adminPort: 0,
    env: {},
    watch: false,
    logger: createLogger({ level: 'info', format: 'json', destination: { write: (line: string) => lines.push(line) } }),
    onRequest: (entry) => entries.push(entry),
    ...options,
  })
  afterTest(() => {
    // Drained, they would have a second to be closed by those who no longer know of them.
    for (const socket of connections) socket.destroy()
    return gateway.close()
  })
  return { gateway, directory, entries, lines }
}

/** Waits until so many requests are under way. */
export async function untilActive({ adminPort }: Pick<Running, 'adminPort'>, count: number): Promise<void> {
  const text = `http_server_active_requests ${count}\n`
  const metrics = async () => (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  await until(async () => (await metrics()).includes(text), `${count} requests at once`)
}
