import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ListenAddress } from '../config/gateway.ts'
import type { GatewayError } from '../errors.ts'
import { newTraceId } from '../telemetry/ids.ts'
import { createServer } from './node-http.ts'
import { printProblem, problemType } from './problem.ts'
import { refuse } from './refusals.ts'

/** Everything a client may take its time for has an end; bodies have theirs where they are read. */
export interface ListenerLimits {
  readonly headersTimeoutMs: number
  readonly checkTimeoutsEveryMs: number
  readonly keepAliveTimeoutMs: number
  /** A client that reads nothing for so long is cut. */
  readonly standstillTimeoutMs: number
  readonly maxHeaderBytes: number
  readonly maxConnections: number
}

export const defaultLimits: ListenerLimits = {
  headersTimeoutMs: 10_000,
  checkTimeoutsEveryMs: 1000,
  // Longer than the load balancers before us keep an idle connection (60 s is common), so that they are the ones to close it.
  keepAliveTimeoutMs: 75_000,
  standstillTimeoutMs: 20_000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 16_384,
}

export interface ListenerHandlers {
  readonly onRequest: RequestListener
  /** Whether a request to upgrade is taken; one that is not is an ordinary request. */
  readonly takesUpgrade: (request: IncomingMessage) => boolean
  readonly onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void
}

/** Creates an HTTP/1.1 server that is strict about what it reads and patient with nobody. */
export function createListener(handlers: ListenerHandlers, limits: ListenerLimits = defaultLimits): Server {
  const { onRequest, takesUpgrade, onUpgrade } = handlers
  const options = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    // Bodies end by body.ts, reply.ts and passthrough/: an upload passed through may be long.
    requestTimeout: 0,
    connectionsCheckingInterval: limits.checkTimeoutsEveryMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requireHostHeader: false,
    insecureHTTPParser: false,
    noDelay: true,
    // Node 24.9 and later; the older ones take every upgrade for one.
    shouldUpgradeCallback: takesUpgrade,
  }
  const server = createServer(options, onRequest)
  server.timeout = limits.standstillTimeoutMs
  server.maxRequestsPerSocket = 0
  server.maxConnections = limits.maxConnections
  // Anything but 100-continue, which Node answers itself: refused by the handler, as any other fault of a request.
  server.on('checkExpectation', onRequest)
  server.on('clientError', answerBrokenRequest)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    onUpgrade(request, socket as Socket, head),
  )
  server.on('connect', (_request, socket) => endWithProblem(socket, refuse('not-implemented')))
  return server
}

/**
 * For a response's `timeout` event: its connection stood still. Who waits for a backend may stand still, who does not
 * read may not.
 */
export function cutSlowReader(this: ServerResponse): void {
  const { socket } = this
  if (socket && socket.writableLength > 0) socket.destroy()
}

function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  if (error.code === 'HPE_HEADER_OVERFLOW') endWithProblem(socket, refuse('headers-too-large'))
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') endWithProblem(socket, refuse('request-timeout'))
  else endWithProblem(socket, refuse('bad-request'))
}

/** Answers where there is no response object: the request was never understood. */
function endWithProblem(socket: Duplex, error: GatewayError): void {
  // A half-written answer must not get another one behind it.
  const isAnswering = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent === true
  if (isAnswering) {
    socket.destroy()
    return
  }
  const body = printProblem(error, { path: '', route: undefined, traceId: newTraceId() })
  const head = `HTTP/1.1 ${error.status} ${error.title}\r\nContent-Type: ${problemType}\r\nContent-Length: ${body.length}`
  socket.on('error', () => {})
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`, () => socket.destroy())
}

/** Connections that wait to be accepted; the kernel takes less if its own bound is lower (net.core.somaxconn). */
const backlog = 4096

/** Binds a server; rejects with the system's error. Gives the port. */
export function bind(server: NetServer, { host, port }: ListenAddress, reusePort = false): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, backlog, reusePort, ...(host !== undefined && { host }) }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Takes no new connections; those that are open stay, also the idle ones, on which a request may be under way. */
export function stopAccepting(server: Server): void {
  NetServer.prototype.close.call(server)
}

/** Ends a server whatever it is doing. */
export function closeNow(server: Server): void {
  server.close()
  server.closeAllConnections()
}
