import { connect } from 'node:net'

/** One answer, taken apart by the letter of RFC 9112. */
export interface RawReply {
  readonly status: number
  /** Lower-case names; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface Conversation {
  readonly replies: readonly RawReply[]
  /** Bytes behind the last whole answer. */
  readonly rest: Buffer
  readonly end: 'answered' | 'closed' | 'hung'
}

const quietMs = 1500
const limitMs = 8000

/**
 * Writes bytes as they are, and reads until there is a whole final answer or the connection is closed. When nothing
 * comes for a while our side is closed too: what then stays open hangs.
 */
export function converse(port: number, bytes: Buffer, isHead = false): Promise<Conversation> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    const finish = (end: Conversation['end']) => {
      clearTimeout(quiet)
      clearTimeout(limit)
      socket.destroy()
      resolve({ ...parseReplies(Buffer.concat(chunks), isHead, end === 'closed'), end })
    }
    let quiet = setTimeout(() => socket.end(), quietMs)
    const limit = setTimeout(() => finish('hung'), limitMs)
    socket.on('error', () => {})
    socket.on('close', () => finish('closed'))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      clearTimeout(quiet)
      const { replies } = parseReplies(Buffer.concat(chunks), isHead, false)
      if (replies.some(({ status }) => status >= 200)) finish('answered')
      else quiet = setTimeout(() => socket.end(), quietMs)
    })
    socket.write(bytes)
  })
}

const headPattern = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/
const fieldPattern = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/

/** Takes whole answers off the front; throws for one that is malformed. */
function parseReplies(bytes: Buffer, isHead: boolean, isClosed: boolean): Pick<Conversation, 'replies' | 'rest'> {
  const replies: RawReply[] = []
  let rest = bytes
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n')
    if (headEnd < 0) return { replies, rest }
    const [first = '', ...lines] = rest.subarray(0, headEnd).toString('latin1').split('\r\n')
    const status = Number(headPattern.exec(first)?.[1])
    if (Number.isNaN(status)) throw new Error(`no status line: ${JSON.stringify(first)}`)
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const field = fieldPattern.exec(line)
      if (!field) throw new Error(`no header: ${JSON.stringify(line)}`)
      const name = field[1]!.toLowerCase()
      headers[name] = headers[name] === undefined ? field[2]! : `${headers[name]}, ${field[2]}`
    }
    const after = rest.subarray(headEnd + 4)
    const body = readBody(after, status, headers, isHead, isClosed)
    if (!body) return { replies, rest }
    replies.push({ status, headers, body: body.body })
    rest = after.subarray(body.length)
  }
}

/** Undefined while it is not whole. */
function readBody(
  bytes: Buffer,
  status: number,
  headers: Readonly<Record<string, string>>,
  isHead: boolean,
  isClosed: boolean,
): { body: Buffer; length: number } | undefined {
  if (isHead || status < 200 || status === 204 || status === 304) return { body: Buffer.alloc(0), length: 0 }
  if (headers['transfer-encoding'] === 'chunked') return readChunks(bytes)
  const length = headers['content-length']
  if (length === undefined) return isClosed ? { body: bytes, length: bytes.length } : undefined
  if (!/^\d+$/.test(length)) throw new Error(`no length: ${length}`)
  return bytes.length < Number(length) ? undefined : { body: bytes.subarray(0, Number(length)), length: Number(length) }
}

function readChunks(bytes: Buffer): { body: Buffer; length: number } | undefined {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    if (Number.isNaN(size)) throw new Error('no chunk')
    const end = lineEnd + 2 + size + 2
    if (bytes.length < end) return undefined
    if (size === 0) return { body: Buffer.concat(parts), length: end }
    parts.push(bytes.subarray(lineEnd + 2, end - 2))
    at = end
  }
}

/** A request's bytes; `lines` are its first line and its headers. */
export function bytesOf(lines: readonly string[], body: string | Buffer = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    typeof body === 'string' ? Buffer.from(body) : body,
  ])
}
