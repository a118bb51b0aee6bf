import type { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { TunnelClient, UpgradableResponse } from '../tunnel-client.ts'
import { Response } from './response.ts'

/** RFC 9113 section 7; by CANCEL a connection is said to have been cut (RFC 8441 section 5). */
const noError = 0x0
const cancel = 0x8

/** Of HTTP/1.1 alone (RFC 8441 section 5). */
const ofHandshake = 'sec-websocket-accept'

/** The answer to a request whose stream is to be a WebSocket (RFC 8441). */
export class ConnectResponse extends Response implements Pick<UpgradableResponse, 'handOn'> {
  readonly isSwitchedBySuccess = true

  get connectionToClient(): ServerHttp2Stream {
    return this.stream
  }

  handOn(): TunnelClient {
    const { stream } = this
    // Who speaks over it may be silent for as long as it likes.
    this.socket.setTimeout(0)
    return {
      connection: stream,
      status: 200,
      switchProtocol: (headers) => this.writeHead(200, withoutHandshake(headers)),
      endWithin(ms) {
        stream.setTimeout(ms, () => stream.close(cancel))
        stream.end(() => stream.close(noError))
      },
      cut: () => stream.close(cancel),
    }
  }
}

export function asUpgradable(response: ConnectResponse): UpgradableResponse {
  return response as unknown as ServerResponse & ConnectResponse
}

function withoutHandshake(headers: readonly string[]): string[] {
  return headers.filter((_, at) => headers[at - (at % 2)]!.toLowerCase() !== ofHandshake)
}
