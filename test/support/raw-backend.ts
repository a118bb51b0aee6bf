import { createServer, type Socket } from 'node:net'
import { opened } from './cleanup.ts'
import { observe, type TestServer } from './servers.ts'

/** One connection to a raw backend: all that came over it, as it came. */
export interface RawConnection {
  readonly socket: Socket
  readonly text: string
}

export interface RawBackend extends TestServer {
  readonly connections: readonly RawConnection[]
  /** Every head it was sent, over all connections; bodies that look like one too. */
  readonly heads: readonly string[]
}

/**
 * A backend of bare sockets: `converse` is called once for each head that is complete, with that head, and writes what
 * it likes. It reads no bodies: what comes behind a head is the next head, as for a backend that is fooled.
 */
export async function startRawBackend(
  converse: (socket: Socket, head: string, nth: number) => void,
): Promise<RawBackend> {
  const connections: { socket: Socket; text: string }[] = []
  const heads: string[] = []
  const server = createServer((socket) => {
    const connection = { socket, text: '' }
    connections.push(connection)
    let rest = ''
    socket.on('data', (chunk) => {
      connection.text += chunk.toString('latin1')
      rest += chunk.toString('latin1')
      for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
        const head = rest.slice(0, end)
        rest = rest.slice(end + 4)
        heads.push(head)
        converse(socket, head, heads.length)
      }
    })
  })
  return { ...(await opened(observe(server))), connections, heads }
}

/** An answer with a length, after which the connection stays. */
export function answer(body: string, status = '200 OK', ...headers: string[]): string {
  return [`HTTP/1.1 ${status}`, `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n')
}
