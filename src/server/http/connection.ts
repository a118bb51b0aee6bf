import type { IncomingMessage } from 'node:http'
import { defaultBearing } from '../../config/listen.ts'

/** What a request's listener knows of every connection to it. */
export interface ListenerFacts {
  /** Its name; undefined for a server that is none of ours. */
  readonly listener: string | undefined
  /** Whether clients speak TLS with it. */
  readonly isTls: boolean
  /** Whether this is a request of HTTP/2. */
  readonly isHttp2: boolean
  /** For the whole body of a request. */
  readonly bodyTimeoutMs: number
}

const facts: unique symbol = Symbol('listener')

/** Lets the requests of a kind know where they come in. */
export function knowListener<Kind extends { readonly prototype: object }>(kind: Kind, known: ListenerFacts): Kind {
  Object.defineProperty(kind.prototype, facts, { value: known })
  return kind
}

const strange: ListenerFacts = {
  listener: undefined,
  isTls: false,
  isHttp2: false,
  bodyTimeoutMs: defaultBearing.bodyTimeoutMs,
}

/** Where a request came in; of one that another server has read little is known. */
export function listenerOf(request: Pick<IncomingMessage, 'socket'>): ListenerFacts {
  const known = (request as { [facts]?: ListenerFacts })[facts]
  return known ?? ('encrypted' in request.socket ? { ...strange, isTls: true } : strange)
}

/** As its client asked for it: `https` where it came by TLS, here or at a trusted proxy. */
export function schemeOf(request: Pick<IncomingMessage, 'socket' | 'headers'>): 'http' | 'https' {
  if (listenerOf(request).isTls) return 'https'
  // Of anybody else what he says is taken out where a request enters.
  return /^https\s*(?:,|$)/i.test(String(request.headers['x-forwarded-proto'] ?? '')) ? 'https' : 'http'
}

/** For the whole body of a request. */
export function bodyTimeoutOf(request: IncomingMessage): number {
  return listenerOf(request).bodyTimeoutMs
}
