import { describe, expect, test } from '@jest/globals'
import { ReceivedBytes } from '../../src/transports/received-bytes.ts'
import { errorOf } from '../support/sites.ts'
import { kinds, withRawBackend } from '../support/transports/raw-channel.ts'

const piece = Buffer.alloc(100_000, 'x')

describe('bytes that come in pieces', () => {
  test('are the bytes that came, whatever they grew from', () => {
    const bytes = new ReceivedBytes()
    for (let count = 0; count < 5; count++) bytes.append(piece, 0, piece.length)
    expect(bytes.take().equals(Buffer.alloc(500_000, 'x'))).toBe(true)
  })

  test('give back what they grew out of', () => {
    const bytes = new ReceivedBytes()
    bytes.append(piece, 0, piece.length)
    const first = bytes.view()
    bytes.append(piece, 0, piece.length)
    expect([first.length, bytes.view().length]).toEqual([0, 200_000])
  })

  test('give back what nobody wants, and not what was taken', () => {
    const [dropped, taken] = [new ReceivedBytes(), new ReceivedBytes()]
    for (const bytes of [dropped, taken]) bytes.append(piece, 0, piece.length)
    const [view, whole] = [dropped.view(), taken.take()]
    for (const bytes of [dropped, taken]) bytes.drop()
    expect([view.length, whole.length]).toEqual([0, 100_000])
  })

  test('leave to the collector what shares its memory', () => {
    const bytes = new ReceivedBytes()
    bytes.append(Buffer.from('some'), 0, 4)
    const view = bytes.view()
    bytes.drop()
    expect(view.toString()).toBe('some')
  })
})

const limit = 8_000_000
/** A socket of undici's reads each piece into a block of its own, which is the collector's. */
const mostLeft: Readonly<Record<string, number>> = { http1: limit / 2, undici: 1.5 * limit }

test.each(kinds.map((kind) => [kind.name, kind] as const))(
  'answers over %s that were refused hold no memory until somebody collects it',
  async (name, kind) => {
    const held = () => process.memoryUsage().arrayBuffers
    const size = piece.length.toString(16)
    await withRawBackend(
      kind,
      (socket) => {
        socket.on('error', () => {})
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        const more = () => {
          while (!socket.destroyed && socket.write(`${size}\r\n${piece}\r\n`)) {}
        }
        socket.on('drain', more)
        more()
      },
      async ({ send }) => {
        let most = 0
        for (let count = 0; count < 20; count++) {
          const before = held()
          expect(await errorOf(send({ maxResponseBytes: limit }))).toMatchObject({ code: 'invalid-response' })
          most = Math.max(most, held() - before)
        }
        expect(most).toBeLessThan(mostLeft[name]!)
      },
    )
  },
)
