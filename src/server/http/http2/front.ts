import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Http2Settings } from '../../../config/listen-http2.ts'
import { contained } from '../../../faults.ts'
import { refuse } from '../../../run/refusals.ts'
import { renderProblem } from '../../../run/reply.ts'
import { newTraceId } from '../../../telemetry/ids.ts'
import { knowListener, type ListenerFacts } from '../connection.ts'
import type { UpgradableResponse } from '../tunnel-client.ts'
import { attach, type Http2Connections } from './attached.ts'
import { asUpgradable, ConnectResponse } from './connect-response.ts'
import { constants, createServer } from './node-http2.ts'
import { asksForWebSocket, Request } from './request.ts'
import { Response } from './response.ts'
import { Session, type SessionLimits } from './session.ts'
import { StreamConnection } from './stream-connection.ts'

export interface Http2Parts extends Omit<SessionLimits, 'resets'> {
  readonly settings: Http2Settings
  readonly facts: ListenerFacts
  readonly maxHeaderBytes: number
  readonly checkTimeoutsEveryMs: number
  readonly onRequest: RequestListener
  readonly onUpgrade: (request: IncomingMessage, response: UpgradableResponse) => void
  /** What every answer carries, for what is answered here. */
  readonly answerHeaders: (request: IncomingMessage) => readonly string[]
}

/** More than may be, so that a head that is too large can be answered. */
const headLeeway = 4
const mostFields = 2000

/** Lets an HTTPS server speak HTTP/2 with those who ask for it in the handshake: with all others it goes on as it did. */
export function speakHttp2(server: Server, parts: Http2Parts): void {
  const [speakHttp1] = server.listeners('secureConnection') as ((socket: TLSSocket) => void)[]
  const front = new Front(parts)
  server.removeAllListeners('secureConnection')
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') front.accept(socket)
    else speakHttp1!.call(server, socket)
  })
  attach(server, front)
}

class Front implements Http2Connections {
  readonly #parts: Http2Parts
  readonly #server: ReturnType<typeof createServer>
  readonly #sessions = new Map<Http2Session, Session>()
  /** In the place of the server that a connection of HTTP/1.1 has. */
  readonly #origin: object
  #accepting: TLSSocket | undefined
  #timer: NodeJS.Timeout | undefined
  #isEnding = false

  constructor(parts: Http2Parts) {
    const { settings, facts, maxHeaderBytes } = parts
    this.#parts = parts
    this.#origin = knowListener({}, facts)
    this.#server = createServer({
      maxHeaderListPairs: mostFields,
      strictSingleValueFields: false,
      settings: {
        enablePush: false,
        enableConnectProtocol: true,
        maxConcurrentStreams: settings.streams,
        maxHeaderListSize: maxHeaderBytes * headLeeway,
      },
    })
    this.#server.on('session', (session: ServerHttp2Session) => this.#open(session))
    const receive = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) =>
      contained('request', stream, () => this.#receive(stream, headers, rawHeaders))()
    this.#server.on('stream', receive as never)
    // Each has its end with its session, which is told of nowhere else.
    this.#server.on('sessionError', () => {})
  }

  get count(): number {
    return this.#sessions.size
  }

  accept(socket: TLSSocket): void {
    this.#accepting = socket
    this.#server.emit('connection', socket)
    this.#accepting = undefined
  }

  announceEnd(): void {
    this.#isEnding = true
    for (const session of this.#sessions.values()) session.announceEnd()
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close()
  }

  destroy(): void {
    for (const session of this.#sessions.values()) session.destroy()
  }

  #open(session: ServerHttp2Session): void {
    const { settings, ...limits } = this.#parts
    const opened = new Session(session, this.#accepting!, { ...limits, resets: settings.resets }, performance.now())
    this.#sessions.set(session, opened)
    session.once('close', () => {
      this.#sessions.delete(session)
      if (this.#sessions.size === 0) clearInterval(this.#timer)
    })
    if (this.#sessions.size > 1) return
    const look = contained('timer', undefined, () => {
      const now = performance.now()
      for (const one of this.#sessions.values()) one.look(now)
    })
    this.#timer = setInterval(look, this.#parts.checkTimeoutsEveryMs).unref()
  }

  #receive(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[]): void {
    stream.on('error', () => {})
    const session = stream.session && this.#sessions.get(stream.session)
    if (!session) return
    const connection = new StreamConnection(stream, session.socket, this.#origin)
    const isTunnel = asksForWebSocket(headers)
    const request = new Request(stream, headers, rawHeaders, connection)
    const response = isTunnel ? new ConnectResponse(stream, connection) : new Response(stream, connection)
    session.begin(stream, response)
    if (this.#isEnding) stream.once('close', () => session.announceEnd())
    const message = request as unknown as IncomingMessage
    if (request.headers.expect?.toLowerCase() === '100-continue')
      stream.additionalHeaders({ ':status': constants.HTTP_STATUS_CONTINUE })
    if (sizeOf(rawHeaders) > this.#parts.maxHeaderBytes) this.#refuseHead(message, response)
    else if (response instanceof ConnectResponse) this.#parts.onUpgrade(message, asUpgradable(response))
    else this.#parts.onRequest(message, response as unknown as ServerResponse)
  }

  #refuseHead(request: IncomingMessage, response: Response): void {
    const context = { path: '', route: undefined, traceId: newTraceId() }
    const { status, headers, body } = renderProblem(refuse('headers-too-large'), context)
    response.writeHead(status, [...headers, ...this.#parts.answerHeaders(request)])
    response.end(body)
  }
}

/** As the head of HTTP/1.1 is counted: names, values, and what parts them. */
function sizeOf(rawHeaders: readonly string[]): number {
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, 0)
}
