import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { environmentOf } from '../../src/durable/store/binaries.ts'
import { layoutOf, prepareDirectory } from '../../src/durable/store/directory.ts'
import type { ServerSettings } from '../../src/durable/store/process.ts'
import { freePort } from './servers.ts'
import { until } from './waiting.ts'

/** A directory of a short path: that of a socket is not long. */
export function makeStoreDirectory(): string {
  return mkdtempSync('/tmp/tessera-pg-')
}

/** A PostgreSQL server of its own on loopback, that can be killed, stalled and started again on its port. */
export class TestPostgres {
  readonly port: number
  readonly #root: string
  readonly #settings: ServerSettings
  #process: ChildProcess | undefined

  private constructor(port: number, root: string, settings: ServerSettings) {
    this.port = port
    this.#root = root
    this.#settings = settings
  }

  static async start(): Promise<TestPostgres> {
    const root = makeStoreDirectory()
    const postgres = new TestPostgres(await freePort(), root, await prepareDirectory(layoutOf(root)))
    await postgres.startAgain()
    return postgres
  }

  get url(): string {
    return `postgres://tessera@127.0.0.1:${this.port}/postgres`
  }

  async startAgain(): Promise<void> {
    const { binaries, data, socket, owner } = this.#settings
    const options = [
      'listen_addresses=127.0.0.1',
      `port=${this.port}`,
      `unix_socket_directories=${socket}`,
      'fsync=off',
    ]
    const server = spawn(join(binaries.directory, 'postgres'), ['-D', data, ...options.flatMap((one) => ['-c', one])], {
      env: environmentOf(binaries.libraries),
      stdio: 'ignore',
      ...owner,
    })
    this.#process = server
    await until(() => this.answers())
  }

  async answers(): Promise<boolean> {
    return this.query('SELECT 1').then(
      () => true,
      () => false,
    )
  }

  async query(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(this.url)
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query(text)).rows
    } finally {
      await client.end().catch(() => {})
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name)
  }

  /** As when the power fails: nothing is written any more. */
  async kill(): Promise<void> {
    const server = this.#process
    this.#process = undefined
    if (!server) return
    server.kill('SIGQUIT')
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.#root, { recursive: true, force: true })
  }
}
