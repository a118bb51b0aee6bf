import type { Socket } from 'node:net'
import { createServer } from 'node:net'
import { Scope } from '../../../src/cancellation.ts'
import { transports } from '../../../src/transports/index.ts'
import {
  type Channel,
  defaultChannelOptions,
  type IncomingResponse,
  type OutgoingRequest,
} from '../../../src/transports/transport.ts'
import { observe } from '../servers.ts'

export const kinds = [...transports.values()]

export interface RawBackend {
  readonly channel: Channel
  /** Which connection each request came on, counted from 0, in the order in which they came. */
  readonly arrivals: readonly number[]
  send(request?: Partial<OutgoingRequest>, scope?: Scope): Promise<IncomingResponse>
  disconnected(count?: number): Promise<void>
}

/** A backend that answers by bytes, and a channel to it. `answer` is called with every head that comes, and its connection. */
export async function withRawBackend(
  kind: (typeof kinds)[number],
  answer: (socket: Socket, head: string, connection: number) => void,
  use: (backend: RawBackend) => Promise<void>,
): Promise<void> {
  const arrivals: number[] = []
  let connections = 0
  const server = await observe(
    createServer((socket) => {
      const connection = connections++
      let text = ''
      socket.on('data', (data) => {
        text += data.toString('latin1')
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          const head = text.slice(0, end)
          text = text.slice(end + 4)
          arrivals.push(connection)
          answer(socket, head, connection)
        }
      })
    }),
  )
  const channel = kind.open(new URL(server.url), '127.0.0.1', defaultChannelOptions)
  const usual = { method: 'GET', path: '/', headers: [], body: undefined, timeLeftMs: 10_000, maxResponseBytes: 1000 }
  try {
    await use({
      channel,
      arrivals,
      send: (request, scope = new Scope()) => channel.send({ ...usual, ...request }, scope),
      disconnected: (count) => server.disconnected(count),
    })
  } finally {
    await channel.close()
    await server.close()
  }
}
