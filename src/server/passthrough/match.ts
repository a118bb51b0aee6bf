import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RouteRequest } from '../../run/route-request.ts'
import type { ResponseHead } from '../../transports/http1/head.ts'
import { hasBody } from '../http/body.ts'
import type { UpgradableResponse } from '../http/tunnel-client.ts'
import { webSocket } from '../http/upgrade-response.ts'
import { type ActiveMatch, type ActivePassthrough, isAggregate } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { isOfMcp } from '../mcp/endpoint.ts'
import { arrive } from '../requests/arrival.ts'
import { findRoute } from '../requests/dispatch.ts'
import { isOfOpenApi } from '../requests/openapi.ts'
import { isOfSignIn } from '../requests/sign-in.ts'
import { isOfRuns } from '../runs/place.ts'

/** The `proxy:` route that takes a request, and the request as its stages see it. */
export interface PassthroughMatch {
  readonly active: ActivePassthrough
  readonly arrived: RouteRequest
}

/** Finds the `proxy:` route that takes a request; undefined where the gateway answers itself, which stands before every route. */
export function findPassthrough(serving: Serving, request: IncomingMessage): PassthroughMatch | undefined {
  const { current } = serving
  if (isOfSignIn(current, request) || isOfMcp(current, request) || isOfOpenApi(current, request)) return undefined
  if (isOfRuns(current, request)) return undefined
  return arriveAt(serving, findRoute(serving.current, request), request)
}

/** As `findPassthrough`, of what was found. */
export function arriveAt(
  { current, clock }: Serving,
  found: ActiveMatch,
  request: IncomingMessage,
): PassthroughMatch | undefined {
  if (found.kind !== 'match' || isAggregate(found.target)) return undefined
  return { active: found.target, arrived: arrive(current, found.target, found.params, request, clock) }
}

const upgradeOption = /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i

/** Whether a request is the handshake of a WebSocket (RFC 6455 section 4.1). */
export function isHandshake({ method, headers, httpVersion }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    // RFC 9110, 7.8: one in HTTP/1.0 is ignored.
    httpVersion !== '1.0' &&
    headers.upgrade?.toLowerCase() === webSocket &&
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

/** What an answer to a handshake has to know of it (RFC 6455 section 4.2.2). */
const known = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Whether an answer switches to what was asked for. A client of HTTP/2 knows no key, so it is looked at here. */
export function isSwitchFor(
  { headers }: IncomingMessage,
  answer: Pick<ResponseHead, 'headers'>,
  { isSwitchedBySuccess }: Pick<UpgradableResponse, 'isSwitchedBySuccess'>,
): boolean {
  if (String(answer.headers['upgrade']).toLowerCase() !== webSocket) return false
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${known}`).digest('base64')
  return !isSwitchedBySuccess || answer.headers['sec-websocket-accept'] === accept
}
