import type { IncomingMessage } from 'node:http'
import { type ActivePassthrough, isAggregate } from '../activation.ts'
import { findRoute } from '../dispatch.ts'
import type { Serving } from '../serving.ts'

/** The `proxy:` route that takes a request. */
export function findPassthrough({ current }: Serving, request: IncomingMessage): ActivePassthrough | undefined {
  const found = findRoute(current, request)
  return found.kind === 'match' && !isAggregate(found.target) ? found.target : undefined
}

/** Whether a request asks to speak WebSocket. */
export function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}
