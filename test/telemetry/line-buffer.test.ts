import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { LineBuffer } from '../../src/telemetry/line-buffer.ts'

function openSink() {
  const pieces: string[] = []
  let flushed = 0
  return {
    pieces,
    flushes: () => flushed,
    write: (piece: string) => pieces.push(piece),
    flushSync: () => void flushed++,
  }
}

describe('a line buffer', () => {
  test('hands on every line once and in order, in pieces of 64 KB', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40_000 }), { maxLength: 12 }), (lines) => {
        const sink = openSink()
        const buffer = new LineBuffer(sink)
        for (const line of lines) buffer.write(`${line}\n`)
        expect(sink.pieces.every((piece) => piece.length >= 64 * 1024)).toBe(true)
        buffer.flushSync()
        expect(sink.pieces.join('')).toBe(lines.map((line) => `${line}\n`).join(''))
        expect(sink.flushes()).toBe(1)
      }),
      { numRuns: 30 },
    )
  })

  test('holds a line for 200 ms at most', async () => {
    const sink = openSink()
    const buffer = new LineBuffer(sink)
    const writtenAt = performance.now()
    buffer.write('a\n')
    buffer.write('b\n')
    while (sink.pieces.length === 0 && performance.now() - writtenAt < 5000) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(sink.pieces).toEqual(['a\nb\n'])
  })
})
