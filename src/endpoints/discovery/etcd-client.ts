import { type LiveText, textNow } from '../../environment.ts'
import type { RegistryClient } from '../../transports/registry-client.ts'

export interface EtcdSettings {
  readonly address: string
  readonly user: string | undefined
  readonly password: LiveText | undefined
}

const timeoutMs = 5000
/** A stream that is silent so long may be dead, and nobody would know: then it is left and all is read again. */
const silenceMs = 60_000

interface Headed {
  readonly header?: { readonly revision?: unknown }
}

interface RangeAnswer extends Headed {
  readonly kvs?: readonly { readonly key?: unknown; readonly value?: unknown }[]
}

interface WatchLine {
  readonly error?: unknown
  readonly result?: Headed & { readonly canceled?: unknown; readonly events?: readonly unknown[] }
}

interface Changes {
  readonly changes: readonly unknown[]
  readonly revision: number
}

/** What we use of etcd's JSON gateway (v3): keys and values are base64, 64-bit numbers are text. */
export class EtcdClient {
  readonly #client: RegistryClient
  readonly #settings: EtcdSettings
  #token: Promise<string | undefined> | undefined

  constructor(client: RegistryClient, settings: EtcdSettings) {
    this.#client = client
    this.#settings = settings
  }

  /** Every key below a prefix with its value, both still encoded, and the revision that they are of. */
  async range(prefix: string): Promise<{ pairs: Map<string, string>; revision: number }> {
    const answer = (await this.ask('/v3/kv/range', rangeOf(prefix))) as RangeAnswer
    const pairs = new Map((answer.kvs ?? []).map(({ key, value }) => [String(key), String(value ?? '')]))
    return { pairs, revision: revisionOf(answer) }
  }

  /** The changes below a prefix from a revision on, as they come, and the revision that they led to. */
  async *watch(prefix: string, revision: number): AsyncGenerator<Changes, void> {
    const body = { create_request: { ...rangeOf(prefix), start_revision: String(revision) } }
    const request = { method: 'POST', path: '/v3/watch', body, timeoutMs: silenceMs } as const
    for await (const line of this.#client.watch({ ...request, headers: await this.#authorization() })) {
      const { error, result } = line as WatchLine
      if (error !== undefined) throw new Error('the watch failed')
      if (result?.canceled) return
      if (result?.events && result.events.length > 0) yield { changes: result.events, revision: revisionOf(result) }
    }
  }

  async ask(path: string, body: unknown): Promise<unknown> {
    const headers = await this.#authorization()
    return (await this.#client.ask({ method: 'POST', path, body, timeoutMs, headers })).body
  }

  async #authorization(): Promise<{ authorization: string | undefined }> {
    this.#token ??= this.#authenticate()
    return { authorization: await this.#token }
  }

  async #authenticate(): Promise<string | undefined> {
    const { user, password } = this.#settings
    if (user === undefined) return undefined
    const body = { name: user, password: textNow(password) ?? '' }
    const answer = await this.#client.ask({ method: 'POST', path: '/v3/auth/authenticate', body, timeoutMs })
    return String((answer.body as { token?: unknown } | undefined)?.token)
  }
}

function revisionOf({ header }: Headed): number {
  return Number(header?.revision ?? 0)
}

/** A prefix as etcd's range: from it up to the text that comes after all that begin with it. */
function rangeOf(prefix: string): { key: string; range_end: string } {
  const end = Buffer.from(prefix)
  end[end.length - 1]! += 1
  return { key: encode(prefix), range_end: end.toString('base64') }
}

export function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}
