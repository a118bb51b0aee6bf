import type { Connection } from './connection.ts'

const sweepEveryMs = 1000

/**
 * Connections that wait for their next request. The one used last is taken first, so that those not needed grow old;
 * they are closed before the backend does it, also when no traffic comes any more.
 */
export class IdleConnections {
  /** Those used longest ago first. */
  readonly #connections: Connection[] = []
  #sweep: NodeJS.Timeout | undefined

  /** One that the backend is likely to keep open for a request. */
  take(): Connection | undefined {
    const now = performance.now()
    for (let connection = this.#connections.pop(); connection; connection = this.#connections.pop()) {
      if (connection.isFresh(now)) {
        connection.isKept = true
        return connection
      }
      connection.destroy()
    }
    return undefined
  }

  /** One that has just become idle. */
  add(connection: Connection): void {
    if (connection.isGone) return
    this.#connections.push(connection)
    this.#sweep ??= setTimeout(() => this.#closeOld(), sweepEveryMs).unref()
  }

  /** It is gone by itself. */
  forget(connection: Connection): void {
    const at = this.#connections.indexOf(connection)
    if (at >= 0) this.#connections.splice(at, 1)
  }

  closeAll(): void {
    clearTimeout(this.#sweep)
    for (const connection of this.#connections.splice(0)) connection.destroy()
  }

  #closeOld(): void {
    const now = performance.now()
    for (const connection of this.#connections.filter((one) => !one.isFresh(now))) connection.destroy()
    this.#sweep = this.#connections.length > 0 ? setTimeout(() => this.#closeOld(), sweepEveryMs).unref() : undefined
  }
}
