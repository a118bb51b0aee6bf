import type { IncomingHttpHeaders } from 'node:http'
import { opened } from './cleanup.ts'
import { startHttpServer } from './servers.ts'

export interface StubRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What a stub answers; after `delayMs`; `reset` breaks the connection in its place. */
export interface StubAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  /** A value is sent as JSON, text as it is. */
  readonly body?: unknown
  readonly delayMs?: number
  readonly reset?: boolean
}

export interface Stub {
  readonly url: string
  readonly requests: StubRequest[]
}

type Answering = (request: StubRequest) => StubAnswer | Promise<StubAnswer>

/** A backend on the loopback that answers as told; it ends with the test. */
export async function startStub(answer: Answering): Promise<Stub> {
  const requests: StubRequest[] = []
  const server = startHttpServer(async (message, response) => {
    let body = ''
    for await (const chunk of message) body += String(chunk)
    const request = { method: message.method ?? '', url: message.url ?? '', headers: message.headers, body }
    requests.push(request)
    const { status = 200, headers = {}, body: sent, delayMs = 0, reset = false } = await answer(request)
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref())
    if (reset) return response.destroy()
    const type = sent === undefined ? {} : { 'content-type': 'application/json' }
    response.writeHead(status, { ...type, ...headers })
    return response.end(typeof sent === 'string' || sent === undefined ? sent : JSON.stringify(sent))
  })
  return { url: (await opened(server)).url, requests }
}

/** A backend that answers each path with its value, and anything else with 404. */
export function startPaths(answers: Record<string, unknown>): Promise<Stub> {
  return startStub(({ url }) => {
    const path = url.split('?')[0]!
    return path in answers ? { body: answers[path] } : { status: 404, body: {} }
  })
}
