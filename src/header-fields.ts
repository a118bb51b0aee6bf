/** RFC 9110 section 5.6.2 `token`. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Whether a text can name a header, or whatever else is a token. */
export function isHeaderName(text: string): boolean {
  return token.test(text)
}

/** RFC 9110 section 5.5 `field-value`: no CR, LF, NUL or other control but tab, and nothing above one byte. */
const unsendable = /[^\t\x20-\x7e\x80-\xff]/

/** Whether a text can be the value of a header. */
export function isHeaderValue(text: string): boolean {
  return !unsendable.test(text)
}

const unfitForCookie = /;|[^\t\x20-\x7e\x80-\xff]|^[\t ]+|[\t ]+$/gu

/** A text as the value of a cookie: as it is, but for what would not come out of the header again, percent-encoded. */
export function cookieValue(text: string): string {
  return text.replace(unfitForCookie, encodeURIComponent)
}

/** Whether a header of an answer belongs to the CORS protocol. In lower case. */
export function isOfCors(name: string): boolean {
  return name.startsWith('access-control-')
}

/** Of one connection, not of the message (RFC 9110 section 7.6.1); `expect` is answered by us. In lower case, as all names here. */
export const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What HTTP itself makes of a message and of whom it is sent to. */
const framingHeaders: ReadonlySet<string> = new Set(['content-length', 'host'])

/** Whose headers they are: of a request to a backend, of an answer to a client. */
export type HeaderSide = 'request' | 'response'

/** Tells whoever gets a copy that nobody waits for its answer: an RFC 9651 boolean. */
export const mirrorHeader = 'tessera-mirror'

/** By which gateways a request has come (RFC 8586). */
export const loopHeader = 'cdn-loop'

/** What the gateway says itself of a request that it passes through, whatever came. */
export const headersOfPassed: ReadonlySet<string> = new Set([
  'baggage',
  'cdn-loop',
  'host',
  'traceparent',
  'tracestate',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-request-id',
])

/** What the gateway says itself in every message of a side, whatever else stands in it. */
const ownHeaders: Readonly<Record<HeaderSide, ReadonlySet<string>>> = {
  request: new Set([mirrorHeader, loopHeader]),
  response: new Set(['server-timing', 'tessera-degraded', 'x-request-id']),
}

/** Why no configuration, and no data, may set a header of this name; undefined where it may. */
export function whyReserved(name: string, side: HeaderSide): string | undefined {
  const lower = name.toLowerCase()
  if (connectionHeaders.has(lower) || framingHeaders.has(lower)) return 'belongs to the connection'
  return ownHeaders[side].has(lower) ? 'is the gateway’s own' : undefined
}
