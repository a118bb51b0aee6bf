import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './servers.ts'
import { until } from './waiting.ts'

const paths = (process.env['PATH'] ?? '').split(':').concat('/usr/bin', '/usr/local/bin')
const binary = paths.map((directory) => join(directory, 'redis-server')).find((path) => existsSync(path))

/** Whether this machine has a redis-server; says so aloud where it has none, since tests are then skipped. */
export const hasRedis = binary !== undefined
if (!hasRedis)
  process.stderr.write('There is no redis-server here: what needs one is not tested (apt-get install redis-server).\n')

/** A Redis of its own on loopback, that can be killed and started again on its port. */
export class TestRedis {
  readonly port: number
  readonly #directory = mkdtempSync(join(tmpdir(), 'tessera-redis-'))
  readonly #password: string | undefined
  #process: ChildProcess | undefined

  private constructor(port: number, password: string | undefined) {
    this.port = port
    this.#password = password
  }

  static async start(password?: string): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), password)
    await redis.startAgain()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async startAgain(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    if (this.#password !== undefined) options.push('--requirepass', this.#password)
    this.#process = spawn(binary!, [...options, '--dir', this.#directory], { stdio: 'ignore' })
    await until(() => this.#accepts(), 'Redis starts')
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    const process = this.#process
    this.#process = undefined
    if (!process) return
    process.kill('SIGKILL')
    await once(process, 'exit')
  }

  /** It accepts and never answers. */
  hang(): void {
    this.#process?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#process?.kill('SIGCONT')
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #accepts(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
  }
}
