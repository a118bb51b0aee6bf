import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from '@jest/globals'
import { request as send } from 'undici'
import { createGateway, type GatewayOptions } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

/** What a stub answers: a JSON body, or more; `delayMs` first, `reset` breaks the connection. */
export interface StubAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly text?: string
  readonly delayMs?: number
  readonly reset?: boolean
}

export interface SeenRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON body, if there was one. */
  readonly body: unknown
}

/** By `METHOD /path`: an answer, or a function of the request and how many like it came before. */
export type Stubs = Record<string, StubAnswer | ((request: SeenRequest, before: number) => StubAnswer)>

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks wherever it likes.
  readonly json: any
}

export interface Ask {
  readonly method?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: unknown
  /** A body that is no JSON. */
  readonly text?: string
}

export interface Running {
  /** Sends a request to the gateway. */
  ask(target: string, request?: Ask): Promise<Answer>
  /** What the stub was asked, in order. */
  readonly seen: SeenRequest[]
  readonly port: number
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/**
 * Starts one stub backend and a gateway of these files (`gateway`, `dictionary`, `services/NAME`, `routes/NAME`; in
 * them `BACKEND` is the stub's URL, `NOWHERE` one that refuses). Both end with the test.
 */
export async function startGateway(
  files: Record<string, string>,
  stubs: Stubs = {},
  options: Partial<GatewayOptions> = {},
): Promise<Running> {
  const { url, seen } = await startStub(stubs)
  const directory = mkdtempSync(join(tmpdir(), 'tessera-conformance-'))
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }))
  for (const folder of ['config/services', 'routes']) mkdirSync(join(directory, folder), { recursive: true })
  for (const [name, text] of Object.entries({ gateway: '{}', ...files })) {
    const path = join(directory, name.startsWith('routes/') ? `${name}.yaml` : `config/${name}.yaml`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text.replaceAll('BACKEND', url).replaceAll('NOWHERE', 'http://127.0.0.1:9'))
  }
  const gateway = await createGateway({
    config: join(directory, 'config/gateway.yaml'),
    port: 0,
    adminPort: false,
    env: {},
    watch: false,
    logger: createLogger({ level: 'fatal', format: 'json' }),
    ...options,
  })
  cleanups.push(() => gateway.close())
  const { port } = await gateway.listen()
  return { seen, port, ask: (target, request) => ask(`http://127.0.0.1:${port}${target}`, request) }
}

async function ask(url: string, { method, headers = {}, body, text }: Ask = {}): Promise<Answer> {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await send(url, {
    method: (method ?? (sent === undefined ? 'GET' : 'POST')) as 'GET',
    headers: { ...type, ...headers, connection: 'close' },
    body: sent ?? null,
  })
  const answered = await answer.body.text()
  return { status: answer.statusCode, headers: answer.headers, text: answered, json: parse(answered) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function startStub(stubs: Stubs): Promise<{ url: string; seen: SeenRequest[] }> {
  const seen: SeenRequest[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const { method = '', url = '', headers } = request
    const asked: SeenRequest = { method, url, headers, body: parse(text) }
    const key = `${method} ${url.replace(/\?.*/, '')}`
    const stub = stubs[key]
    const before = seen.filter((other) => `${other.method} ${other.url.replace(/\?.*/, '')}` === key).length
    seen.push(asked)
    const answer = typeof stub === 'function' ? stub(asked, before) : stub
    const write = () => {
      if (answer?.reset) return response.destroy()
      const body = answer?.text ?? (answer?.body === undefined ? '' : JSON.stringify(answer.body))
      response.writeHead(answer ? (answer.status ?? 200) : 404, {
        ...(body !== '' && { 'content-type': 'application/json' }),
        ...answer?.headers,
      })
      return response.end(body)
    }
    if (answer?.delayMs === undefined) write()
    else setTimeout(write, answer.delayMs).unref()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}
