import type { Server } from 'node:http'

/** The connections of HTTP/2 of a server, which that does not know itself. */
export interface Http2Connections {
  readonly count: number
  /** Asks for no more requests. */
  announceEnd(): void
  /** Each ends with the last request that it has. */
  close(): void
  destroy(): void
}

const attached = new WeakMap<Server, Http2Connections>()

export function attach(server: Server, connections: Http2Connections): void {
  attached.set(server, connections)
}

export function http2Of(server: Server): Http2Connections | undefined {
  return attached.get(server)
}
