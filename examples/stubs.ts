import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import type { Example, StubAnswer, StubEntry } from './example.ts'

export interface Stubs {
  /** `FILMS_URL` and so on: what the example's services read their endpoints from. */
  readonly env: Readonly<Record<string, string>>
  /** Every request that came, as `films GET /films/f1`. */
  readonly received: readonly string[]
  stop(): Promise<void>
}

/** What backends that speak TLS show, by their names, and by what they believe others. */
export interface Certificates {
  readonly ca: string
  readonly pairs: ReadonlyMap<string, { readonly cert: string; readonly key: string }>
}

/** Starts a server on a free port for each backend of an example. */
export async function startStubs(backends: Example['backends'], certificates?: Certificates): Promise<Stubs> {
  const received: string[] = []
  const env: Record<string, string> = {}
  const servers = await Promise.all(
    Object.entries(backends).map(async ([service, entries]) => {
      const answered = new Map<StubEntry, number>()
      const pair = certificates?.pairs.get(service)
      const answer = async (request: IncomingMessage, response: ServerResponse) => {
        received.push(`${service} ${request.method} ${request.url}`)
        const body = await readBody(request)
        // Whose certificate it was shown is a header to it.
        if (pair)
          request.headers['x-client-certificate'] = (request.socket as TLSSocket).getPeerCertificate().subject?.CN
        const entry = entries.find((candidate) => fits(candidate, request, body))
        if (!entry)
          return send(response, { status: 404, body: { unexpected: `${request.method} ${request.url}` } }, env)
        const answers = [entry.answer].flat() as StubAnswer[]
        const count = answered.get(entry) ?? 0
        answered.set(entry, count + 1)
        send(response, answers[Math.min(count, answers.length - 1)]!, env)
      }
      const server = pair
        ? createSecureServer({ ...pair, ca: certificates!.ca, requestCert: true }, answer)
        : createServer(answer)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as { port: number }
      env[variableName(service)] = `${pair ? 'https' : 'http'}://127.0.0.1:${port}`
      return { service, server }
    }),
  )
  return {
    env,
    received,
    async stop() {
      for (const { server } of servers) server.closeAllConnections()
      await Promise.all(servers.map(({ server }) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

/** `old-films` → `OLD_FILMS_URL` */
export function variableName(service: string): string {
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

/** A text with the variables in it that the example's services have: `${ID_URL}`. */
export function fillIn(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{([A-Z_]+)\}/g, (all, name: string) => env[name] ?? all)
}

function send(
  response: ServerResponse,
  { status = 200, headers, body, delay = '0ms', fail }: StubAnswer,
  env: Readonly<Record<string, string>>,
): void {
  const answer = (): void => {
    if (fail === 'reset') return void response.socket?.resetAndDestroy()
    const text = fillIn(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body), env)
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    response.end(text)
  }
  setTimeout(answer, Number.parseInt(delay, 10))
}
