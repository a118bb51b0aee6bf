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
  /** When it was last asked what time it is: at most a sweep ago while there are any, so that none seems younger than it is. */
  #now = 0

  /** One that the backend is likely to keep open for a request. */
  take(): Connection | undefined {
    if (this.#connections.length === 0) return undefined
    this.#now = performance.now()
    for (let connection = this.#connections.pop(); connection; connection = this.#connections.pop()) {
      if (connection.isFresh(this.#now)) {
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
    if (!this.#sweep) {
      this.#now = performance.now()
      this.#sweepLater()
    }
    connection.idleSince(this.#now)
    this.#connections.push(connection)
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
    this.#now = performance.now()
    for (const connection of this.#connections.filter((one) => !one.isFresh(this.#now))) connection.destroy()
    this.#sweep = undefined
    if (this.#connections.length > 0) this.#sweepLater()
  }

  #sweepLater(): void {
    this.#sweep = setTimeout(() => this.#closeOld(), sweepEveryMs).unref()
  }
}
