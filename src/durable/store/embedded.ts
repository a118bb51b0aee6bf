import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { databaseName, databaseUser, type Layout, prepareDirectory } from './directory.ts'
import { applicationName, type PoolTarget, reasonOf } from './pool.ts'
import { ServerProcess, type ServerSettings } from './process.ts'
import { DurableStoreError } from './store.ts'

/** How long a server may take to end after its gateway did, and one to be ready: it reads again what it had not written. */
const handoverMs = 20_000
const readyMs = 120_000
const lookMs = 50
const longestPauseMs = 10_000

/** A PostgreSQL in a directory of this gateway: a process that ends with it, and is begun again when it ends before. */
export class EmbeddedServer {
  readonly target: PoolTarget
  readonly #settings: ServerSettings
  readonly #warn: (message: string) => void
  #process: ServerProcess
  #isClosing = false
  #watching: Promise<void>

  private constructor(settings: ServerSettings, server: ServerProcess, warn: (message: string) => void) {
    this.#settings = settings
    this.target = targetOf(settings.socket)
    this.#warn = warn
    this.#process = server
    this.#watching = this.#watch()
  }

  /** @throws DurableStoreError when another gateway has the directory, or no server can be started there */
  static async open(layout: Layout, warn: (message: string) => void): Promise<EmbeddedServer> {
    await waitForTurn(layout)
    const settings = await prepareDirectory(layout)
    return new EmbeddedServer(settings, await start(settings, layout), warn)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#process.stop()
    await this.#watching
  }

  async #watch(): Promise<void> {
    let pauseMs = 100
    while (!this.#isClosing) {
      const begun = performance.now()
      const why = await this.#process.ended
      if (this.#isClosing) return
      if (performance.now() - begun > longestPauseMs) pauseMs = 100
      this.#warn(`the database of durable runs ended (${why}); it is started again`)
      await sleep(pauseMs, undefined, { ref: false })
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      if (!this.#isClosing) this.#process = new ServerProcess(this.#settings)
    }
  }
}

function targetOf(socket: string): PoolTarget {
  return { host: socket, port: 5432, user: databaseUser, database: databaseName }
}

/**
 * One gateway has a directory. The server of one that was killed just now is about to end and has no client: it is
 * waited for. A server with clients is another gateway's.
 */
async function waitForTurn({ root, socket }: Layout): Promise<void> {
  const until = performance.now() + handoverMs
  for (;;) {
    const clients = await countClients(socket)
    if (clients === undefined) return
    if (clients > 0 || performance.now() > until) throw heldBy(root)
    await sleep(lookMs)
  }
}

function heldBy(root: string): DurableStoreError {
  return new DurableStoreError(`another gateway keeps its durable runs in ${root}`, {
    help: 'give each gateway a directory of its own, or all of them one server: `durable: postgres://…`',
  })
}

/** Nobody listens at a socket; what else is wrong with its directory is told by who uses that. */
const unanswered = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM', 'ENOTDIR'])

/** How many gateways are connected to the server there; 0 while it starts or ends, undefined where there is none. */
async function countClients(socket: string): Promise<number | undefined> {
  const client = new pg.Client({ ...targetOf(socket), connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      'SELECT count(*) AS clients FROM pg_stat_activity WHERE application_name = $1',
      [applicationName],
    )
    return Number(rows[0].clients)
  } catch (thrown) {
    return unanswered.has(String((thrown as { code?: unknown }).code)) ? undefined : 0
  } finally {
    await client.end().catch(() => {})
  }
}

/** A server that takes connections. */
async function start(settings: ServerSettings, { root }: Layout): Promise<ServerProcess> {
  const until = performance.now() + readyMs
  let isCleared = false
  for (;;) {
    const server = new ServerProcess(settings)
    const why = await whenReady(server, settings, until)
    if (why === undefined) return server
    await server.stop()
    if (!/lock file .* already exists/.test(why))
      throw new DurableStoreError(`the database of durable runs in ${root} does not start: ${why}`)
    if ((await countClients(settings.socket)) !== undefined || isCleared) throw heldBy(root)
    // Nobody listens, and the process whose number stands in the file is another one by now, as happens in containers.
    rmSync(join(settings.data, 'postmaster.pid'), { force: true })
    isCleared = true
  }
}

/** Undefined when it is ready; else why it is not. */
async function whenReady(
  server: ServerProcess,
  { socket, data }: ServerSettings,
  until: number,
): Promise<string | undefined> {
  for (;;) {
    const client = new pg.Client(targetOf(socket))
    client.on('error', () => {})
    try {
      await client.connect()
      // Else it is another one's that answers, and ours is about to end.
      if (pidOf(data) === server.pid) return undefined
    } catch (thrown) {
      if (performance.now() > until) return reasonOf(thrown)
    } finally {
      await client.end().catch(() => {})
    }
    if (server.hasEnded) return server.ended
    await sleep(lookMs)
  }
}

/** Of the server that has the data; undefined for none. */
function pidOf(data: string): number | undefined {
  try {
    return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0])
  } catch {
    return undefined
  }
}
