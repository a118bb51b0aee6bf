import type { Socket } from 'node:net'
import { contained } from '../../faults.ts'
import type { ResponseHead } from '../../transports/http1/head.ts'
import { endWhenExpired } from '../http/expiry.ts'
import type { Exchange } from '../requests/exchange.ts'
import { printSwitch } from './headers.ts'

/**
 * What a client has not taken for so long after its backend has gone, it does not get. And who says nothing more to one
 * who has ended for so long is not waited for.
 */
const lastBytesMs = 20_000

/** Two connections that are to be one. */
interface Ends {
  readonly client: Socket
  readonly backend: Socket
  /** With which the backend switched protocols. */
  readonly answer: ResponseHead
  /** What it sent right behind. */
  readonly head: Buffer
  readonly exchange: Exchange
  /** After so long in which nothing moved it ends; undefined: never. */
  readonly idleMs: number | undefined
  /** When it ends, whatever moves, in milliseconds since the epoch; undefined: never. */
  readonly expiresMs: number | undefined
}

/** The connections that speak another protocol by now. They keep the activation they began with. */
export class Tunnels {
  readonly #clients = new Set<Socket>()

  /** Joins both ends: neither outlives the other. */
  open({ client, backend, answer, head, exchange, idleMs, expiresMs }: Ends): void {
    const { activation } = exchange
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
    for (const [end, other] of [
      [client, backend],
      [backend, client],
    ] as const) {
      const giveUpSoon = () => {
        const timer = exchange.serving.clock.schedule(
          lastBytesMs,
          contained('timer', other, () => other.destroy()),
        )
        other.once('close', () => timer.cancel())
      }
      end.once('end', contained('connection', other, giveUpSoon))
    }
    for (const end of [client, backend]) end.setTimeout(0).setNoDelay(true).setKeepAlive(true)
    client.on('error', () => {})
    backend.on('error', () => {})
    if (expiresMs !== undefined) endWhenExpired(client, expiresMs, exchange.serving.clock, () => client.destroy())
    if (idleMs !== undefined) backend.setTimeout(idleMs, () => backend.destroy())
    client.write(printSwitch(answer, exchange), 'latin1')
    if (head.length > 0) backend.unshift(head)
    backend.pipe(client).pipe(backend)
  }

  destroy(): void {
    for (const client of this.#clients) client.destroy()
  }
}
