/** The head of an answer: its status line and headers. */
export interface ResponseHead {
  readonly status: number
  /** Lower-case names, no prototype; a header sent twice is joined by `, `, set-cookie is an array. */
  readonly headers: Record<string, string | string[]>
  readonly framing: Framing
  /** Whether the connection can carry another request afterwards. */
  readonly keepsAlive: boolean
}

/** How the end of a body is known (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

const none = { kind: 'none' } as const
const chunked = { kind: 'chunked' } as const
const untilClose = { kind: 'until-close' } as const

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
/** RFC 9110 section 5.6.2 `token`. */
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** No line folding, no bare CR or LF, no NUL: where two parties could disagree about what a header is, there is none. */
const invalidValue = /[^\t\x20-\x7e\x80-\xff]/

/**
 * Parses the text of a head, without its empty line. Gives undefined for whatever RFC 9112 does not allow or two
 * parties could read differently: then the connection cannot be trusted any more.
 */
export function parseHead(text: string, method: string): ResponseHead | undefined {
  let end = text.indexOf('\r\n')
  if (end < 0) end = text.length
  const line = statusLine.exec(end === text.length ? text : text.slice(0, end))
  if (!line) return undefined
  const status = Number(line[2])
  const headers: ResponseHead['headers'] = Object.create(null)
  for (let start = end + 2; start <= text.length; start = end + 2) {
    end = text.indexOf('\r\n', start)
    if (end < 0) end = text.length
    const colon = text.indexOf(':', start)
    if (colon <= start || colon >= end) return undefined
    const name = text.slice(start, colon)
    const value = text.slice(colon + 1, end).trim()
    const lowerName = usualNames.get(name) ?? toHeaderName(name)
    if (lowerName === undefined || invalidValue.test(value)) return undefined
    addHeader(headers, lowerName, value)
  }
  const framing = frame(status, headers, method, line[1] === '1')
  if (!framing) return undefined
  const connection = headers['connection']
  const isClosing =
    line[1] === '0' || framing === untilClose || (connection !== undefined && /\bclose\b/i.test(String(connection)))
  return { status, headers, framing, keepsAlive: !isClosing }
}

/** Names that nearly every answer has, as servers write them: known to be good, and how they read in lower case. */
const usualNames = new Map(
  [
    'Connection',
    'Content-Length',
    'Content-Type',
    'Date',
    'ETag',
    'Keep-Alive',
    'Last-Modified',
    'Server',
    'Transfer-Encoding',
  ]
    .flatMap((name) => [name, name.toLowerCase()])
    .map((name) => [name, name.toLowerCase()]),
)

function toHeaderName(name: string): string | undefined {
  return headerName.test(name) ? name.toLowerCase() : undefined
}

function addHeader(headers: ResponseHead['headers'], name: string, value: string): void {
  const before = headers[name]
  if (name === 'set-cookie') headers[name] = before === undefined ? [value] : [...(before as string[]), value]
  else headers[name] = before === undefined ? value : `${before}, ${value}`
}

function frame(status: number, headers: ResponseHead['headers'], method: string, is11: boolean): Framing | undefined {
  const coding = headers['transfer-encoding'] as string | undefined
  const length = headers['content-length'] as string | undefined
  // Two framings in one head are how answers are smuggled (RFC 9112 section 6.1).
  if (coding !== undefined && (length !== undefined || !is11 || coding.toLowerCase() !== 'chunked')) return undefined
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return undefined
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return none
  if (coding !== undefined) return chunked
  if (length === undefined) return untilClose
  return length === '0' ? none : { kind: 'length', bytes: Number(length) }
}
