import type { Scope } from '../cancellation.ts'
import { Http2Exchange } from './http2/exchange.ts'
import { Http2Sessions } from './http2/sessions.ts'
import type { Channel, ChannelOptions, IncomingResponse, OutgoingRequest } from './transport.ts'
import { WaitingRoom } from './waiting-room.ts'

/**
 * HTTP/2 to one address: many requests at once on one connection, and on more where the other side bounds them. `https` by
 * ALPN, `http` by prior knowledge.
 */
export class Http2Channel implements Channel {
  readonly room: WaitingRoom
  readonly #sessions: Http2Sessions

  constructor(url: URL, address: string, options: ChannelOptions) {
    this.room = new WaitingRoom(options.connections, options.maxWaiting)
    this.#sessions = new Http2Sessions(url, address, options)
  }

  send(request: OutgoingRequest, scope: Scope): Promise<IncomingResponse> {
    if (scope.reason) return Promise.reject(scope.reason)
    return new Promise((resolve, reject) => {
      new Http2Exchange(this.#sessions, this.room, request, scope, resolve, reject).begin()
    })
  }

  async close(): Promise<void> {
    await this.room.empty()
    this.#sessions.close()
  }
}
