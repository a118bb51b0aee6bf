import { fileURLToPath } from 'node:url'
import { type Child, startChild } from '../harness/child.ts'
import { findFreePorts, waitFor } from '../harness/ports.ts'
import { serverCore } from '../harness/processor.ts'
import { environment, nodeFlags } from '../harness/tessera.ts'
import { type MarkedService, markedServices } from './marks.ts'

export const place = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** What every scenario asks for. */
export const homePath = '/mobile/home?city=hangzhou'
export const homeHeaders = { 'x-user-id': 'u-1001' }

/** `BENCH_USERS_URL: http://127.0.0.1:…`: where the servers under test find their backends. */
export type Urls = Record<string, string>

export interface MarkingBackends {
  readonly urls: Urls
  stop(): Promise<void>
}

/** Starts the backends that leave a mark in the page: held for a time, or at once with the version asked for. */
export async function startMarkingBackends(hold?: { leastMs: number; mostMs: number }): Promise<MarkingBackends> {
  const found = await findFreePorts(markedServices.length)
  const ports = Object.fromEntries(markedServices.map((service, index) => [service, found[index]!]))
  const options = JSON.stringify({ ports, ...hold })
  const child = startChild(process.execPath, [place('bench/life/marking-server.ts'), options])
  const urls = Object.fromEntries(
    Object.entries(ports).map(([service, port]) => [
      nameVariable(service as MarkedService),
      `http://127.0.0.1:${port}`,
    ]),
  )
  await Promise.all(Object.values(urls).map((url) => waitFor(() => fetch(url), tellEnd(child, 'the backends'))))
  return { urls, stop: () => child.stop() }
}

function nameVariable(service: MarkedService): string {
  return `BENCH_${service.toUpperCase()}_URL`
}

/** A server under test, alone on its core. */
export interface Server {
  readonly title: string
  readonly pid: number
  readonly port: number
  /** Undefined where it has none. */
  readonly adminUrl: string | undefined
  /** What it has said on standard error, the last of it. */
  readonly complaints: () => string
  readonly hasEnded: () => boolean
  stop(): Promise<void>
}

export interface GatewayOptions {
  readonly urls: Urls
  readonly config?: string
  /** The checkout's `tessera.js`, unless it is another. */
  readonly main?: string
  readonly nodeArgs?: readonly string[]
}

/** Starts `serve` in production form and waits until it answers. */
export async function startGateway(options: GatewayOptions): Promise<Server> {
  const server = await launchGateway(options)
  await waitUntilItAnswers(server)
  return server
}

/** Starts `serve`; it may not answer yet. */
export async function launchGateway({ urls, config, main, nodeArgs = [] }: GatewayOptions): Promise<Server> {
  const [port = 0, adminPort = 0] = await findFreePorts(2)
  const args = [
    ...nodeFlags,
    ...nodeArgs,
    main ?? place('tessera.js'),
    ...['serve', '--config', config ?? place('bench/scenarios/home/gateway.yaml')],
    ...['--port', String(port), '--admin-port', String(adminPort)],
  ]
  return launch('Tessera', args, { ...environment, ...urls }, port, `http://127.0.0.1:${adminPort}`)
}

/** Starts a peer of the bench, which takes its port from the environment, and waits until it answers. */
export async function startPeer(title: string, path: string, urls: Urls): Promise<Server> {
  const [port = 0] = await findFreePorts(1)
  const server = launch(title, [place(path)], { ...urls, PORT: String(port) }, port, undefined)
  await waitUntilItAnswers(server)
  return server
}

function launch(
  title: string,
  args: readonly string[],
  env: Record<string, string>,
  port: number,
  adminUrl: string | undefined,
): Server {
  const child = startChild('taskset', ['-c', String(serverCore), process.execPath, ...args], env)
  const { pid, complaints, hasEnded } = child
  return { title, pid, port, adminUrl, complaints, hasEnded, stop: () => child.stop() }
}

async function waitUntilItAnswers(server: Server): Promise<void> {
  const ask = async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}${homePath}`, { headers: homeHeaders })
    await response.arrayBuffer()
    return response.ok || undefined
  }
  try {
    await waitFor(ask, tellEnd(server, server.title))
  } catch (error) {
    await server.stop()
    throw error
  }
}

function tellEnd(child: Pick<Child, 'hasEnded' | 'complaints'>, title: string): () => string | undefined {
  return () => (child.hasEnded() ? `${title} has ended: ${child.complaints()}` : undefined)
}
