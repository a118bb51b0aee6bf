import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { contained } from '../../faults.ts'
import type { ResponseHead } from '../../transports/http1/head.ts'
import { endWhenExpired } from '../http/expiry.ts'
import type { TunnelClient } from '../http/tunnel-client.ts'
import type { Exchange } from '../requests/exchange.ts'
import { closeFromClient, closeFromServer, Frames } from './frames.ts'
import { switchHeaders } from './headers.ts'

/**
 * What a client has not taken for so long after its backend has gone, it does not get. And who says nothing more to one
 * who has ended for so long is not waited for.
 */
const lastBytesMs = 20_000

/** Two connections that are to be one. */
interface Ends {
  readonly client: TunnelClient
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
  readonly #clients = new Map<TunnelClient, () => void>()
  #isGoing = false

  /** Joins both ends: neither outlives the other. */
  open({ client: who, backend, answer, head, exchange, idleMs, expiresMs }: Ends): void {
    const { connection: client } = who
    const { activation } = exchange
    const [toClient, toBackend] = [new Frames(), new Frames()]
    this.#clients.set(who, () => {
      endBehindFrame(backend, client, toClient, () => client.end(closeFromServer))
      // A server is who ends the connection (RFC 6455 section 7.1.1), and may have to end a frame before.
      endBehindFrame(client, backend, toBackend, () => backend.write(closeFromClient))
    })
    activation.enter()
    const endBackend = () => {
      this.#clients.delete(who)
      activation.leave()
      backend.destroy()
    }
    const endClient = () => who.endWithin(lastBytesMs)
    client.once('close', contained('connection', backend, endBackend))
    backend.once('close', contained('backend', client, endClient))
    for (const [end, other, cut] of [
      [client, backend, () => backend.destroy()],
      [backend, client, () => who.cut()],
    ] as const) {
      const giveUpSoon = () => {
        const timer = exchange.serving.clock.schedule(lastBytesMs, contained('timer', other, cut))
        other.once('close', () => timer.cancel())
      }
      end.once('end', contained('connection', other, giveUpSoon))
    }
    backend.setTimeout(0).setNoDelay(true).setKeepAlive(true)
    client.on('error', () => {})
    backend.on('error', () => {})
    if (expiresMs !== undefined) endWhenExpired(client, expiresMs, exchange.serving.clock, () => who.cut())
    if (idleMs !== undefined) backend.setTimeout(idleMs, () => backend.destroy())
    who.switchProtocol(switchHeaders(answer, exchange))
    if (head.length > 0) backend.unshift(head)
    backend.on('data', (bytes: Buffer) => toClient.take(bytes))
    client.on('data', (bytes: Buffer) => toBackend.take(bytes))
    backend.pipe(client).pipe(backend)
    if (this.#isGoing) this.#clients.get(who)!()
  }

  get count(): number {
    return this.#clients.size
  }

  /** Tells both ends of each that we go away (1001), and waits for neither to say more. */
  goAway(): void {
    this.#isGoing = true
    for (const tell of this.#clients.values()) tell()
  }

  destroy(): void {
    for (const client of this.#clients.keys()) client.cut()
  }
}

/** Lets the frame that is under way end, and a last one behind it be all that still goes from one to the other. */
function endBehindFrame(from: Duplex, to: Duplex, frames: Frames, writeLast: () => void): void {
  from.unpipe(to)
  from.removeAllListeners('data')
  const end = () => {
    from.removeAllListeners('data')
    if (to.writable) writeLast()
    // What still comes is for nobody; without a reader its end would not be seen.
    from.resume()
  }
  if (frames.isBetween) {
    end()
    return
  }
  const goOn = contained('connection', to, (bytes: Buffer) => {
    const taken = frames.take(bytes, true)
    to.write(bytes.subarray(0, taken))
    if (frames.isBetween) end()
  })
  // Without a pipe it stands still.
  from.on('data', goOn).resume()
}
