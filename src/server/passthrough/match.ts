import type { IncomingMessage } from 'node:http'
import { type ActivePassthrough, isAggregate } from '../activation.ts'
import { hasBody } from '../body.ts'
import { findRoute } from '../dispatch.ts'
import type { Serving } from '../serving.ts'

/** The `proxy:` route that takes a request. */
export function findPassthrough({ current }: Serving, request: IncomingMessage): ActivePassthrough | undefined {
  const found = findRoute(current, request)
  return found.kind === 'match' && !isAggregate(found.target) ? found.target : undefined
}

const upgradeOption = /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i

/** Whether a request is the handshake of a WebSocket (RFC 6455 section 4.1). */
export function isHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers.connection !== undefined &&
    upgradeOption.test(headers.connection)
  )
}

/**
 * Whether a handshake announces a body. Nobody reads one that comes before another protocol: taken for its beginning
 * here and for a body there, it would be the next request of someone else.
 */
export function isHandshakeWithBody(request: IncomingMessage): boolean {
  return isHandshake(request) && hasBody(request)
}
