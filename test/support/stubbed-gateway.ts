import { request as send } from 'undici'
import type { GatewayOptions } from '../../src/server/gateway.ts'
import { startGateway } from './gateway.ts'
import { type StubAnswer, type StubRequest, startStub } from './stub.ts'

export interface SeenRequest extends Omit<StubRequest, 'body'> {
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

export interface StubbedGateway {
  /** Sends a request to the gateway. */
  ask(target: string, request?: Ask): Promise<Answer>
  /** What the stub was asked, in order. */
  readonly seen: SeenRequest[]
  readonly port: number
}

/**
 * Starts one stub backend and a gateway of these files (`gateway`, `dictionary`, `services/NAME`, `routes/NAME`; in
 * them `BACKEND` is the stub's URL, `NOWHERE` one that refuses). Both end with the test.
 */
export async function startStubbedGateway(
  files: Record<string, string>,
  stubs: Stubs = {},
  options: Partial<GatewayOptions> = {},
): Promise<StubbedGateway> {
  const { url, seen } = await startStubs(stubs)
  const name = (text: string) => text.replaceAll('BACKEND', url).replaceAll('NOWHERE', 'http://127.0.0.1:9')
  const named = Object.entries({ gateway: '{}', dictionary: 'colors: {}', ...files }).map(([file, text]) => [
    file,
    name(text),
  ])
  const { port } = await startGateway(Object.fromEntries(named), { adminPort: false, ...options })
  return { seen, port, ask: (target, request) => ask(`http://127.0.0.1:${port}${target}`, request) }
}

/** A backend that answers 404 to what it does not know. */
async function startStubs(stubs: Stubs): Promise<{ url: string; seen: SeenRequest[] }> {
  const seen: SeenRequest[] = []
  const keyOf = ({ method, url }: Pick<StubRequest, 'method' | 'url'>) => `${method} ${url.replace(/\?.*/, '')}`
  const { url } = await startStub((request) => {
    const asked = { ...request, body: parse(request.body) }
    const key = keyOf(request)
    const before = seen.filter((other) => keyOf(other) === key).length
    seen.push(asked)
    const stub = stubs[key] ?? { status: 404 }
    return typeof stub === 'function' ? stub(asked, before) : stub
  })
  return { url, seen }
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
