import type { Socket } from 'node:net'
import { contained } from '../../faults.ts'
import type { Activation } from '../activation.ts'

/** What a client has not taken for so long after its backend has gone, it does not get. */
const lastBytesMs = 20_000

/** The connections that speak another protocol by now. They keep the activation they began with. */
export class Tunnels {
  readonly #clients = new Set<Socket>()

  /** Both ends of a tunnel: neither outlives the other. */
  add(client: Socket, backend: Socket, activation: Activation): void {
    this.#clients.add(client)
    activation.enter()
    const endBackend = () => {
      this.#clients.delete(client)
      activation.leave()
      backend.destroy()
    }
    const endClient = () => {
      client.setTimeout(lastBytesMs, () => client.destroy())
      client.destroySoon()
    }
    client.once('close', contained('connection', backend, endBackend))
    backend.once('close', contained('backend', client, endClient))
  }

  destroy(): void {
    for (const client of this.#clients) client.destroy()
  }
}
