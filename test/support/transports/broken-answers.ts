const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const chunked = `${json}Transfer-Encoding: chunked\r\n\r\n`

/** A name, the bytes that a backend writes, and what it does then. */
export type BrokenAnswer = readonly [name: string, bytes: string, then: 'stay' | 'end' | 'reset']

/** Answers that are no HTTP before their body begins: `invalid-response`, however they were asked for. */
export const brokenHeads: readonly BrokenAnswer[] = [
  ['a status line that is none', `${'x'.repeat(100)}\r\n\r\n`, 'stay'],
  ['a status out of range', 'HTTP/1.1 99999 Huh\r\n\r\n', 'stay'],
  ['two lengths', `${json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 'stay'],
  ['a length and chunks', `${json}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 'stay'],
  ['a header with a control character', 'HTTP/1.1 200 OK\r\nX: a\u0001\r\n\r\n', 'stay'],
  ['headers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`, 'stay'],
  [
    'an upgrade that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    'stay',
  ],
]

/** Answers whose body is not all there: `invalid-response`; what passes it on has to cut it too. */
export const brokenBodies: readonly BrokenAnswer[] = [
  ['a body cut before its Content-Length', `${json}Content-Length: 100\r\n\r\n{"a":1}`, 'end'],
  ['a body reset before its Content-Length', `${json}Content-Length: 100\r\n\r\n{"a":1}`, 'reset'],
  ['a chunked body without its last chunk', `${chunked}7\r\n{"a":1}\r\n`, 'end'],
  ['a chunk that is cut', `${chunked}ff\r\n{"a":1}`, 'end'],
  ['a chunk size that is none', `${chunked}zz\r\n{}\r\n0\r\n\r\n`, 'stay'],
]

/** Ends before there is an answer: `unavailable`. */
export const noAnswers: readonly BrokenAnswer[] = [
  ['ends in its head', 'HTTP/1.1 200 OK\r\nContent-', 'end'],
  ['resets in its head', 'HTTP/1.1 200 OK\r\nContent-', 'reset'],
  ['ends at once', '', 'end'],
  ['resets at once', '', 'reset'],
]
