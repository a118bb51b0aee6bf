import type { ClientRequest, IncomingMessage } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Endpoint } from '../../endpoints/service-endpoints.ts'
import { contained } from '../../faults.ts'
import { Agent } from '../http/node-http.ts'
import { keepReading } from './last-words.ts'

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

type Dialled = (error: Error | null, socket: Socket) => void

/** What a request tells the connections. */
export interface ConnectionOptions {
  readonly endpoint: Endpoint
}

/** The connections to backends that requests are passed on by, apart for each endpoint: one that nobody offered for reuse is closed. */
export class Connections extends Agent {
  readonly #names = new WeakMap<Endpoint, string>()
  #named = 0

  constructor() {
    super(options)
  }

  override getName(options?: object): string {
    const { endpoint } = options as ConnectionOptions
    let name = this.#names.get(endpoint)
    if (name === undefined) {
      name = String(this.#named++)
      this.#names.set(endpoint, name)
    }
    return name
  }

  override createConnection(options: object, dialled?: unknown): undefined {
    dial((options as ConnectionOptions).endpoint, dialled as Dialled)
  }

  /** Closes those to an endpoint that nobody uses. */
  dropIdle(endpoint: Endpoint): void {
    for (const connection of this.freeSockets[this.getName({ endpoint })] ?? []) connection.destroy()
  }

  override keepSocketAlive(connection: Duplex): boolean {
    return isSpotless(connection) && Boolean(super.keepSocketAlive(connection))
  }
}

/**
 * Connects to the address that was chosen; the certificate is the name's. A request gets its connection when it is up,
 * so that nothing of its body is gone where there is none.
 */
function dial({ url, address, streams }: Endpoint, dialled: Dialled): void {
  const { protocol, hostname, port } = new URL(url)
  const { connectTimeoutMs, tls } = streams.options
  const isEncrypted = protocol === 'https:'
  const at = {
    host: address.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isEncrypted ? 443 : 80),
    noDelay: true,
  }
  const name = isIP(hostname.replace(/^\[|\]$/g, '')) ? {} : { servername: hostname }
  const socket = isEncrypted
    ? process.getBuiltinModule('node:tls').connect({ ...at, ...name, ALPNProtocols: ['http/1.1'], ...tls })
    : connect(at)
  socket.on('error', () => {})
  const timer = setTimeout(() => socket.destroy(new Error('connecting took too long')), connectTimeoutMs)
  timer.unref()
  const settle = (error: Error | null) => {
    clearTimeout(timer)
    socket.off('error', settle)
    dialled(error, socket)
  }
  socket.once('error', settle)
  socket.once(
    isEncrypted ? 'secureConnect' : 'connect',
    contained('backend', socket, () => {
      keepReading(socket)
      settle(null)
    }),
  )
}
