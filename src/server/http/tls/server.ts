import type { RequestListener, Server, ServerOptions } from 'node:http'
import type { TLSSocket, Server as TlsServer } from 'node:tls'
import { contained } from '../../../faults.ts'
import type { ConnectionFaults } from '../connection-faults.ts'
import type { Http2Parts } from '../http2/front.ts'
import type { TlsContexts } from './contexts.ts'
import { type HandshakeFault, nameFault } from './handshakes.ts'
import { nodeHttps } from './node-tls.ts'

/** What a listener that speaks TLS is made with. */
export interface SecureParts {
  readonly contexts: TlsContexts
  readonly faults: Pick<ConnectionFaults<HandshakeFault>, 'note'>
  /** For the handshake. */
  readonly handshakeTimeoutMs: number
  /** Lets a server speak HTTP/2 too; undefined where it does not. */
  readonly http2?: SpeakHttp2 | undefined
}

/** What it takes of a listener to speak HTTP/2 there. */
export type SpeakHttp2 = (server: Server, parts: Omit<Http2Parts, 'settings'>) => void

/** Creates an HTTPS server: by everything but TLS it is the one of plain text. */
export function createTlsServer(
  options: ServerOptions,
  onRequest: RequestListener,
  { contexts, faults, handshakeTimeoutMs, http2 }: SecureParts,
): Server {
  const server = nodeHttps().createServer(
    {
      ...options,
      ...contexts.options,
      handshakeTimeout: handshakeTimeoutMs,
      ALPNProtocols: http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    },
    onRequest,
  )
  // Node would take it for a request that is no HTTP, and answer it.
  server.removeAllListeners('tlsClientError')
  server.on('tlsClientError', (error: Error, socket: TLSSocket) =>
    contained('connection', socket, () => {
      socket.destroy()
      faults.note(nameFault(error, socket))
    })(),
  )
  contexts.follow(server as unknown as TlsServer)
  return server as unknown as Server
}
