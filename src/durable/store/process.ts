import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { environmentOf } from './binaries.ts'

/** Whose the data is; undefined for who runs the gateway. PostgreSQL refuses to run as root. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

export interface ServerSettings {
  readonly binaries: Binaries
  readonly data: string
  /** The directory of its socket. */
  readonly socket: string
  readonly owner: Owner | undefined
}

/**
 * Becomes the server, and leaves behind one that waits until the pipe from the gateway closes: the system does that
 * however a process ends, kill -9 too. A line in the pipe says that the server is gone already.
 */
const script = `((read -r line <&3 || kill -INT $$) &) </dev/null >/dev/null 2>&1; exec "$@" 3<&-`

const lastLines = 20

/** A server that ends with this process. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  /** Resolves when it has ended. */
  readonly ended: Promise<string>
  hasEnded = false

  constructor({ binaries, data, socket, owner }: ServerSettings) {
    const settings = {
      listen_addresses: '',
      unix_socket_directories: socket,
      unix_socket_permissions: '0700',
      max_connections: '100',
      shared_buffers: '32MB',
      max_wal_size: '256MB',
      wal_level: 'minimal',
      max_wal_senders: '0',
      max_parallel_workers_per_gather: '0',
      jit: 'off',
      log_min_messages: 'warning',
      log_checkpoints: 'off',
      client_connection_check_interval: process.platform === 'linux' ? '5s' : '0',
      // Else three processes more.
      ...(binaries.major >= 18 ? { io_method: 'sync' } : {}),
    }
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const server = [join(binaries.directory, 'postgres'), '-D', data, ...options]
    // In a session of its own: what a terminal sends to all does not end it under runs that drain.
    this.#child = spawn('/bin/sh', ['-c', script, 'sh', ...server], {
      env: environmentOf(binaries.libraries),
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      ...owner,
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#keep(text))
    this.#pipe.on('error', () => {})
    // Whoever waits at the pipe has it open until then.
    this.#child.on('exit', () => this.#pipe.end('gone\n'))
    this.ended = new Promise((resolve) => {
      const end = (why: string) => {
        this.hasEnded = true
        resolve(why)
      }
      this.#child.on('error', (error) => end(error.message))
      this.#child.on('close', (code, signal) => end(this.#told(code, signal)))
    })
    // The gateway's own end does not wait for it; it is the other way around.
    for (const held of this.#handles) held.unref()
  }

  /** Undefined where it could not be begun. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  get #pipe(): Socket {
    return this.#child.stdio[3] as Socket
  }

  /** What would keep the gateway alive. */
  get #handles(): readonly (ChildProcess | Socket)[] {
    return [this.#child, this.#child.stderr as Socket, this.#pipe]
  }

  /** Ends it, what it was told on disk. */
  async stop(): Promise<void> {
    // Connections are closed by the server: no client holds it up.
    if (!this.hasEnded) this.#child.kill('SIGINT')
    for (const held of this.#handles) held.ref()
    await this.ended
  }

  #keep(text: string): void {
    this.#lines.push(...text.split('\n').filter((line) => line !== ''))
    this.#lines.splice(0, this.#lines.length - lastLines)
  }

  /** The first of what it found fatal, without the time. */
  #told(code: number | null, signal: string | null): string {
    const fatal = this.#lines.find((line) => /FATAL|PANIC/.test(line)) ?? this.#lines.at(-1)
    return fatal?.replace(/^.*?(?:FATAL|PANIC|ERROR): +/, '') ?? (signal ? `signal ${signal}` : `status ${code}`)
  }
}
