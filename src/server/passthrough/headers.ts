import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { connectionHeaders } from '../../header-fields.ts'
import { splitList } from '../../header-list.ts'
import type { Propagation, Span } from '../../telemetry/span.ts'
import { peerOf } from '../http/client-address.ts'
import type { Exchange } from '../requests/exchange.ts'

/** What the gateway says itself, whatever came. */
const ours: ReadonlySet<string> = new Set([
  'baggage',
  'host',
  'traceparent',
  'tracestate',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-request-id',
])

const none: readonly string[] = []
const nothing: ReadonlySet<string> = new Set()

/** The names that a Connection header nominates, in lower case. */
function nominated(connection: string | undefined): ReadonlySet<string> {
  return connection === undefined || connection === 'keep-alive'
    ? nothing
    : new Set(splitList(connection.toLowerCase()))
}

/**
 * The headers that a client's request goes on with, name and value in turn, whichever endpoint it goes to: everything
 * but what belongs to the client's connection and what is withheld, and where it comes from told by us.
 */
export function passedHeaders(request: IncomingMessage, withheld: readonly (string | false | undefined)[]): string[] {
  const { headers } = request
  const dropped = nominated(headers.connection)
  const passed: string[] = []
  for (const name in headers) {
    if (connectionHeaders.has(name) || ours.has(name) || withheld.includes(name)) continue
    if (name !== 'content-length' && dropped.has(name)) continue
    const value = headers[name]!
    if (typeof value === 'string') passed.push(name, value)
    else for (const one of value) passed.push(name, one)
  }
  const peer = peerOf(request)
  const before = dropped.has('x-forwarded-for') ? undefined : headers['x-forwarded-for']
  passed.push('x-forwarded-for', before === undefined ? peer : `${before}, ${peer}`)
  passed.push('x-forwarded-host', saidBefore('x-forwarded-host', headers, dropped) ?? headers.host ?? '')
  const scheme = 'encrypted' in request.socket ? 'https' : 'http'
  passed.push('x-forwarded-proto', saidBefore('x-forwarded-proto', headers, dropped) ?? scheme)
  return passed
}

/** What a trusted proxy before us says. */
function saidBefore(name: string, headers: IncomingHttpHeaders, dropped: ReadonlySet<string>): string | undefined {
  const value = headers[name]
  return value === undefined || dropped.has(name) ? undefined : String(value)
}

/**
 * How the body is framed. Chunks stay chunks: without them Node would send the body of a GET bare, and the backend would
 * take it for the next request. Where there is no body Node announces chunks for some methods, so its length is said.
 */
export function framingHeaders({ method, headers }: IncomingMessage): readonly string[] {
  if (headers['transfer-encoding'] !== undefined) return ['transfer-encoding', 'chunked']
  const isSilent = headers['content-length'] === undefined && method !== 'GET' && method !== 'HEAD'
  return isSilent ? ['content-length', '0'] : none
}

/** Of a request to upgrade, which has no body: nothing announces one, or a backend that stays with HTTP would wait for it. */
export const upgradeHeaders: readonly string[] = ['connection', 'Upgrade', 'upgrade', 'websocket']

export function traceHeaders(span: Span, { tracestate, baggage, requestId }: Propagation): string[] {
  const headers = ['traceparent', span.traceparent, 'x-request-id', requestId]
  if (tracestate !== undefined) headers.push('tracestate', tracestate)
  if (baggage !== undefined) headers.push('baggage', baggage)
  return headers
}

/** A backend's headers as they go on to the client, name and value in turn, repeated ones as they came. */
export function selectResponseHeaders({ rawHeaders, headers, statusCode }: IncomingMessage): string[] {
  const dropped = nominated(headers.connection)
  const selected: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    const lower = name.toLowerCase()
    if (connectionHeaders.has(lower) || lower === 'x-request-id' || dropped.has(lower)) continue
    if (statusCode === 204 && lower === 'content-length') continue
    selected.push(name, rawHeaders[at + 1]!)
  }
  return selected
}

/** The head of the answer that switches protocols, with what every answer of ours carries. */
export function printSwitch(answer: IncomingMessage, { requestId, ownHeaders = none }: Exchange): string {
  const headers = [...selectResponseHeaders(answer), 'x-request-id', requestId, ...ownHeaders]
  let head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]!.toLowerCase() !== 'content-length') head += `${headers[at]}: ${headers[at + 1]}\r\n`
  }
  return `${head}\r\n`
}
