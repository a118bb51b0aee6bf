import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Takes spans by OTLP over HTTP and throws them away, as a collector on another machine would cost the server. */
export interface SpanSink {
  readonly url: string
  /** Exports and their bytes so far. */
  readonly received: { readonly exports: number; readonly bytes: number }
  stop(): Promise<void>
}

export async function startSpanSink(): Promise<SpanSink> {
  const received = { exports: 0, bytes: 0 }
  const server = createServer((request, response) => {
    received.exports++
    request.on('data', (chunk: Buffer) => {
      received.bytes += chunk.length
    })
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
  })
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async stop() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
