import { maxHeadBytes } from '../answer-limits.ts'

/** Behind the last header. */
export const headEnd = '\r\n\r\n'
const [lineFeed, carriageReturn] = [0x0a, 0x0d]

/**
 * What can never become a head, so that its end is not waited for: its beginning is none, or one of its lines ends with a
 * bare LF. Those up to `searched` are known not to.
 */
export function findSlip(data: Buffer, from: number, searched: number, to: number): 'malformed' | undefined {
  const end = Math.min(to, from + maxHeadBytes + headEnd.length)
  if (!'HTTP/1.'.startsWith(data.toString('latin1', from, Math.min(from + 7, end)))) return 'malformed'
  for (let at = data.indexOf(lineFeed, searched); at >= 0 && at < end; at = data.indexOf(lineFeed, at + 1)) {
    if (data[at - 1] !== carriageReturn) return 'malformed'
  }
  return undefined
}

/** The head of an answer: its status line and headers. Headers that nobody asks for are checked, and not taken apart. */
export class ResponseHead {
  readonly status: number
  readonly framing: Framing
  /** Whether the connection can carry another request afterwards. */
  readonly keepsAlive: boolean
  readonly connection: string | undefined
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  /** Value of `Keep-Alive`. */
  readonly keepAlive: string | undefined
  readonly #lines: string
  #headers: Headers | undefined

  constructor(status: number, framing: Framing, keepsAlive: boolean, lines: string, special: SpecialHeaders) {
    this.status = status
    this.framing = framing
    this.keepsAlive = keepsAlive
    this.connection = special.connection
    this.contentType = special.contentType
    this.contentEncoding = special.contentEncoding
    this.keepAlive = special.keepAlive
    this.#lines = lines
  }

  /** Lower-case names, no prototype; a header sent twice is joined by `, `, set-cookie is an array. */
  get headers(): Headers {
    this.#headers ??= readHeaders(this.#lines)
    return this.#headers
  }

  /** Names and values in turn, as they came. */
  get fields(): string[] {
    return readFields(this.#lines)
  }
}

type Headers = Record<string, string | string[]>

/** How the end of a body is known (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

const none = { kind: 'none' } as const
const chunked = { kind: 'chunked' } as const
const untilClose = { kind: 'until-close' } as const

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n|$)/
/**
 * Lines of `token ":" field-value` (RFC 9110 sections 5.5 and 5.6.2). No line folding, no bare CR or LF, no NUL: where
 * two parties could disagree about what a header is, there is none.
 */
const headerLines = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*(?:\r\n|$))*$/

/**
 * Parses the text of a head, without its empty line. Gives undefined for whatever RFC 9112 does not allow or two
 * parties could read differently: then the connection cannot be trusted any more.
 */
export function parseHead(text: string, method: string): ResponseHead | undefined {
  const line = statusLine.exec(text)
  if (!line) return undefined
  const lines = text.slice(line[0].length)
  if (!headerLines.test(lines)) return undefined
  const special = new SpecialHeaders(lines)
  const status = Number(line[2])
  const framing = frame(status, special, method, line[1] === '1')
  if (!framing) return undefined
  const isClosing =
    line[1] === '0' ||
    framing === untilClose ||
    (framing === none && mayHaveBody(method, special)) ||
    closes.test(special.connection ?? '')
  return new ResponseHead(status, framing, !isClosing, lines, special)
}

const closes = /\bclose\b/i

/**
 * Whether a backend that is mistaken may send a body where there is none: it answers a HEAD as if it were a GET, or says
 * of a 204 or 304 how long its body is. Such a body would be taken for the next answer.
 */
function mayHaveBody(method: string, { contentLength = '0', transferEncoding }: SpecialHeaders): boolean {
  return method === 'HEAD' || contentLength !== '0' || transferEncoding !== undefined
}

/** Of the names that the client itself acts upon, a bit each; a longer one may share it. */
const lengths = ['connection', 'content-type', 'content-length', 'content-encoding', 'transfer-encoding'].reduce(
  (bits, { length }) => bits | (1 << length),
  0,
)

/** What the client itself acts upon. */
class SpecialHeaders {
  connection: string | undefined = undefined
  contentEncoding: string | undefined = undefined
  contentLength: string | undefined = undefined
  contentType: string | undefined = undefined
  keepAlive: string | undefined = undefined
  transferEncoding: string | undefined = undefined

  /** `lines` are known to be well formed. */
  constructor(lines: string) {
    for (let start = 0; start < lines.length; ) {
      const colon = lines.indexOf(':', start)
      let end = lines.indexOf('\r\n', colon)
      if (end < 0) end = lines.length
      // Their lengths tell them from nearly all other names.
      if ((lengths >> (colon - start)) & 1)
        this.#note(lines.slice(start, colon).toLowerCase(), lines.slice(colon + 1, end))
      start = end + 2
    }
  }

  #note(name: string, value: string): void {
    switch (name) {
      case 'connection':
        this.connection = join(this.connection, value)
        break
      case 'content-encoding':
        this.contentEncoding = join(this.contentEncoding, value)
        break
      case 'content-length':
        this.contentLength = join(this.contentLength, value)
        break
      case 'content-type':
        this.contentType = join(this.contentType, value)
        break
      case 'keep-alive':
        this.keepAlive = join(this.keepAlive, value)
        break
      case 'transfer-encoding':
        this.transferEncoding = join(this.transferEncoding, value)
    }
  }
}

/** A header that is sent twice is a list (RFC 9110 section 5.3). */
function join(before: string | undefined, value: string): string {
  return before === undefined ? value.trim() : `${before}, ${value.trim()}`
}

function readHeaders(lines: string): Headers {
  const headers: Headers = Object.create(null)
  const fields = readFields(lines)
  for (let at = 0; at < fields.length; at += 2) addHeader(headers, fields[at]!.toLowerCase(), fields[at + 1]!)
  return headers
}

function readFields(lines: string): string[] {
  const fields: string[] = []
  for (let start = 0; start < lines.length; ) {
    const colon = lines.indexOf(':', start)
    const end = lines.indexOf('\r\n', colon)
    fields.push(lines.slice(start, colon), trimBlanks(lines, colon + 1, end < 0 ? lines.length : end))
    if (end < 0) break
    start = end + 2
  }
  return fields
}

/** Spaces and tabs alone: beyond ASCII a byte may be the end of a character. */
function trimBlanks(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

const isBlank = (code: number) => code === 0x20 || code === 0x09

function addHeader(headers: Headers, name: string, value: string): void {
  const before = headers[name]
  if (Array.isArray(before)) before.push(value)
  else if (name === 'set-cookie') headers[name] = [value]
  else headers[name] = before === undefined ? value : `${before}, ${value}`
}

function frame(status: number, special: SpecialHeaders, method: string, is11: boolean): Framing | undefined {
  const { transferEncoding: coding, contentLength: length } = special
  // Two framings in one head are how answers are smuggled (RFC 9112 section 6.1).
  if (coding !== undefined && (length !== undefined || !is11 || coding.toLowerCase() !== 'chunked')) return undefined
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return undefined
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return none
  if (coding !== undefined) return chunked
  if (length === undefined) return untilClose
  return length === '0' ? none : { kind: 'length', bytes: Number(length) }
}
