import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { decodeBody } from '../../src/calls/decode.ts'
import { Scope } from '../../src/cancellation.ts'
import { startTcpServer } from '../support/servers.ts'
import { errorOf } from '../support/sites.ts'
import { hostileAnswers } from '../support/transports/hostile-answers.ts'
import type { Endured, HostileCalls } from '../support/transports/hostile-calls.ts'
import { kinds, withRawBackend } from '../support/transports/raw-channel.ts'

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const hints = (bytes: number) => `HTTP/1.1 103 Early Hints\r\nLink: ${'x'.repeat(bytes - 36)}\r\n\r\n`
const trailers = (bytes: number) => `X: ${'y'.repeat(997)}\r\n`.repeat(Math.ceil(bytes / 1000))

describe.each(kinds.map((kind) => [kind.name, kind] as const))('an answer over %s', (_name, kind) => {
  const answered = (bytes: string) =>
    new Promise<{ code: string; body: string }>((resolve, reject) => {
      withRawBackend(
        kind,
        (socket) => void socket.end(bytes),
        async ({ send }) => {
          const response = send({ maxResponseBytes: 1000 })
          resolve(
            await response.then(
              ({ body }) => ({ code: 'ok', body: body.toString() }),
              ({ code }) => ({ code, body: '' }),
            ),
          )
        },
      ).catch(reject)
    })

  test.each([
    ['chunks of a byte', `${chunked}${'1\r\nx\r\n'.repeat(1000)}0\r\n\r\n`, 'x'.repeat(1000)],
    ['an extension', `${chunked}1;x=${'e'.repeat(4000)}\r\nx\r\n0\r\n\r\n`, 'x'],
    ['15 KB of trailers', `${chunked}1\r\nx\r\n0\r\n${trailers(15_000)}\r\n`, 'x'],
    ['two early hints of 7 KB', `${hints(7000)}${hints(7000)}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx`, 'x'],
  ])('may have %s', async (_what, bytes, body) => {
    expect(await answered(bytes)).toEqual({ code: 'ok', body })
  })

  test.each([
    ['more framing than 64 KB beyond its body', `${chunked}${`1;x=${'e'.repeat(4000)}\r\nx\r\n`.repeat(30)}0\r\n\r\n`],
    ['more trailers than 16 KB', `${chunked}1\r\nx\r\n0\r\n${trailers(20_000)}\r\n`],
    ['more early hints than 16 KB', `${hints(7000).repeat(3)}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx`],
    ['a thousand small ones', `${hints(40).repeat(1000)}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx`],
    ['gzip and chunks in one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['chunks twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['gzip that ends with the connection', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}'],
  ])('must not have %s', async (_what, bytes) => {
    expect((await answered(bytes)).code).toBe('invalid-response')
  })
})

describe('a body in a content coding', () => {
  const bomb = Buffer.alloc(1_000_000)
  const response = (contentEncoding: string, body: Buffer) =>
    decodeBody({ status: 200, headers: {}, contentType: undefined, contentEncoding, body }, 100_000, new Scope())

  test.each([
    ['gzip', gzipSync(bomb)],
    ['deflate', deflateSync(bomb)],
    ['br', brotliCompressSync(bomb)],
    ['zstd', zstdCompressSync(bomb)],
  ])('is not unpacked beyond the limit: %s', async (coding, body) => {
    const error = await errorOf(Promise.resolve(response(coding, body)))
    expect(error).toMatchObject({ code: 'invalid-response', detail: 'the answer is too large' })
  })

  test('that wants a window of 128 MB gets none', async () => {
    // A frame that holds `{}` in a raw block and says that it needs as much (RFC 8878 section 3.1.1).
    const wide = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (27 - 10) << 3, 0x11, 0x00, 0x00, 0x7b, 0x7d])
    expect(await errorOf(Promise.resolve(response('zstd', wide)))).toMatchObject({ code: 'invalid-response' })
  })
})

/**
 * Some hundred times what it takes alone, since no machine may be too slow: what is quadratic takes longer. undici goes on
 * for what it has read when it has refused trailers: 64 KB here take it 35 ms, over TLS it reads 16 KB.
 */
const mostBusyMs: Readonly<Record<string, number>> = { http1: 1000, undici: 4000 }

const testOnLinux = existsSync('/proc/self/clear_refs') ? test : test.skip

testOnLinux.each(kinds.map(({ name }) => name))(
  'four calls over %s to each of the hostile hold no more than 64 MB, and the loop goes on',
  async (transport) => {
    const answers = { well: (socket: { write(text: string): unknown }) => socket.write(well), ...hostileAnswers }
    const servers = await Promise.all(
      Object.values(answers).map((answer) => startTcpServer((socket) => answer(socket))),
    )
    const urls = Object.fromEntries(Object.keys(answers).map((what, index) => [what, servers[index]!.url]))
    try {
      const program = fileURLToPath(new URL('../support/transports/hostile-calls.ts', import.meta.url))
      const args = ['--expose-gc', program, JSON.stringify({ transport, urls } satisfies HostileCalls)]
      const { stdout } = await promisify(execFile)(process.execPath, args)
      const { well: _, ...endured } = JSON.parse(stdout) as Record<string, Endured>
      for (const [what, { codes, grownMb, busyMs }] of Object.entries(endured)) {
        const held = {
          codes: [...new Set(codes)].filter((code) => code !== 'timeout'),
          isSmall: grownMb < 64,
          isShort: busyMs < mostBusyMs[transport]!,
        }
        const wanted = {
          codes: codes.includes('invalid-response') ? ['invalid-response'] : [],
          isSmall: true,
          isShort: true,
        }
        expect({ what, grownMb, busyMs, ...held }).toEqual({ what, grownMb, busyMs, ...wanted })
      }
    } finally {
      await Promise.all(servers.map((server) => server.close()))
    }
  },
)

const well = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'
