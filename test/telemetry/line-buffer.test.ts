import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type FileCalls, LineBuffer } from '../../src/telemetry/line-buffer.ts'
import { until } from '../support/waiting.ts'

type Outcome = number | 'EAGAIN' | 'EPIPE'

/** A file that takes at most so many bytes a call, or fails, call after call as the script says; then all. */
function openFile(script: Outcome[] = []) {
  const pieces: Buffer[] = []
  let calls = 0
  const take = (bytes: Uint8Array): number => {
    calls++
    const outcome = script.shift() ?? bytes.length
    if (typeof outcome === 'string') throw Object.assign(new Error(outcome), { code: outcome })
    const written = Math.min(outcome, bytes.length)
    pieces.push(Buffer.from(bytes.subarray(0, written)))
    return written
  }
  const file: FileCalls = {
    write(_fd, bytes, callback) {
      setImmediate(() => {
        try {
          callback(null, take(bytes))
        } catch (error) {
          callback(error as NodeJS.ErrnoException, 0)
        }
      })
    },
    writeSync: (_fd, bytes) => take(bytes),
  }
  return { file, text: () => Buffer.concat(pieces).toString(), calls: () => calls }
}

describe('a line buffer', () => {
  const lines = fc.array(fc.string({ maxLength: 30_000, unit: 'binary' }), { maxLength: 12 })

  test('writes every line once and in order, however little the file takes at a time', async () => {
    await fc.assert(
      fc.asyncProperty(lines, fc.array(fc.integer({ min: 1, max: 90_000 })), async (all, takes) => {
        const { file, text } = openFile(takes)
        const buffer = new LineBuffer(1, file)
        const wanted = all.map((line) => `${line.toWellFormed()}\n`).join('')
        for (const line of all) buffer.write(`${line.toWellFormed()}\n`)
        await until(() => text() === wanted)
        expect(text()).toBe(wanted)
      }),
      { numRuns: 15 },
    )
  })

  test('writes the rest at once at the end of the process, also to a reader that is slow', () => {
    const { file, text } = openFile(['EAGAIN', 3, 'EAGAIN'])
    const buffer = new LineBuffer(1, file)
    buffer.write('some line\n')
    buffer.flushSync()
    expect(text()).toBe('some line\n')
  })

  test('goes on when a slow reader takes lines again', async () => {
    const { file, text } = openFile(['EAGAIN', 'EAGAIN'])
    new LineBuffer(1, file).write('late\n')
    await until(() => text() !== '')
    expect(text()).toBe('late\n')
  })

  test('waits for nobody when the reader is gone', async () => {
    const { file, text, calls } = openFile(['EPIPE'])
    const buffer = new LineBuffer(1, file)
    buffer.write('lost\n')
    await until(() => calls() > 0)
    buffer.write('lost, too\n')
    buffer.flushSync()
    expect([text(), calls()]).toEqual(['', 1])
    const atTheEnd = openFile(['EPIPE'])
    const other = new LineBuffer(1, atTheEnd.file)
    other.write('lost\n')
    other.flushSync()
    expect(atTheEnd.calls()).toBe(1)
  })
})
