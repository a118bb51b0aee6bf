import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ChunkedBody } from '../../src/transports/http1/chunks.ts'
import { parseHead } from '../../src/transports/http1/head.ts'
import { type Progress, type Reading, ResponseReader } from '../../src/transports/http1/response-reader.ts'
import { PassingBytes, ReceivedBytes } from '../../src/transports/received-bytes.ts'

/** What the pieces are lent in, as by a socket: behind each is what was read before. */
const lent = Buffer.alloc(64 * 1024, 'HTTP/1.1 200 OK\r\n\r\n')

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((at) => at % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to))
}

/** Reads bytes cut at the given places; what came of them, and of the end of the connection after them. */
function read(bytes: Buffer, cuts: readonly number[], method = 'GET', maxBytes = 1000) {
  const reader = new ResponseReader(method, maxBytes)
  let progress: Progress = 'more'
  for (const piece of cut(bytes, cuts)) {
    if (progress !== 'more') break
    lent.set(piece)
    progress = reader.take(lent, piece.length)
    lent.fill('\r\n\r\nHTTP/1.1 ', 0, piece.length)
  }
  if (progress === 'more') progress = reader.end()
  return {
    progress,
    status: reader.status,
    body: progress === 'complete' ? reader.response().body.toString('latin1') : '',
  }
}

const chunkedBody = (parts: readonly string[]) =>
  `${parts.map((part) => `${Buffer.byteLength(part, 'latin1').toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`

const text = fc.string({ maxLength: 60 }).map((value) => Buffer.from(value).toString('latin1'))
const answer = fc
  .record({
    interim: fc.boolean(),
    status: fc.constantFrom(200, 404, 503),
    framing: fc.constantFrom('length', 'chunked', 'close'),
    parts: fc.array(
      text.filter((part) => part.length > 0),
      { maxLength: 4 },
    ),
  })
  .map(({ interim, status, framing, parts }) => {
    const body = parts.join('')
    const headers = { length: `Content-Length: ${body.length}`, chunked: 'Transfer-Encoding: chunked', close: 'X: y' }[
      framing
    ]
    const head = `${interim ? 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n' : ''}HTTP/1.1 ${status} Any Reason\r\n${headers}\r\n\r\n`
    return { status, body, bytes: Buffer.from(head + (framing === 'chunked' ? chunkedBody(parts) : body), 'latin1') }
  })

/** Reads bytes cut at the given places, and copies what has come of the body after each piece. */
function readPieces(bytes: Buffer, cuts: readonly number[], reading: Reading) {
  const reader = new ResponseReader('GET', Number.POSITIVE_INFINITY, reading)
  const pieces: Buffer[] = []
  let progress: Progress = 'more'
  for (const piece of cut(bytes, cuts)) {
    if (progress !== 'more') break
    lent.set(piece)
    progress = reader.take(lent, piece.length)
    pieces.push(Buffer.from(reader.takeBody()))
    lent.fill('\r\n\r\nHTTP/1.1 ', 0, piece.length)
  }
  return { progress: progress === 'more' ? reader.end() : progress, head: reader.head, pieces }
}

