import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const chunked = `${json}Transfer-Encoding: chunked\r\n\r\n`

/** Writes something again and again, as fast as it is taken. */
function pour(begin: string, piece: string | Buffer): (socket: Socket) => void {
  return (socket) => {
    socket.write(begin, 'latin1')
    const more = () => {
      while (!socket.destroyed && socket.write(piece, 'latin1'));
    }
    socket.on('drain', more)
    more()
  }
}

/** A byte a write, so that it is read a byte or a few at a time. */
function drip(text: string): (socket: Socket) => void {
  return (socket) => {
    socket.setNoDelay()
    let at = 0
    const next = () => {
      for (let count = 0; count < 50 && at < text.length; count++) socket.write(text[at++]!, 'latin1')
      if (!socket.destroyed && at < text.length) setImmediate(next)
    }
    next()
  }
}

let bomb: Buffer | undefined

/** What costs a hostile backend little, and what it wants the gateway to hold. None of it is ever an answer. */
export const hostileAnswers: Readonly<Record<string, (socket: Socket) => void>> = {
  'chunks of a byte with extensions of 4 KB': pour(chunked, `1;x=${'e'.repeat(4000)}\r\n \r\n`.repeat(16)),
  'chunks of a byte': pour(chunked, '1\r\n \r\n'.repeat(10_000)),
  'an extension without end': pour(`${chunked}1;`, 'e'.repeat(64 * 1024)),
  'trailers without end': pour(`${chunked}2\r\n{}\r\n0\r\n`, 'X: yyyyyyyyyy\r\n'.repeat(1000)),
  'trailers of blanks': pour(`${chunked}2\r\n{}\r\n0\r\n`, `X:${' '.repeat(64 * 1024)}y\r\n`),
  'interim answers without end': pour('', 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(1000)),
  'headers of blanks': pour('HTTP/1.1 200 OK\r\n', `X:${' '.repeat(64 * 1024)}y\r\n`),
  'a head of 16 KB a byte at a time': drip(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(17 * 1024)}`),
  'a gzip bomb': (socket) => {
    bomb ??= gzipSync(Buffer.alloc(64 * 1024 * 1024))
    socket.write(`${json}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`)
    socket.write(bomb)
  },
}
