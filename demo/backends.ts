import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildMessage, ParentMessage } from './child.ts'
import { type ControlServer, serveControl } from './control.ts'
import { type DemoServiceName, demoServiceNames, demoServices } from './services/index.ts'

const stopGraceMs = 2000

export interface DemoOptions {
  /** The control server takes this port, the services the next six. 0: any free ports. Default 9000. */
  readonly portBase?: number
  /** Ports of single services, in place of the port base's. */
  readonly ports?: Partial<Record<DemoServiceName, number>>
  /** Which services; all six by default. */
  readonly names?: readonly DemoServiceName[]
  /** Added to the children's environment: `DEMO_LATENCY` scales the latency, `0` switches it off. */
  readonly env?: Readonly<Record<string, string>>
  readonly log?: (line: string) => void
}

export interface DemoBackend {
  readonly name: DemoServiceName
  readonly pid: number
  readonly port: number
  readonly url: string
  /** Its trouble and how many requests it has had; with an order, changes the trouble first. */
  ask(trouble?: unknown): Promise<unknown>
}

export interface DemoBackends {
  readonly services: readonly DemoBackend[]
  /** `CONTENT_URL`, `CATALOG_URL`, …: what the demo's gateway configuration reads its endpoints from. */
  readonly env: Readonly<Record<string, string>>
  /** Takes `POST /{service}` with a trouble, even for a service that refuses connections. */
  readonly controlUrl: string
  /** Ends every child by its pid; resolves when all are gone. */
  stop(): Promise<void>
}

/** Starts the demo backends, each in a process of its own; resolves when all of them answer. None is restarted. */
export async function startDemoBackends(options: DemoOptions = {}): Promise<DemoBackends> {
  const { portBase = 9000, ports = {}, names = demoServiceNames, env = {}, log = () => {} } = options
  const children: ChildProcess[] = []
  let control: ControlServer | undefined
  let stopping = false
  const stop = async (): Promise<void> => {
    stopping = true
    await Promise.all([control?.close(), ...children.map(endChild)])
  }
  try {
    const services = await Promise.all(
      names.map(async (name) => {
        const port = ports[name] ?? (portBase === 0 ? 0 : portBase + demoServices[name].offset)
        const child = forkChild(name, port, env)
        children.push(child)
        const service = await whenReady(name, child)
        child.once('exit', (code, signal) => {
          if (!stopping) log(`${name} has ended (${signal ?? `exit code ${code}`})`)
        })
        return service
      }),
    )
    control = await serveControl(services, portBase)
    for (const { name, url, pid } of services) log(`${name.padEnd(8)} ${url}  pid ${pid}`)
    log(`control  ${control.url}`)
    const urls = Object.fromEntries(services.map((service) => [`${service.name.toUpperCase()}_URL`, service.url]))
    return { services, env: urls, controlUrl: control.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function forkChild(name: string, port: number, env: Readonly<Record<string, string>>): ChildProcess {
  // `child.ts` beside `backends.ts`, `child.js` beside `backends.js`.
  const script = fileURLToPath(new URL(`./child${extname(import.meta.url)}`, import.meta.url))
  return fork(script, [name, String(port)], {
    env: { ...process.env, ...env },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

async function whenReady(name: DemoServiceName, child: ChildProcess): Promise<DemoBackend> {
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: ChildMessage) => {
      if (message.type === 'ready') resolve(message.port)
      else reject(new Error(`${name} did not start: ${message.type === 'failed' ? message.reason : message.type}`))
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name} did not start: exit code ${code}`)))
  })
  return { name, pid: child.pid!, port, url: `http://127.0.0.1:${port}`, ask: createAsk(child) }
}

function createAsk(child: ChildProcess): DemoBackend['ask'] {
  let lastId = 0
  const waiting = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>()
  child.on('message', (message: ChildMessage) => {
    if (message.type !== 'reply') return
    waiting.get(message.id)?.resolve(message.body)
    waiting.delete(message.id)
  })
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the service has ended'))
    waiting.clear()
  })
  return (trouble) =>
    new Promise((resolve, reject) => {
      if (!child.connected) return reject(new Error('the service has ended'))
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      const message: ParentMessage = trouble === undefined ? { id: lastId } : { id: lastId, trouble }
      child.send(message)
    })
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const killing = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
  await exited
  clearTimeout(killing)
}
