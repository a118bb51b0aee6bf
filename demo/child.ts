/**
 * One demo backend in a process of its own: `node demo/child.ts reco [port]`. Started by backends.ts it takes orders
 * over IPC, and ends when its parent does, however that ended.
 */

import { type DemoServer, serveDemo } from './http/server.ts'
import { parseTrouble } from './http/trouble.ts'
import { type DemoServiceName, demoServices } from './services/index.ts'

/** What a child tells its parent. */
export type ChildMessage =
  | { type: 'ready'; port: number }
  | { type: 'failed'; reason: string }
  | { type: 'reply'; id: number; body: unknown }

/** What a parent asks of its child: its status, or to change its trouble. */
export interface ParentMessage {
  id: number
  trouble?: unknown
}

const [name = '', portText] = process.argv.slice(2)
const entry = Object.hasOwn(demoServices, name) ? demoServices[name as DemoServiceName] : undefined
if (!entry) {
  console.error(`no demo backend is called "${name}": give one of ${Object.keys(demoServices).join(', ')}`)
  process.exit(2)
}

const tell = (message: ChildMessage, then: () => void = () => {}): void => {
  if (process.connected) process.send?.(message, then)
}

const hasParent = process.connected === true
if (hasParent) {
  process.on('disconnect', () => process.exit())
  // Ctrl-C reaches the whole group; the parent ends its children in order.
  process.on('SIGINT', () => {})
}

try {
  const server = await serveDemo(await entry.load(), {
    port: Number(portText ?? 9000 + entry.offset),
    host: process.env.DEMO_BIND ?? '127.0.0.1',
    latency: Number(process.env.DEMO_LATENCY ?? 1),
  })
  process.on('message', (message: ParentMessage) => void obey(server, message))
  tell({ type: 'ready', port: server.port })
  if (!hasParent) console.log(`${name} http://127.0.0.1:${server.port}`)
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = code === 'EADDRINUSE' ? `port ${portText} is taken` : message
  process.exitCode = 1
  if (hasParent) tell({ type: 'failed', reason }, () => process.exit())
  else console.error(`${name}: ${reason}`)
}

async function obey(server: DemoServer, { id, trouble }: ParentMessage): Promise<void> {
  const order = trouble === undefined ? undefined : parseTrouble(trouble)
  if (typeof order === 'string') return tell({ type: 'reply', id, body: { code: 'bad_trouble', message: order } })
  if (order) await server.order(order)
  tell({ type: 'reply', id, body: { service: name, ...server.status() } })
}
