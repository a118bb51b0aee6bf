import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { frameMessages } from '../../src/editor/framing.ts'
import { mainScript } from '../support/tessera.ts'

const message = (body: string, more = '') => `Content-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`

/** What goes through in these pieces, and what is refused. */
async function pass(...pieces: (string | Buffer)[]): Promise<{ passed: string; refused: string[] }> {
  const refused: string[] = []
  const framing = frameMessages((why) => refused.push(why))
  const passed = text(framing)
  for (const piece of pieces) framing.write(piece)
  framing.end()
  return { passed: await passed, refused }
}

describe('what an editor sends', () => {
  test('goes on as it came, in whatever pieces', async () => {
    const bodies = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(bodies, fc.array(fc.nat(200)), async (all, cuts) => {
        const whole = all.map((body) => message(body, 'content-type: application/vscode-jsonrpc; charset=utf-8\r\n'))
        const bytes = Buffer.from(whole.join(''))
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
        expect(await pass(...pieces)).toEqual({ passed: whole.join(''), refused: [] })
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    ['nonsense\r\n', '"nonsense" is no header'],
    ['GET / HTTP/1.1\r\n', 'is no header'],
    ['Content-Length: 2\n\n{}', 'is no header'],
    ['Content-Type: x\r\n\r\n', 'has no Content-Length'],
    ['\r\n\r\n', 'is no header'],
    ['Content-Length:\r\n\r\n', 'is a number'],
    ['Content-Length: -5\r\n\r\n', 'is a number'],
    ['Content-Length: 1e3\r\n', 'is a number'],
    ['Content-Length: 99999999999\r\n\r\n', 'is a number up to 67108864'],
    ['Content-Length: 2\r\nContent-Type: x; charset=latin1\r\n\r\n', 'is UTF-8 only'],
    ['x'.repeat(5000), 'not over after 4096 bytes'],
  ])('is refused at once where it is no message, and ends there (%#)', async (nonsense, why) => {
    const good = message('{}')
    const { passed, refused } = await pass(good, nonsense, good)
    expect(passed).toBe(good)
    expect(refused).toEqual([expect.stringContaining(why)])
  })
})

test('the language server ends where it is sent something else, and says so', async () => {
  const child = spawn(process.execPath, [mainScript, 'language-server'], { stdio: ['pipe', 'ignore', 'pipe'] })
  const told = text(child.stderr)
  child.stdin.write('Content-Length: many\r\n\r\n')
  expect(await once(child, 'exit')).toEqual([1, null])
  expect(await told).toContain('not the Language Server Protocol: Content-Length')
})
