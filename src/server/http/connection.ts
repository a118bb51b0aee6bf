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

/**
 * Lets whoever has a request know where it came in: by its connection, which has the server from Node. Requests of a kind
 * of their own would cost each of them more (8 µs).
 */
export function knowListener<Server extends object>(server: Server, known: ListenerFacts): Server {
  return Object.assign(server, { [facts]: known })
}

const strange: ListenerFacts = {
  listener: undefined,
  isTls: false,
  isHttp2: false,
  bodyTimeoutMs: defaultBearing.bodyTimeoutMs,
}

/** Where a request came in; of one that another server has read little is known. */
export function listenerOf(request: Pick<IncomingMessage, 'socket'>): ListenerFacts {
  const { server } = request.socket as { server?: { [facts]?: ListenerFacts } }
  return server?.[facts] ?? ('encrypted' in request.socket ? { ...strange, isTls: true } : strange)
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
