import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readLines, readText } from '../../src/transports/registry-answer.ts'
import { countBytes } from '../support/counted-bytes.ts'

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = []
  for await (const line of lines) collected.push(line)
  return collected
}

describe('an answer of a registry', () => {
  test('is the same however it is cut, characters of several bytes too', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 })),
        fc.integer({ min: 1, max: 9 }),
        async (texts, size) => {
          const lines = texts.map((text) => text.replaceAll('\n', ' ').replaceAll('\ufeff', ''))
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          expect(await collect(readLines(cut(bytes, size)))).toEqual(lines)
          expect(await readText(cut(bytes, size))).toBe(bytes.toString())
        },
      ),
    ))

  const endless = async function* (piece: Buffer) {
    for (;;) yield piece
  }

  const largest = 32 * 1024 * 1024
  const giveUp = async (read: (body: AsyncIterable<Buffer>) => Promise<unknown>, size: number) => {
    const piece = Buffer.alloc(size, 'é')
    return countBytes(() => expect(read(endless(piece))).rejects.toThrow('the answer is too large'))
  }

  test.each([
    ['as a text', readText],
    ['by lines', (body: AsyncIterable<Buffer>) => collect(readLines(body))],
  ])(
    'is given up beyond 32 MB, and each of its bytes was looked at a few times, however small the pieces: %s',
    async (_how, read) => {
      for (const size of [1024 * 1024, 4096]) expect(await giveUp(read, size)).toBeLessThan(4 * largest)
    },
  )

  test('is read with a few looks at each byte of a line that comes in small pieces', async () => {
    const line = 'x'.repeat(8 * 1024 * 1024)
    let lines: string[] = []
    const looked = await countBytes(async () => {
      lines = await collect(readLines(cut(Buffer.from(`${line}\n`), 16 * 1024)))
    })
    expect(lines).toEqual([line])
    expect(looked).toBeLessThan(5 * line.length)
  })
})
