import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import type { Example, StubAnswer, StubEntry } from './example.ts'

export interface Stubs {
  /** `FILMS_URL` and so on: what the example's services read their endpoints from. */
  readonly env: Readonly<Record<string, string>>
  /** Every request that came, as `films GET /films/f1`. */
  readonly received: readonly string[]
  stop(): Promise<void>
}

/** Starts a server on a free port for each backend of an example. */
export async function startStubs(backends: Example['backends']): Promise<Stubs> {
  const received: string[] = []
  const servers = await Promise.all(
    Object.entries(backends).map(async ([service, entries]) => {
      const answered = new Map<StubEntry, number>()
      const server = createServer(async (request, response) => {
        received.push(`${service} ${request.method} ${request.url}`)
        const body = await readBody(request)
        const entry = entries.find((candidate) => fits(candidate, request, body))
        if (!entry) return send(response, { status: 404, body: { unexpected: `${request.method} ${request.url}` } })
        const answers = [entry.answer].flat() as StubAnswer[]
        const count = answered.get(entry) ?? 0
        answered.set(entry, count + 1)
        send(response, answers[Math.min(count, answers.length - 1)]!)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return { service, server, port: (server.address() as { port: number }).port }
    }),
  )
  const urls = servers.map(({ service, port }) => [variableName(service), `http://127.0.0.1:${port}`])
  return {
    env: Object.fromEntries(urls),
    received,
    async stop() {
      for (const { server } of servers) server.closeAllConnections()
      await Promise.all(servers.map(({ server }) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

/** `old-films` → `OLD_FILMS_URL` */
function variableName(service: string): string {
  return `${service.replaceAll('-', '_').toUpperCase()}_URL`
}

function fits(entry: StubEntry, request: IncomingMessage, body: unknown): boolean {
  const [method, target = ''] = entry.request.split(' ')
  const wanted = new URL(target, 'http://stub')
  const actual = new URL(request.url ?? '/', 'http://stub')
  if (request.method !== method || actual.pathname !== wanted.pathname) return false
  if (target.includes('?') && sortedQuery(actual) !== sortedQuery(wanted)) return false
  if (entry.body !== undefined && !isDeepStrictEqual(body, entry.body)) return false
  return Object.entries(entry.headers ?? {}).every(([name, value]) => (request.headers[name] ?? null) === value)
}

function sortedQuery(url: URL): string {
  url.searchParams.sort()
  return url.searchParams.toString()
}

/** The request's JSON body; its text where it is not JSON, undefined when there is none. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += chunk
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function send(response: ServerResponse, { status = 200, headers, body, delay = '0ms', fail }: StubAnswer): void {
  const answer = (): void => {
    if (fail === 'reset') return void response.socket?.resetAndDestroy()
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    response.end(text)
  }
  setTimeout(answer, Number.parseInt(delay, 10))
}
