import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Browsers } from '../../browsers/browsers.ts'
import { connectionHeaders, headersOfPassed, isOfCors } from '../../header-fields.ts'
import { splitList } from '../../header-list.ts'
import type { PassedRequest } from '../../plan/passed-request.ts'
import type { Propagation, Span } from '../../telemetry/span.ts'
import type { ResponseHead } from '../../transports/http1/head.ts'
import { peerOf } from '../http/client-address.ts'
import { listenerOf } from '../http/connection.ts'
import type { Exchange } from '../requests/exchange.ts'

const none: readonly string[] = []
const nothing: ReadonlySet<string> = new Set()

/** The names that a Connection header nominates, in lower case. */
function nominated(connection: string | undefined): ReadonlySet<string> {
  return connection === undefined || connection === 'keep-alive'
    ? nothing
    : new Set(splitList(connection.toLowerCase()))
}

/**
 * The headers that a client's request goes on with, a line each, whichever endpoint it goes to: everything but what
 * belongs to the client's connection and what stays here, what its route sets, and where it comes from told by us.
 */
export function passedHeaders(
  request: IncomingMessage,
  { withheld, cookies }: PassedRequest,
  alsoWithheld: readonly (string | false | undefined)[],
  set: readonly string[] = none,
  id?: string,
): string {
  const { headers } = request
  const dropped = nominated(headers.connection)
  let passed = ''
  for (const name in headers) {
    if (connectionHeaders.has(name) || headersOfPassed.has(name)) continue
    if (withheld.has(name) || alsoWithheld.includes(name)) continue
    if (name !== 'content-length' && dropped.has(name)) continue
    const value = headers[name]!
    if (cookies && name === 'cookie') passed += cookieLine(String(value), cookies)
    else if (typeof value === 'string') passed += `${name}: ${value}\r\n`
    else for (const one of value) passed += `${name}: ${one}\r\n`
  }
  for (let at = 0; at < set.length; at += 2) passed += `${set[at]}: ${set[at + 1]}\r\n`
  if (id !== undefined) passed += placesPassed(request, id)
  const peer = peerOf(request)
  const before = dropped.has('x-forwarded-for') ? undefined : headers['x-forwarded-for']
  passed += `x-forwarded-for: ${before === undefined ? peer : `${before}, ${peer}`}\r\n`
  passed += `x-forwarded-host: ${saidBefore('x-forwarded-host', headers, dropped) ?? headers.host ?? ''}\r\n`
  const scheme = listenerOf(request).isTls ? 'https' : 'http'
  return `${passed}x-forwarded-proto: ${saidBefore('x-forwarded-proto', headers, dropped) ?? scheme}\r\n`
}

/** By whom it came, this gateway too (RFC 9110 section 7.6.3, RFC 8586). */
function placesPassed({ headers, httpVersion }: IncomingMessage, id: string): string {
  const { via } = headers
  const loop = headers['cdn-loop']
  const version = httpVersion === '2.0' ? '2' : httpVersion
  const lines = `via: ${via === undefined ? '' : `${via}, `}${version} ${id}\r\n`
  return `${lines}cdn-loop: ${loop === undefined ? '' : `${loop}, `}${id}\r\n`
}

/** The cookies that go on, byte for byte. */
function cookieLine(text: string, cookies: NonNullable<PassedRequest['cookies']>): string {
  const passes = (name: string) => ('only' in cookies ? cookies.only.includes(name) : !cookies.but.includes(name))
  const kept = text.split(';').filter((pair) => passes(pair.split('=', 1)[0]!.trim()))
  return kept.length === 0 ? '' : `cookie: ${kept.join(';').trim()}\r\n`
}

/** What a trusted proxy before us says. */
function saidBefore(name: string, headers: IncomingHttpHeaders, dropped: ReadonlySet<string>): string | undefined {
  const value = headers[name]
  return value === undefined || dropped.has(name) ? undefined : String(value)
}

/** What else of the framing has to be said: chunks stay chunks, and that there is no body is said too. */
export function framingLines({ method, headers }: IncomingMessage): string {
  if (headers['transfer-encoding'] !== undefined) return 'transfer-encoding: chunked\r\n'
  const isSilent = headers['content-length'] === undefined && method !== 'GET' && method !== 'HEAD'
  return isSilent ? 'content-length: 0\r\n' : ''
}

export function traceLines(span: Span, { tracestate, baggage, requestId, traceHeaders }: Propagation): string {
  let lines = `x-request-id: ${requestId}\r\n`
  const headers = traceHeaders ? traceHeaders(span.traceparent) : ['traceparent', span.traceparent]
  for (let at = 0; at < headers.length; at += 2) lines += `${headers[at]}: ${headers[at + 1]}\r\n`
  if (tracestate !== undefined) lines += `tracestate: ${tracestate}\r\n`
  if (baggage !== undefined) lines += `baggage: ${baggage}\r\n`
  return lines
}

/** Whoever gets more headers than these may leave the rest out, as Node does: what is left may say another thing of the body. */
const mostHeaders = 1000

/**
 * A backend's headers as they go on to the client, name and value in turn, repeated ones as they came; undefined where
 * there are too many.
 */
export function selectResponseHeaders(
  { status, connection, fields }: ResponseHead,
  browsers?: Browsers,
): string[] | undefined {
  if (fields.length >= 2 * mostHeaders) return undefined
  const dropped = nominated(connection)
  const selected: string[] = []
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!
    const lower = name.toLowerCase()
    if (connectionHeaders.has(lower) || lower === 'x-request-id' || dropped.has(lower)) continue
    if (status === 204 && lower === 'content-length') continue
    if (browsers?.saysCors && isOfCors(lower)) continue
    selected.push(name, fields[at + 1]!)
  }
  return selected
}

/** The headers of the answer that switches protocols, with what every answer of ours carries: names and values in turn. */
export function switchHeaders(answer: ResponseHead, { requestId, ownHeaders = none, route }: Exchange): string[] {
  const headers = [
    ...(selectResponseHeaders(answer, route?.browsers) ?? none),
    'x-request-id',
    requestId,
    ...ownHeaders,
  ]
  return headers.filter((_, at) => headers[at - (at % 2)]!.toLowerCase() !== 'content-length')
}
