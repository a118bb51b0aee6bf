import type { IncomingMessage } from 'node:http'
import { afterTest } from './cleanup.ts'
import { type Files, startGateway } from './gateway.ts'
import { startHttpServer } from './servers.ts'

/** A request as a backend was sent it. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string | string[]>
  readonly body?: string | Uint8Array
}

/** A backend that notes what it is sent, and answers so. */
export async function startBackend(answer: Answer | ((sent: Sent) => Answer)) {
  const sent: Sent[] = []
  const backend = await startHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      sent.push({ method, path, headers, body: Buffer.concat(chunks) })
      const { status = 200, headers: own = {}, body } = typeof answer === 'function' ? answer(sent.at(-1)!) : answer
      response.writeHead(status, own).end(body)
    })
  })
  afterTest(() => backend.close())
  return { url: backend.url, sent }
}

/** A gateway with one operation `s.op` and one route. */
export async function start(
  operation: string,
  route: string,
  answer: Answer | ((sent: Sent) => Answer) = { body: '{}' },
  more: Files = {},
) {
  const { url, sent } = await startBackend(answer)
  const running = await startGateway({
    'services/s': `service: s\nendpoints: [${url}]\noperations:\n  op: ${operation}\n`,
    'routes/r': route,
    ...more,
  })
  const ask = (path = '/r', init: RequestInit = {}) => fetch(`http://127.0.0.1:${running.port}${path}`, init)
  return { ...running, sent, ask }
}
