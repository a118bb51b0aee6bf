import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { Server as NetServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { defaultBearing, type ListenAddress, type ListenSettings } from '../../config/listen.ts'
import type { GatewayError } from '../../errors.ts'
import { contained, endWithFault } from '../../faults.ts'
import { printProblem, problemType } from '../../run/problem.ts'
import { refuse } from '../../run/refusals.ts'
import { newTraceId } from '../../telemetry/ids.ts'
import { knowListener } from './connection.ts'
import { discardRest } from './discard-rest.ts'
import { http2Of } from './http2/attached.ts'
import { createServer, OutgoingMessage } from './node-http.ts'
import { endUntold } from './proxy-protocol/front.ts'
import { createTlsServer, type SecureParts } from './tls/server.ts'
import type { UpgradableResponse } from './tunnel-client.ts'
import { UpgradeResponse } from './upgrade-response.ts'

/** Everything a client may take its time for has an end; bodies have theirs where they are read. */
export interface ListenerLimits
  extends Pick<
    ListenSettings,
    'headersTimeoutMs' | 'bodyTimeoutMs' | 'keepAliveTimeoutMs' | 'maxHeaderBytes' | 'maxConnections'
  > {
  /** Undefined for a server that is none of a gateway's file. */
  readonly name?: string
  readonly checkTimeoutsEveryMs: number
  /** A client that reads nothing for so long is cut. */
  readonly standstillTimeoutMs: number
}

export const defaultLimits: ListenerLimits = {
  ...defaultBearing,
  checkTimeoutsEveryMs: 1000,
  standstillTimeoutMs: 20_000,
}

export interface ListenerHandlers {
  readonly onRequest: RequestListener
  /** Whether a request to upgrade is taken; one that is not is an ordinary request. */
  readonly takesUpgrade: (request: IncomingMessage) => boolean
  readonly onUpgrade: (request: IncomingMessage, response: UpgradableResponse) => void
  /** What every answer carries, for what is answered here: names and values in turn. Without a request it was not understood. */
  /** Told of every request that is answered here, because it was not understood or can be no one's. */
  readonly onRefused?: ((refused: RefusedRequest) => void) | undefined
  readonly answerHeaders?: ((request: IncomingMessage | undefined) => readonly string[] | undefined) | undefined
}

/** A request that no handler was given. */
export interface RefusedRequest {
  readonly error: GatewayError
  readonly traceId: string
  readonly connection: Socket
  /** As far as it was understood. */
  readonly request: IncomingMessage | undefined
  /** Of the answer's body. */
  readonly bytes: number
}

/** Creates an HTTP/1.1 server that is strict about what it reads and patient with nobody. */
export function createListener(
  handlers: ListenerHandlers,
  limits: ListenerLimits = defaultLimits,
  secure?: SecureParts,
): Server {
  const { name: listener, bodyTimeoutMs } = limits
  const facts = { listener, isTls: secure !== undefined, isHttp2: false, bodyTimeoutMs }
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
    shouldUpgradeCallback: (request: IncomingMessage) => takesUpgrade(request, handlers),
  }
  const onRequest: RequestListener = (request, response) => {
    try {
      handlers.onRequest(request, response)
    } catch (thrown) {
      endWithFault(thrown, 'request', response)
    }
  }
  const server = knowListener(
    secure ? createTlsServer(options, onRequest, secure) : createServer(options, onRequest),
    facts,
  )
  server.timeout = limits.standstillTimeoutMs
  server.maxRequestsPerSocket = 0
  server.maxConnections = limits.maxConnections
  // Bounded by their bytes: over a count Node leaves headers out, and what is left may say another thing of the body.
  server.maxHeadersCount = 0
  // Anything but 100-continue, which Node answers itself: refused by the handler, as any other fault of a request.
  server.on('checkExpectation', onRequest)
  server.on('clientError', (error, socket) =>
    contained('connection', socket, answerBrokenRequest)(error, socket, handlers),
  )
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) =>
    contained('upgrade', stream, upgrade)(request, stream, head, handlers),
  )
  server.on('connect', (request, stream) => contained('connection', stream, refuseTunnel)(request, stream, handlers))
  const answerHeaders = (request: IncomingMessage) => handlers.answerHeaders?.(request) ?? []
  const { onUpgrade } = handlers
  secure?.http2?.(server, { ...limits, facts: { ...facts, isHttp2: true }, onRequest, onUpgrade, answerHeaders })
  return server
}

