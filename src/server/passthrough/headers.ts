import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { connectionHeaders } from '../../header-fields.ts'
import { splitList } from '../../header-list.ts'
import type { Propagation, Span } from '../../telemetry/span.ts'
import { peerOf } from '../client-address.ts'
import type { Exchange } from '../exchange.ts'

const none: readonly string[] = []

/** The names that a Connection header nominates, in lower case. */
function nominated(connection: string | undefined): readonly string[] {
  return connection === undefined || connection === 'keep-alive' ? none : splitList(connection.toLowerCase())
}

/**
 * Makes a client's headers those that its request is passed on with, in place: everything but what belongs to the
 * client's connection, and where it comes from told by us. A chunked body keeps its framing: without it Node would
 * send the body of a GET bare, and the backend would take it for the next request.
 */
export function prepareRequestHeaders(request: IncomingMessage): void {
  const { headers } = request
  const isChunked = headers['transfer-encoding'] !== undefined
  const host = headers.host ?? ''
  for (const name of new Set(nominated(headers.connection)))
    if (name !== 'host' && name !== 'content-length') delete headers[name]
  for (const name of connectionHeaders) delete headers[name]
  if (isChunked) headers['transfer-encoding'] = 'chunked'
  const peer = peerOf(request)
  const before = headers['x-forwarded-for']
  headers['x-forwarded-for'] = before === undefined ? peer : `${before}, ${peer}`
  headers['x-forwarded-host'] ??= host
  headers['x-forwarded-proto'] ??= 'encrypted' in request.socket ? 'https' : 'http'
}

/**
 * Makes them those of a request to upgrade, which has no body: nothing may announce one, or a backend that stays with
 * HTTP would take the next request for it.
 */
export function prepareUpgradeHeaders(request: IncomingMessage): void {
  const { headers } = request
  delete headers['content-length']
  delete headers['transfer-encoding']
  headers.connection = 'Upgrade'
  headers.upgrade = 'websocket'
}

export function addTraceHeaders(headers: IncomingHttpHeaders, span: Span, propagation: Propagation): void {
  const { tracestate, baggage, requestId } = propagation
  headers['traceparent'] = span.traceparent
  headers['x-request-id'] = requestId
  if (tracestate === undefined) delete headers['tracestate']
  else headers['tracestate'] = tracestate
  if (baggage === undefined) delete headers['baggage']
  else headers['baggage'] = baggage
}

/** The head of the answer that switches protocols, which the proxy writes: with what every answer of ours carries. */
export function prepareSwitchHeaders(headers: IncomingHttpHeaders, { requestId, ownHeaders = [] }: Exchange): void {
  delete headers['content-length']
  delete headers['transfer-encoding']
  headers['x-request-id'] = requestId
  for (let at = 0; at < ownHeaders.length; at += 2) {
    const name = ownHeaders[at]!
    headers[name] = headers[name] === undefined ? ownHeaders[at + 1]! : `${headers[name]}, ${ownHeaders[at + 1]!}`
  }
}

/** A backend's headers as they go on to the client, name and value in turn, repeated ones as they came. */
export function selectResponseHeaders({ rawHeaders, headers, statusCode }: IncomingMessage): string[] {
  const dropped = new Set([...connectionHeaders, ...nominated(headers.connection), 'x-request-id'])
  if (statusCode === 204) dropped.add('content-length')
  const selected: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (!dropped.has(name.toLowerCase())) selected.push(name, rawHeaders[at + 1]!)
  }
  return selected
}
