import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { contained } from '../../faults.ts'
import { ServerResponse } from './node-http.ts'
import type { TunnelClient, UpgradableResponse } from './tunnel-client.ts'

/** The one other protocol that is passed on. */
export const webSocket = 'websocket'

/**
 * The answer to a request for an upgrade, on its bare connection: what refuses it is written by the same means as to any
 * other request. Nobody reads such a connection until it is a tunnel, so it is watched for a client that hangs up.
 */
export class UpgradeResponse extends ServerResponse implements UpgradableResponse {
  readonly connectionToClient: Socket
  readonly isSwitchedBySuccess = false

  constructor(request: IncomingMessage, socket: Socket) {
    super(request)
    this.connectionToClient = socket
    this.shouldKeepAlive = false
    socket.on('error', ignore)
    socket.on('readable', look)
    socket.on('end', hangUp)
    this.assignSocket(socket)
    this.once(
      'finish',
      contained('upgrade', socket, () => socket.destroySoon()),
    )
  }

  handOn(): TunnelClient {
    const socket = this.connectionToClient
    socket.off('readable', look)
    socket.off('end', hangUp)
    this.detachSocket(socket)
    return tunnelOf(socket)
  }
}

/** A connection of HTTP/1.1 that speaks another protocol from now on. */
export function tunnelOf(socket: Socket): TunnelClient {
  socket.setTimeout(0).setNoDelay(true).setKeepAlive(true)
  return {
    connection: socket,
    status: 101,
    switchProtocol(headers) {
      let head = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${webSocket}\r\n`
      for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`
      socket.write(`${head}\r\n`, 'latin1')
    },
    endWithin(ms) {
      socket.setTimeout(ms, () => socket.destroy())
      socket.destroySoon()
    },
    cut: () => void socket.destroy(),
  }
}

function ignore(): void {}

/** The end of a stream is told to those who have read all before it. */
const look = contained('upgrade', undefined, function (this: Socket): void {
  if (this.readableLength === 0) this.read()
})

function hangUp(this: Socket): void {
  this.destroy()
}
