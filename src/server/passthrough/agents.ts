import { type ClientRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'

/** An idle connection is given up before most backends would close it (Node's: 5 s), so that no request runs into that. */
const options = { keepAlive: true, timeout: 4000 }

/** The last exchange on each connection that might be used again. */
const exchanges = new WeakMap<Duplex, { readonly request: ClientRequest; readonly answer: IncomingMessage }>()

/** The connection of this exchange may be used again, if both its request and its answer turn out to be complete. */
export function offerReuse(request: ClientRequest, answer: IncomingMessage): void {
  exchanges.set(answer.socket, { request, answer })
}

/**
 * Whether nothing of an exchange can be taken for a part of the next one. After HEAD, and after a 204 or 304 that says
 * how long its body is, some backends send one.
 */
function isSpotless(connection: Duplex): boolean {
  const exchange = exchanges.get(connection)
  exchanges.delete(connection)
  if (!exchange) return false
  const { request, answer } = exchange
  if (!request.writableFinished || !answer.complete || request.method === 'HEAD') return false
  const { statusCode, headers } = answer
  if (statusCode !== 204 && statusCode !== 304) return true
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'
}

class CarefulHttpAgent extends HttpAgent {
  override keepSocketAlive(connection: Duplex): boolean {
    return isSpotless(connection) && Boolean(super.keepSocketAlive(connection))
  }
}

class CarefulHttpsAgent extends HttpsAgent {
  override keepSocketAlive(connection: Duplex): boolean {
    return isSpotless(connection) && Boolean(super.keepSocketAlive(connection))
  }
}

/** The connections to backends that requests are passed on by: one that nobody offered for reuse is closed. */
export class Agents {
  readonly #http = new CarefulHttpAgent(options)
  readonly #https = new CarefulHttpsAgent(options)

  /** For an origin, `https://host:port`. */
  of(origin: string): HttpAgent {
    return origin.startsWith('https:') ? this.#https : this.#http
  }

  destroy(): void {
    this.#http.destroy()
    this.#https.destroy()
  }
}
