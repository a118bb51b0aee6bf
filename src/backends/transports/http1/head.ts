/** The head of an answer: its status line and headers. Headers that nobody asks for are checked, and not taken apart. */
export class ResponseHead {
  readonly status: number
  readonly framing: Framing
  /** Whether the connection can carry another request afterwards. */
  readonly keepsAlive: boolean
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  /** Value of `Keep-Alive`. */
  readonly keepAlive: string | undefined
  readonly #lines: string
  #headers: Headers | undefined

  constructor(status: number, framing: Framing, keepsAlive: boolean, lines: string, special: Special) {
    this.status = status
    this.framing = framing
    this.keepsAlive = keepsAlive
    this.contentType = special['content-type']
    this.contentEncoding = special['content-encoding']
    this.keepAlive = special['keep-alive']
    this.#lines = lines
  }

  /** Lower-case names, no prototype; a header sent twice is joined by `, `, set-cookie is an array. */
  get headers(): Headers {
    this.#headers ??= readHeaders(this.#lines)
    return this.#headers
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

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
/**
 * Lines of `token ":" field-value` (RFC 9110 sections 5.5 and 5.6.2). No line folding, no bare CR or LF, no NUL: where
 * two parties could disagree about what a header is, there is none.
 */
const headerLines = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*(?:\r\n|$))*$/

/** What the client itself acts upon, by name. */
interface Special {
  connection: string | undefined
  'content-encoding': string | undefined
  'content-length': string | undefined
  'content-type': string | undefined
  'keep-alive': string | undefined
  'transfer-encoding': string | undefined
}
const lengthsOfSpecial = new Set([10, 12, 14, 16, 17])

/**
 * Parses the text of a head, without its empty line. Gives undefined for whatever RFC 9112 does not allow or two
 * parties could read differently: then the connection cannot be trusted any more.
 */
export function parseHead(text: string, method: string): ResponseHead | undefined {
  const end = text.indexOf('\r\n')
  const line = statusLine.exec(end < 0 ? text : text.slice(0, end))
  const lines = end < 0 ? '' : text.slice(end + 2)
  if (!line || !headerLines.test(lines)) return undefined
  const special = readSpecial(lines)
  const status = Number(line[2])
  const framing = frame(status, special, method, line[1] === '1')
  if (!framing) return undefined
  const { connection } = special
  const isClosing =
    line[1] === '0' || framing === untilClose || (connection !== undefined && /\bclose\b/i.test(connection))
  return new ResponseHead(status, framing, !isClosing, lines, special)
}

/** `lines` are known to be well formed. */
function readSpecial(lines: string): Special {
  const special: Special = {
    connection: undefined,
    'content-encoding': undefined,
    'content-length': undefined,
    'content-type': undefined,
    'keep-alive': undefined,
    'transfer-encoding': undefined,
  }
  for (let start = 0; start < lines.length; ) {
    const colon = lines.indexOf(':', start)
    let end = lines.indexOf('\r\n', colon)
    if (end < 0) end = lines.length
    if (lengthsOfSpecial.has(colon - start)) {
      const name = lines.slice(start, colon).toLowerCase()
      if (name in special) {
        const value = lines.slice(colon + 1, end).trim()
        const before = special[name as keyof Special]
        special[name as keyof Special] = before === undefined ? value : `${before}, ${value}`
      }
    }
    start = end + 2
  }
  return special
}

function readHeaders(lines: string): Headers {
  const headers: Headers = Object.create(null)
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) addHeader(headers, line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}

function addHeader(headers: Headers, name: string, value: string): void {
  const before = headers[name]
  if (name === 'set-cookie') headers[name] = before === undefined ? [value] : [...(before as string[]), value]
  else headers[name] = before === undefined ? value : `${before}, ${value}`
}

function frame(status: number, special: Special, method: string, is11: boolean): Framing | undefined {
  const { 'transfer-encoding': coding, 'content-length': length } = special
  // Two framings in one head are how answers are smuggled (RFC 9112 section 6.1).
  if (coding !== undefined && (length !== undefined || !is11 || coding.toLowerCase() !== 'chunked')) return undefined
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return undefined
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return none
  if (coding !== undefined) return chunked
  if (length === undefined) return untilClose
  return length === '0' ? none : { kind: 'length', bytes: Number(length) }
}
