import { type ClientRequest, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Activation } from '../activation.ts'

/** The connections that speak another protocol by now. They keep the activation they began with. */
export class UpgradedSockets {
  readonly #sockets = new Set<Socket>()

  add(socket: Socket, activation: Activation): void {
    this.#sockets.add(socket)
    activation.enter()
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#sockets.delete(socket)
      activation.leave()
    })
  }

  /** An answer that is no upgrade is written to the client by the proxy as it came: without its reason phrase, please. */
  guard(proxyRequest: ClientRequest): void {
    proxyRequest.prependListener('response', (answer: IncomingMessage) => {
      const status = answer.statusCode ?? 0
      if (status < 200 || status > 599) answer.statusCode = 502
      answer.statusMessage = STATUS_CODES[answer.statusCode ?? 502] ?? ''
    })
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Answers a request for an upgrade on its bare connection: it has no other answer any more. */
export function refuseUpgrade(socket: Socket, status: number): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  )
}
