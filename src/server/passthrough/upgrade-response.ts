import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { contained } from '../../faults.ts'
import { ServerResponse } from '../http/node-http.ts'

/**
 * The answer to a request for an upgrade, on its bare connection: what refuses it is written by the same means as to any
 * other request. Nobody reads such a connection until it is a tunnel, so it is watched for a client that hangs up.
 */
export class UpgradeResponse extends ServerResponse {
  readonly connectionToClient: Socket

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

  /** Leaves the connection to someone else. */
  handOn(): Socket {
    const socket = this.connectionToClient
    socket.off('readable', look)
    socket.off('end', hangUp)
    this.detachSocket(socket)
    return socket
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
