import { corrupt, cut, type Random } from './random.ts'

export interface MutatedAnswer {
  /** For people. */
  readonly what: string
  readonly pieces: readonly Buffer[]
  readonly then: 'stay' | 'end' | 'reset'
  /** No other request may come on this connection: it can be known that there may be more to come, or that it is spoilt. */
  readonly isLast: boolean
  /** Written some time later while the connection is idle. */
  readonly late?: string
}

const json = 'Content-Type: application/json\r\n'
const sized = (text: string, length = text.length) =>
  `HTTP/1.1 200 OK\r\n${json}Content-Length: ${length}\r\n\r\n${text}`
const chunked = (text: string, extension = '') =>
  `HTTP/1.1 200 OK\r\n${json}Transfer-Encoding: chunked\r\n\r\n3${extension}\r\n${text.slice(0, 3)}\r\n${(text.length - 3).toString(16)}\r\n${text.slice(3)}\r\n`

type Kind = readonly [what: string, bytes: string, options?: Partial<Omit<MutatedAnswer, 'what' | 'pieces'>>]

/** @param text The body, which holds the nonce. */
function kindsOf(text: string, random: Random): readonly Kind[] {
  const last = { isLast: true }
  const half = random.below(text.length)
  return [
    ['good', sized(text)],
    ['chunks', `${chunked(text)}0\r\n\r\n`],
    ['chunks with extensions and trailers', `${chunked(text, ';a="b"')}0\r\nX-T: 1\r\n\r\n`],
    ['early hints', `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${sized(text)}`],
    ['a flood of early hints', `${'HTTP/1.1 103 E\r\n\r\n'.repeat(3000)}${sized(text)}`],
    ['100 that nobody asked for', `HTTP/1.1 100 Continue\r\n\r\n${sized(text)}`],
    ['101', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', last],
    ['a length too short', sized(text, half), last],
    ['a length too long, and the end', sized(text, text.length + 7), { isLast: true, then: 'end' }],
    ['a length too long', sized(text, text.length + 7), last],
    [
      'two lengths',
      `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nContent-Length: ${half}\r\n\r\n${text}`,
      last,
    ],
    ['a length and chunks', chunked(text).replace('Transfer', 'Content-Length: 5\r\nTransfer'), last],
    ['gzip, chunked', `${chunked(text).replace('chunked', 'gzip, chunked')}0\r\n\r\n`, last],
    ['a bare newline', sized(text).replace('\r\n', '\n'), last],
    ['a folded header', sized(text).replace(json, `${json} folded\r\n`), last],
    ['a chunk that is none', `${chunked(text)}x\r\n\r\n`, last],
    ['no last chunk', chunked(text), { isLast: true, then: 'end' }],
    ['until the end', `HTTP/1.1 200 OK\r\n${json}\r\n${text}`, { isLast: true, then: 'end' }],
    ['another answer behind it', sized(text) + sized(text), last],
    ['bytes behind it', `${sized(text)}${text}`, last],
    ['204 with a body', `HTTP/1.1 204 No Content\r\nContent-Length: ${text.length}\r\n\r\n`, last],
    ['304 with a body', `HTTP/1.1 304 Not Modified\r\nContent-Length: ${text.length}\r\n\r\n`, last],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['HTTP/1.0', sized(text).replace('HTTP/1.1', 'HTTP/1.0'), last],
    ['close', sized(text).replace(json, `${json}Connection: close\r\n`), last],
    ['garbage', text, last],
    ['an odd status', sized(text).replace('200', random.pick(['099', '600', '999', '20', '2000'])), last],
    ['a head too large', sized(text).replace(json, `${json}X: ${'x'.repeat(70_000)}\r\n`), last],
    ['an extension too large', `${chunked(text, `;${'e'.repeat(70_000)}`)}0\r\n\r\n`],
    ['trailers too large', `${chunked(text)}0\r\n${'X: y\r\n'.repeat(20_000)}\r\n`],
    ['an error', sized(text).replace('200', random.pick(['404', '413', '426', '500', '503']))],
    ['late bytes', sized(text), { late: 'late' }],
    ['silence', '', last],
  ]
}

/** Whether the answer comes before the body of the request. */
export const isEarly = (random: Random): boolean => random.chance(10)

/** What a backend answers that is up to no good, or mistaken, or neither. */
export function mutateAnswer(random: Random, text: string, method: string): MutatedAnswer {
  const [what, written, options = {}] = random.pick(kindsOf(text, random))
  // A body behind the answer to a HEAD is a common mistake.
  const isLast = options.isLast === true || method === 'HEAD'
  const answer = { then: 'stay' as const, ...options, what, isLast }
  let bytes = Buffer.from(written, 'latin1')
  // What is left may be a whole answer, and the end come too late to be seen: nothing can be said of the next request.
  const twist = random.below(20)
  if (twist === 0)
    return { ...answer, what: `${what}, corrupt`, pieces: [corrupt(random, bytes)], then: 'end', isLast: false }
  if (twist === 1 || twist === 2) {
    bytes = bytes.subarray(0, random.below(bytes.length + 1))
    const then = twist === 1 ? 'end' : 'reset'
    return { ...answer, what: `${what}, ${then} at ${bytes.length}`, pieces: [bytes], then, isLast: false }
  }
  // Surplus comes with what it is behind: later it could not be told from bytes of the next answer.
  return { ...answer, pieces: isLast ? [bytes] : cut(random, bytes) }
}