/**
 * An upgrade may be left unheard (RFC 9110 section 7.8). It is where an answer before it is still to be written: whoever
 * takes the connection over would write in its place.
 */
function takesUpgrade(request: IncomingMessage, handlers: ListenerHandlers): boolean {
  try {
    return answerOn(request.socket) === undefined && handlers.takesUpgrade(request)
  } catch (thrown) {
    endWithFault(thrown, 'upgrade', request.socket)
    return false
  }
}

function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer, handlers: ListenerHandlers): void {
  // Where a body is announced Node hands over a stream in the place of the connection.
  if (stream instanceof Socket) {
    if (head.length > 0) stream.unshift(head)
    handlers.onUpgrade(request, new UpgradeResponse(request, stream))
  } else endWithProblem(stream, refuse('bad-request', 'a request to upgrade has no body'), handlers, request)
}

function refuseTunnel(request: IncomingMessage, stream: Duplex, handlers: ListenerHandlers): void {
  endWithProblem(stream, refuse('not-implemented'), handlers, request)
}

/**
 * For a response's `timeout` event: its connection stood still. Who waits for a backend may stand still, who does not
 * read may not.
 */
export const cutSlowReader = contained('response', undefined, function (this: ServerResponse): void {
  const { socket } = this
  if (!socket || socket.writableLength === 0) return
  cutForReading.add(this)
  socket.destroy()
})

/** How an answer ended whose client took nothing of it for too long: we cut it, but the client left us no other way. */
export const slowReader = 'slow-reader'

const cutForReading = new WeakSet<ServerResponse>()

/** Whether an answer was cut because its client took nothing of it. */
export function wasReadTooSlowly(response: ServerResponse): boolean {
  return cutForReading.has(response)
}

function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex, handlers: ListenerHandlers): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = codes[error.code ?? ''] ?? 'bad-request'
  endWithProblem(socket, refuse(code), handlers, answerOn(socket)?.req)
}

/** Of Node, by the code of a fault; any other is that of a request that is no HTTP. */
const codes: Readonly<Record<string, 'headers-too-large' | 'request-timeout'>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

/** Answers where there is no response object. @param request as far as it was understood */
function endWithProblem(
  socket: Duplex,
  error: GatewayError,
  { answerHeaders, onRefused }: ListenerHandlers,
  request: IncomingMessage | undefined,
): void {
  // A half-written answer must not get another one behind it.
  if (answerOn(socket)?.headersSent) {
    socket.destroy()
    return
  }
  const traceId = newTraceId()
  const body = printProblem(error, { path: '', route: undefined, traceId })
  let head = `HTTP/1.1 ${error.status} ${error.title}\r\nContent-Type: ${problemType}\r\nContent-Length: ${body.length}`
  const own = answerHeaders?.(request) ?? []
  for (let at = 0; at < own.length; at += 2) head += `\r\n${own[at]}: ${own[at + 1]}`
  socket.on('error', () => {})
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
  // Nor must what still comes be read as a request.
  socket.removeAllListeners('data')
  discardRest(socket, () => socket.destroy())
  if (socket instanceof Socket) onRefused?.({ error, traceId, connection: socket, request, bytes: body.length })
}

/** The answer that is to be written next on a connection, as Node notes it there; undefined when none is. */
function answerOn(connection: Duplex): { readonly headersSent: boolean; readonly req?: IncomingMessage } | undefined {
  const answer: unknown = '_httpMessage' in connection ? connection._httpMessage : undefined
  return answer instanceof OutgoingMessage ? answer : undefined
}

/** Connections that wait to be accepted; the kernel takes less if its own bound is lower (net.core.somaxconn). */
const backlog = 4096

/** Binds a server; rejects with the system's error. Gives the port. */
export function bind(server: NetServer, { host, port }: ListenAddress, reusePort = false): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, backlog, reusePort, ...(host !== undefined && { host }) }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Takes no new connections; those that are open stay, also the idle ones, on which a request may be under way. */
export function stopAccepting(server: Server): void {
  NetServer.prototype.close.call(server)
  http2Of(server)?.close()
}

/** Ends a server whatever it is doing. */
export function closeNow(server: Server): void {
  server.close()
  server.closeAllConnections()
  endUntold(server)
  http2Of(server)?.destroy()
}
