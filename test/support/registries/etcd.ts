import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from '../servers.ts'
import { until } from '../waiting.ts'

/** Where etcd is on this machine; undefined when it is not installed (Debian: etcd-server). */
export const etcdProgram = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'etcd'))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** A real etcd of one member in a directory of its own. It can be killed and started again with what it knew. */
export class EtcdServer {
  readonly #directory = mkdtempSync(join(tmpdir(), 'tessera-etcd-'))
  #port = 0
  #peerPort = 0
  #process: ChildProcess | undefined

  get address(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<this> {
    if (this.#port === 0) [this.#port, this.#peerPort] = [await freePort(), await freePort()]
    const peer = `http://127.0.0.1:${this.#peerPort}`
    const args = ['--data-dir', join(this.#directory, 'data'), '--name', 'one', '--log-level', 'error']
    args.push('--listen-client-urls', this.address, '--advertise-client-urls', this.address)
    args.push('--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `one=${peer}`)
    this.#process = spawn(etcdProgram!, args, { stdio: 'ignore' })
    await until(() => this.#answers(), 'etcd starts')
    return this
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** As when its disk is lost: started again, it knows nothing. It has to be killed before. */
  forget(): void {
    rmSync(join(this.#directory, 'data'), { recursive: true, force: true })
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  put(key: string, value: string): Promise<unknown> {
    return this.ask('/v3/kv/put', { key: encode(key), value: encode(value) })
  }

  delete(key: string): Promise<unknown> {
    return this.ask('/v3/kv/deleterange', { key: encode(key) })
  }

  /** The value of a key; undefined when it is not there. */
  async get(key: string): Promise<string | undefined> {
    const { kvs = [] } = (await this.ask('/v3/kv/range', { key: encode(key) })) as { kvs?: { value: string }[] }
    return kvs[0] && Buffer.from(kvs[0].value, 'base64').toString()
  }

  async ask(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(this.address + path, { method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  async #answers(): Promise<boolean> {
    return this.get('x').then(
      () => true,
      () => false,
    )
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}
