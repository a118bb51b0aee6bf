import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readLines, readText } from '../../src/transports/registry-answer.ts'

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

  async function giveUp(size: number): Promise<number> {
    const piece = Buffer.alloc(size, 'é')
    const before = process.threadCpuUsage().user
    await expect(readText(endless(piece))).rejects.toThrow('the answer is too large')
    await expect(collect(readLines(endless(piece)))).rejects.toThrow('the answer is too large')
    return process.threadCpuUsage().user - before
  }

  test('is given up beyond 32 MB, in time that grows with its bytes and not with its pieces', async () => {
    const large: number[] = []
    const small: number[] = []
    for (let round = 0; round < 3; round++) {
      large.push(await giveUp(1024 * 1024))
      small.push(await giveUp(4096))
    }
    // Looked through anew for each of them, 256 times as many pieces take 256 times as long.
    expect(Math.min(...small) / Math.min(...large)).toBeLessThan(80)
  })
})
