import { createRequire } from 'node:module'
import type { Agent, Dispatcher } from 'undici'
import { readLines, readText } from './registry-answer.ts'

const loadUndici = () => createRequire(import.meta.url)('undici') as typeof import('undici')

export interface RegistryClientOptions {
  /** Origin, maybe with a path: `http://127.0.0.1:8500`. */
  readonly address: string
  /** PEM of the authorities that a server's certificate is checked against; the machine's unless given. */
  readonly ca?: string | undefined
  readonly signal: AbortSignal
}

export interface RegistryRequest {
  readonly method?: 'GET' | 'PUT' | 'POST'
  /** Behind the address, encoded. */
  readonly path: string
  /** Those that are undefined are left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Until the answer begins, and between any two pieces of it. */
  readonly timeoutMs: number
}

export interface RegistryAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

/** A registry that answered, but not with success. */
export class RegistryError extends Error {
  readonly status: number
  constructor(status: number) {
    super(`it answered ${status}`)
    this.name = 'RegistryError'
    this.status = status
  }
}

const connectTimeoutMs = 3000

/**
 * Asks a registry (Consul, etcd, Kubernetes) over HTTP, for JSON. It is no part of the path of requests: its
 * connections are its own, and its timers may fire half a second late.
 */
export class RegistryClient {
  readonly #address: string
  readonly #signal: AbortSignal
  readonly #agent: Agent

  constructor({ address, ca, signal }: RegistryClientOptions) {
    this.#address = address.replace(/\/+$/, '')
    this.#signal = signal
    const { Agent } = loadUndici()
    this.#agent = new Agent({ connect: { timeout: connectTimeoutMs, ...(ca !== undefined && { ca }) } })
  }

  /**
   * Asks once. An answer without JSON has an undefined body.
   * @throws RegistryError unless the status is 200 to 299; undici's error when there is no answer
   */
  async ask(request: RegistryRequest): Promise<RegistryAnswer> {
    const answer = await this.#send(request)
    const text = await readText(answer.body)
    return { status: answer.statusCode, headers: answer.headers, body: text === '' ? undefined : parseJson(text) }
  }

  /**
   * Reads an answer of one JSON value a line as it comes, until it ends or says nothing for `timeoutMs`.
   * @throws as `ask`
   */
  async *watch(request: RegistryRequest): AsyncGenerator<unknown, void> {
    const answer = await this.#send(request)
    try {
      for await (const line of readLines(answer.body)) if (line.trim() !== '') yield parseJson(line)
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code !== 'UND_ERR_BODY_TIMEOUT') throw thrown
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #send(request: RegistryRequest): Promise<Dispatcher.ResponseData> {
    const { method = 'GET', path, headers = {}, body, timeoutMs } = request
    const json = body === undefined ? undefined : JSON.stringify(body)
    const given = Object.entries({ accept: 'application/json', ...headers }).filter(([, value]) => value !== undefined)
    const answer = await loadUndici().request(this.#address + path, {
      dispatcher: this.#agent,
      method,
      headers: Object.fromEntries(json === undefined ? given : [...given, ['content-type', 'application/json']]),
      body: json ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: this.#signal,
    })
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer
    answer.body.on('error', () => {})
    answer.body.destroy()
    throw new RegistryError(answer.statusCode)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The SyntaxError is not kept: it quotes the answer.
    throw new Error('the answer is not JSON')
  }
}
