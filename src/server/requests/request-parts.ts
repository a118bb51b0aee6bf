import type { IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'
import type { RequestParts } from '../../plan/request-parts.ts'
import { newTraceId } from '../../telemetry/ids.ts'
import type { ClientAddresses } from '../http/client-address.ts'
import { clientCertificate } from '../http/client-certificate.ts'
import { readQuery } from '../http/query.ts'
import { targetOf } from '../http/strict.ts'

const noQuery: RequestParts['query'] = Object.freeze(Object.create(null))
const noCookies: RequestParts['cookies'] = Object.freeze(Object.create(null))
/** What is in a cookie is its service's affair: many are not percent-encoded, and must not be decoded. */
const asItCame = { decode: (value: string) => value }

/** A client's request as routes read it: each part is made when it is first asked for. */
export class ServerRequestParts implements RequestParts {
  readonly method: string
  readonly path: string
  readonly params: RequestParts['params']
  readonly id: string
  identity: RequestParts['identity'] = undefined
  body: unknown = undefined
  bodyHoldsTexts = false
  raw: RequestParts['raw'] = undefined
  readonly #message: IncomingMessage
  readonly #addresses: ClientAddresses
  readonly #search: string
  #query: RequestParts['query'] | undefined
  #cookies: RequestParts['cookies'] | undefined
  #ip: string | undefined

  constructor(message: IncomingMessage, params: RequestParts['params'], addresses: ClientAddresses) {
    const target = targetOf(message)
    const mark = target.indexOf('?')
    this.method = message.method ?? ''
    this.path = mark < 0 ? target : target.slice(0, mark)
    this.params = params
    this.id = chooseRequestId(message)
    this.#search = mark < 0 ? '' : target.slice(mark + 1)
    this.#message = message
    this.#addresses = addresses
  }

  /** @throws GatewayError `invalid-input` */
  get query(): RequestParts['query'] {
    this.#query ??= this.#search === '' ? noQuery : readQuery(this.#search)
    return this.#query
  }

  /** Of a header that may stand once only, Node keeps the first. */
  get headers(): RequestParts['headers'] {
    return this.#message.headers as Record<string, string>
  }

  get cookies(): RequestParts['cookies'] {
    const { cookie } = this.#message.headers
    this.#cookies ??= cookie === undefined ? noCookies : (parseCookie(cookie, asItCame) as Record<string, string>)
    return this.#cookies
  }

  get certificate(): RequestParts['certificate'] {
    return clientCertificate(this.#message)
  }

  get ip(): string {
    this.#ip ??= this.#addresses.of(this.#message)
    return this.#ip
  }
}

const requestId = /^[A-Za-z0-9._-]{1,128}$/

/** The caller's `x-request-id` if it is one that can be printed anywhere, else a new one. */
export function chooseRequestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && requestId.test(given) ? given : newTraceId()
}
