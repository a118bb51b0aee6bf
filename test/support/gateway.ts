import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from '@jest/globals'
import { createGateway, type Gateway, type GatewayOptions, type RequestEntry } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

export { until } from './waiting.ts'

/** Files of a project by name, without `.yaml`: `gateway`, `dictionary`, `services/NAME`, `routes/NAME`. */
export type Files = Readonly<Record<string, string>>

export const dictionary = `
colors:
  user.id: { type: string }
  word: { type: string }
  other.word: { type: string }
  number: { type: integer }
  anything: {}
`

const cleanups: (() => unknown)[] = []

/** Runs when the test has ended, the last one first. */
export function afterTest(cleanup: () => unknown): void {
  cleanups.push(cleanup)
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Closes something that the test opened. */
export async function opened<Thing extends { close(): unknown }>(thing: Thing | Promise<Thing>): Promise<Thing> {
  const it = await thing
  afterTest(() => it.close())
  return it
}

export function createDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-server-'))
  afterTest(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Writes files below a directory: `gateway` goes to `config/gateway.yaml`, `routes/x` to `routes/x.yaml`, … */
export function writeFiles(directory: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name.startsWith('routes/') ? `${name}.yaml` : `config/${name}.yaml`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** One service `words` at a URL: it gives `word` for a GET of /word. */
export function wordService(url: string, keys = ''): string {
  return `
service: words
endpoints: [${url}]
timeout: 5s
${keys}
operations:
  word: { get: /word, out: { word: $.word } }
`
}

export const wordRoute = `
match: GET /word
do: [ { invoke: words.word } ]
response: { body: { word: $.word } }
`

export interface Running {
  readonly gateway: Gateway
  readonly port: number
  readonly adminPort: number
  readonly directory: string
  /** What the gateway told of its requests. */
  readonly entries: RequestEntry[]
  /** What it logged. */
  readonly lines: string[]
}

/** A gateway on any free ports that ends with the test. */
export async function startGateway(files: Files, options: Partial<GatewayOptions> = {}): Promise<Running> {
  const directory = createDirectory()
  mkdirSync(join(directory, 'config/services'), { recursive: true })
  mkdirSync(join(directory, 'routes'), { recursive: true })
  writeFiles(directory, { gateway: 'defaults: { timeout: 5s }', dictionary, ...files })
  const running = await startIn(directory, options)
  const { port, adminPort } = await running.gateway.listen()
  return { ...running, port, adminPort: adminPort! }
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
  afterTest(() => gateway.close())
  return { gateway, directory, entries, lines }
}

/** Waits until so many requests are under way. */
export async function untilActive({ adminPort }: Pick<Running, 'adminPort'>, count: number): Promise<void> {
  const text = `http_server_active_requests ${count}\n`
  for (let turn = 0; turn < 500; turn++) {
    if ((await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()).includes(text)) return
  }
  throw new Error(`there were never ${count} at once`)
}