describe('reading an answer that is passed on', () => {
  test('gives the same body piece by piece, however the bytes are cut', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(400), { maxLength: 6 }), ({ bytes, status, body }, cuts) => {
        const { progress, head, pieces } = readPieces(bytes, cuts, { passes: true })
        expect([progress, head?.status]).toEqual(['complete', status])
        expect(Buffer.concat(pieces).toString('latin1')).toBe(body)
      }),
    )
  })

  test('takes no memory for it: a piece lies where it was read', () => {
    const bytes = new PassingBytes()
    const piece = Buffer.alloc(1000)
    for (let count = 0; count < 100; count++) {
      bytes.append(piece, 100, 300)
      bytes.append(piece, 302, 1000)
      expect(bytes.take().buffer).toBe(piece.buffer)
    }
    expect([bytes.length, bytes.take().length]).toEqual([89_800, 0])
  })

  test('that switches to the protocol which was asked for gives what comes behind its head', () => {
    const bytes = Buffer.from('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Go\r\nUpgrade: websocket\r\n\r\nframes')
    fc.assert(
      fc.property(fc.nat(bytes.length - 'frames'.length - 1), (at) => {
        const { progress, head, pieces } = readPieces(bytes, [at], { passes: true, maySwitch: true })
        expect([progress, head?.headers['upgrade'], String(pieces.at(-1))]).toEqual(['switched', 'websocket', 'frames'])
      }),
    )
    expect(readPieces(bytes, [], { passes: true }).progress).toBe('malformed')
  })

  test('gives its headers as they came: blanks around a value are none of it, any other byte is', () => {
    const lines = ['A:\t 1 \t', 'a: 2', 'Name: caf\xc3\xa0', 'Empty:', 'B: \xa0']
    const { fields } = parseHead(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}`, 'GET')!
    expect(fields).toEqual(['A', '1', 'a', '2', 'Name', 'caf\xc3\xa0', 'Empty', '', 'B', '\xa0'])
  })
})

describe('reading an answer', () => {
  test('gives the same however the bytes are cut', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(400), { maxLength: 6 }), ({ bytes, status, body }, cuts) => {
        expect(read(bytes, cuts)).toEqual({ progress: 'complete', status, body })
      }),
    )
  })

  test('of an answer with a length that was cut short never gives a body', () => {
    fc.assert(
      fc.property(answer, fc.nat(400), ({ bytes }, cut) => {
        const isUntilClose = bytes.includes('X: y')
        const short = bytes.subarray(0, cut % bytes.length)
        if (!isUntilClose) expect(read(short, []).progress).toBe('malformed')
      }),
    )
  })

  test('survives any bytes, and any change to good ones', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300)), (bytes, cuts) => {
        expect(['complete', 'malformed', 'too-large', 'head-too-large']).toContain(
          read(Buffer.from(bytes), cuts).progress,
        )
      }),
    )
    fc.assert(
      fc.property(answer, fc.nat(400), fc.integer({ min: 0, max: 255 }), ({ bytes }, at, byte) => {
        const changed = Buffer.from(bytes)
        changed[at % changed.length] = byte
        expect(['complete', 'malformed', 'too-large', 'head-too-large']).toContain(read(changed, []).progress)
      }),
      { numRuns: 500 },
    )
  })

  test('gives the same for what is no good answer, however the bytes are cut', () => {
    const token = fc.constantFrom(
      ...['HTTP/1.1 200 OK\r\n', 'HTTP/1.1 103 E\r\n\r\n', 'HTTP/1.1 204 N\r\n', 'Content-Length: 5\r\n'],
      ...[
        'Transfer-Encoding: chunked\r\n',
        'X: y\r\n',
        '\r\n',
        '\r',
        '\n',
        '5\r\nabcde\r\n',
        '0\r\n\r\n',
        '1;e=1\r\nx\r\n',
      ],
      ...['0\r\nT: 1\r\n\r\n', 'abcde', '3e9\r\n', `X: ${'x'.repeat(9000)}\r\n`, `1;${'e'.repeat(3000)}\r\nx\r\n`],
    )
    const soup = fc
      .array(token, { maxLength: 12 })
      .map((tokens) => Buffer.from(`HTTP/1.1 200 OK\r\n${tokens.join('')}`))
    fc.assert(
      fc.property(
        soup,
        fc.array(fc.nat(30_000), { maxLength: 30 }),
        fc.constantFrom('GET', 'HEAD'),
        (bytes, cuts, method) => {
          expect(read(bytes, cuts, method)).toEqual(read(bytes, [], method))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('of chunks gives the same a byte at a time as at once', () => {
    const part = fc.record({
      data: fc.string({ minLength: 1, maxLength: 40 }),
      extension: fc.constantFrom('', ';a', ';b="c d"'),
    })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const bytes = parts.map(({ data, extension }) => {
          const size = Buffer.byteLength(data).toString(16)
          return `${size}${extension}\r\n${data}\r\n`
        })
        const framed = Buffer.from(`${bytes.join('')}0\r\nT: 1\r\n\r\n`)
        const chunks = new ChunkedBody(10_000)
        for (let at = 0; at < framed.length; at++) {
          expect(chunks.take(framed, at, at + 1)).toBe(at + 1)
        }
        expect(chunks.state).toBe('done')
        expect(chunks.body.take().toString()).toBe(parts.map(({ data }) => data).join(''))
      }),
    )
  })

  test('of chunks holds in one buffer no more than twice what came', () => {
    const body = new ReceivedBytes()
    const chunks = new ChunkedBody(1_000_000, body)
    const piece = Buffer.from('1\r\nx\r\n'.repeat(100))
    for (let count = 0; count < 1700; count++) chunks.take(piece, 0, piece.length)
    expect(chunks.body.length).toBe(170_000)
    expect(body.view().buffer.byteLength).toBeLessThanOrEqual(340_000)
    expect(chunks.body.take().buffer.byteLength).toBe(170_000)
  })

  test('does not wait for more of a head than it may have, nor of interim ones', () => {
    const long = 'HTTP/1.1 200 OK\r\nX: '
    const most = `${long}${'x'.repeat(16 * 1024 - long.length)}`
    expect(read(Buffer.from(`${most}\r\n\r\n`), [most.length + 3]).progress).toBe('complete')
    expect(read(Buffer.from(`${most}x\r\n\r\n`), [most.length + 4]).progress).toBe('head-too-large')
    expect(read(Buffer.from('HTTP/1.1 103 E\r\n\r\n'.repeat(1000)), []).progress).toBe('head-too-large')
  })

  test.each([
    ['two lengths', 'Content-Length: 1\r\nContent-Length: 1'],
    ['a length and a coding', 'Content-Length: 1\r\nTransfer-Encoding: chunked'],
    ['a signed length', 'Content-Length: +1'],
    ['a coding besides chunked', 'Transfer-Encoding: gzip, chunked'],
    ['a folded header', 'X: a\r\n b'],
    ['a space before the colon', 'Content-Length : 1'],
    ['a header without a name', ': x'],
    ['a bare newline', 'X: a\nY: b'],
  ])('does not trust %s', (_, headers) => {
    expect(parseHead(`HTTP/1.1 200 OK\r\n${headers}`, 'GET')).toBeUndefined()
  })

  test.each([
    ['a size that is no number', 'x\r\na\r\n0\r\n\r\n'],
    ['a size with a sign', '+1\r\na\r\n0\r\n\r\n'],
    ['a bare newline', '1\na\r\n0\r\n\r\n'],
    ['more than the size says', '1\r\nab\r\n0\r\n\r\n'],
    ['a size beyond reason', 'fffffffff\r\n'],
    ['a line without end', ` ${'1'.repeat(5000)}`],
    ['an extension without end', `1;${'1'.repeat(5000)}`],
    ['a bare newline in an extension', '1;a\n\r\nx\r\n0\r\n\r\n'],
    ['a bare newline in a trailer', '0\r\nX: a\nY: b\r\n\r\n'],
    ['a NUL in a trailer', '0\r\nX: \0\r\n\r\n'],
  ])('of chunks does not trust %s', (_, body) => {
    const bytes = Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`)
    expect(read(bytes, []).progress).toBe('malformed')
  })

  test('stops at the limit', () => {
    const long = 'x'.repeat(1001)
    for (const framed of [
      `Content-Length: 1001\r\n\r\n${long}`,
      `Transfer-Encoding: chunked\r\n\r\n${chunkedBody([long])}`,
      `\r\n${long}`,
    ]) {
      expect(read(Buffer.from(`HTTP/1.1 200 OK\r\n${framed}`), []).progress).toBe('too-large')
    }
  })
})
