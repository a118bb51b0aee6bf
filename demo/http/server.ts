import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createLatency } from './latency.ts'
import { misbehave } from './misbehave.ts'
import { createRouter } from './router.ts'
import { type DemoAnswer, type DemoService, failure } from './service.ts'
import { parseTrouble, type Trouble } from './trouble.ts'
import { createTroubleState, type TroubleState } from './troubleState.ts'

const maxBodyBytes = 256 * 1024

export interface ServerOptions {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** Scales the latency; 0 switches it off. */
  readonly latency: number
}

export interface DemoServer {
  readonly port: number
  /** Takes an order as `POST /_trouble` does, even while the service refuses connections. */
  order(trouble: Trouble): Promise<void>
  status(): { trouble: Trouble; requests: number }
  close(): Promise<void>
}

/** Serves one demo backend, and `GET` and `POST /_trouble`, on one port. */
export async function serveDemo(service: DemoService, options: ServerOptions): Promise<DemoServer> {
  const findRoute = createRouter(service)
  const nextLatencyMs = createLatency(service.name, service.medianMs, options.latency)
  const troubles: TroubleState = createTroubleState(service.name, {
    stopListening: () => stopListening(server),
    listen: () => listen(server, port, options.host).then(() => {}),
  })
  let requests = 0

  const answerOf = (request: IncomingMessage, url: URL, text: string): DemoAnswer => {
    try {
      const match = findRoute(request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'), url.pathname)
      if (!match) return failure(404, 'no_such_path', `${service.name} does not know ${request.method} ${url.pathname}`)
      const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      const body: unknown =
        text === '' ? undefined : isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text)
      return match.handler({ params: match.params, query: url.searchParams, headers: request.headers, body })
    } catch (error) {
      const bad = error instanceof SyntaxError || error instanceof URIError
      return bad ? failure(400, 'bad_request', error.message) : failure(500, 'internal', String(error))
    }
  }

  const control = async (request: IncomingMessage, response: ServerResponse, text: string): Promise<void> => {
    if (request.method === 'POST') {
      const trouble = parseTrouble(readJson(text))
      if (typeof trouble === 'string') return send(response, failure(400, 'bad_trouble', trouble))
      // A service that refuses closes its connections: the answer goes first.
      if (trouble.mode === 'refuse') response.once('finish', () => void troubles.order(trouble))
      else await troubles.order(trouble)
      return send(response, { body: { service: service.name, trouble } })
    }
    send(response, { body: { service: service.name, trouble: troubles.current, requests } })
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, async (request, response) => {
    const text = await readBody(request)
    if (text === undefined) return send(response, failure(413, 'too_large', `a body has at most ${maxBodyBytes} bytes`))
    const url = URL.parse(`http://demo${request.url}`)
    if (!url) return send(response, failure(400, 'bad_request', 'the path is not valid'))
    if (url.pathname === '/_trouble') return control(request, response, text)
    requests += 1
    const answer = (): DemoAnswer => answerOf(request, url, text)
    const reply = (): void => {
      const waitMs = nextLatencyMs()
      if (waitMs === 0) send(response, answer())
      else setTimeout(() => send(response, answer()), waitMs)
    }
    misbehave(troubles.draw(), response, reply, () => JSON.stringify(answer().body))
  })
  server.on('clientError', (_error, socket) => socket.destroy())

  const port = await listen(server, options.port, options.host)
  return {
    port,
    order: troubles.order,
    status: () => ({ trouble: troubles.current, requests }),
    close: () => stopListening(server),
  }
}

function send(response: ServerResponse, { status = 200, headers, body }: DemoAnswer): void {
  if (response.destroyed) return
  const text = typeof body === 'string' && headers?.['content-type'] !== undefined ? body : JSON.stringify(body)
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    .end(text)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The request's text; undefined when it is too long. A client that goes away leaves an empty one: nobody reads the answer. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return ''
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size <= maxBodyBytes) chunks.push(chunk)
    }
  } catch {
    return ''
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks).toString()
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
