import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterTest } from './gateway.ts'

export interface StubRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface StubAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  /** A value is sent as JSON, text as it is. */
  readonly body?: unknown
  readonly delayMs?: number
}

export interface Stub {
  readonly url: string
  readonly requests: StubRequest[]
}

/** A backend on the loopback that answers as told; it ends with the test. */
export async function startStub(answer: (request: StubRequest) => StubAnswer | Promise<StubAnswer>): Promise<Stub> {
  const requests: StubRequest[] = []
  const server = createServer(async (message, response) => {
    let body = ''
    for await (const chunk of message) body += String(chunk)
    const request = { method: message.method ?? '', url: message.url ?? '', headers: message.headers, body }
    requests.push(request)
    const { status = 200, headers = {}, body: sent, delayMs = 0 } = await answer(request)
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref())
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof sent === 'string' || sent === undefined ? sent : JSON.stringify(sent))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterTest(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

/** A backend that answers each path with its value, and anything else with 404. */
export function startPaths(answers: Record<string, unknown>): Promise<Stub> {
  return startStub(({ url }) => {
    const path = url.split('?')[0]!
    return path in answers ? { body: answers[path] } : { status: 404, body: {} }
  })
}
