import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A backend on loopback. */
export async function startBackend(answer: RequestListener): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const answerBanners: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json').end('{"items":["b1"]}')
}
