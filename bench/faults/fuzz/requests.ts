import { nonceOf } from './nonce.ts'
import { corrupt, cut, type Random } from './random.ts'

export interface MutatedRequest {
  readonly pieces: readonly Buffer[]
  /** How many answers are waited for. */
  readonly answers: number
  /** The connection is cut behind the last piece. */
  readonly isCut: boolean
}

const body = (nonce: string) => `{"word":"${nonce}"}`
const chunks = (random: Random, text: string) => {
  const half = random.below(text.length)
  const extension = random.pick(['', ';a', ';a=b', `;a="${'e'.repeat(50)}"`, ' ;a', ';\tb'])
  const parts = [text.slice(0, half), text.slice(half)].filter((part) => part.length > 0)
  return `${parts.map((part) => `${part.length.toString(16)}${extension}\r\n${part}\r\n`).join('')}0\r\n${random.pick(['', 'X-T: 1\r\n'])}\r\n`
}

/** Headers that say how long a body is, right, wrong or in two ways. */
function frame(random: Random, text: string): string {
  const length = text.length
  return random.pick([
    `Content-Length: ${length}\r\n\r\n${text}`,
    `Content-Length: ${length}\r\n\r\n${text}`,
    `Transfer-Encoding: chunked\r\n\r\n${chunks(random, text)}`,
    `Transfer-Encoding: chunked\r\n\r\n${chunks(random, text)}`,
    `\r\n${text}`,
    `Content-Length: ${length - 5}\r\n\r\n${text}`,
    `Content-Length: ${length + 5}\r\n\r\n${text}`,
    `Content-Length: ${length}\r\nContent-Length: ${length}\r\n\r\n${text}`,
    `Content-Length: ${length}\r\nContent-Length: ${length - 3}\r\n\r\n${text}`,
    `Content-Length: ${length}, ${length}\r\n\r\n${text}`,
    `Content-Length: +${length}\r\n\r\n${text}`,
    `Content-Length : ${length}\r\n\r\n${text}`,
    `Content_Length: ${length}\r\n\r\n${text}`,
    `Content-Length:\r\n ${length}\r\n\r\n${text}`,
    `Content-Length: ${length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks(random, text)}`,
    `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${chunks(random, text)}`,
    `Transfer-Encoding: gzip, chunked\r\n\r\n${chunks(random, text)}`,
    `Transfer-Encoding: chunked, chunked\r\n\r\n${chunks(random, text)}`,
    `Transfer-Encoding: xchunked\r\n\r\n${chunks(random, text)}`,
    `Transfer-Encoding:\tchunked\r\n\r\n${chunks(random, text)}`,
    `Transfer-Encoding: identity\r\n\r\n${text}`,
    `Expect: 100-continue\r\nContent-Length: ${length}\r\n\r\n${text}`,
    `Transfer-Encoding: chunked\r\n\r\nzz\r\n${text}`,
    `Transfer-Encoding: chunked\r\n\r\n${length.toString(16)}\n${text}\r\n0\r\n\r\n`,
  ])
}

const upgrade =
  'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

function one(random: Random, nonce: string, without: ReadonlySet<string>): string {
  const host = random.pick(['Host: a\r\n', 'Host: a\r\n', 'Host: a\r\n', '', 'Host: a\r\nHost: b\r\n'])
  const connection = random.pick([
    '',
    '',
    '',
    'Connection: close\r\n',
    'Connection: content-length\r\n',
    'Keep-Alive: x\r\n',
  ])
  const absolute = random.chance(5) ? 'http://a' : ''
  const version = random.chance(4) ? random.pick(['HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1']) : 'HTTP/1.1'
  const begin = (method: string, path: string) =>
    `${method} ${absolute}${path}${nonce} ${version}\r\n${host}${connection}`
  const json = 'Content-Type: application/json\r\n'
  const kind = random.below(100)
  if (kind < 25) return `${begin('GET', random.pick(['/call/', '/passed/']))}\r\n`
  if (kind < 33) return `${begin('HEAD', random.pick(['/call/', '/passed/']))}\r\n`
  if (kind < 55) return begin('POST', '/send/') + json + frame(random, body(nonce))
  if (kind < 85)
    return begin(random.pick(['POST', 'PUT', 'GET', 'DELETE', 'HEAD']), '/passed/') + json + frame(random, body(nonce))
  if (kind < 90 || without.has('upgrades')) return `${begin('OPTIONS', '/passed/')}\r\n`
  if (kind < 95 || without.has('upgrade-bodies'))
    return `${begin('GET', random.pick(['/passed/', '/call/']))}${upgrade}\r\n`
  return begin(random.pick(['GET', 'POST']), '/passed/') + upgrade + frame(random, random.chance(50) ? '' : body(nonce))
}

/** What a client sends that is up to no good, or mistaken, or neither. */
export function mutateRequest(random: Random, exchange: number, without: ReadonlySet<string>): MutatedRequest {
  const nonce = nonceOf('m', exchange)
  const count = random.chance(10) ? 2 + random.below(2) : 1
  let bytes: Buffer = Buffer.from(Array.from({ length: count }, () => one(random, nonce, without)).join(''), 'latin1')
  if (random.chance(15)) bytes = corrupt(random, bytes)
  const isCut = random.chance(8)
  if (isCut) bytes = bytes.subarray(0, random.below(bytes.length))
  return { pieces: cut(random, bytes), answers: count, isCut }
}
