import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { describeCoded, isCodable } from '../../src/browsers/coding/codable.ts'
import { type Coding, codings, compressShape } from '../../src/browsers/coding/compress-shape.ts'
import { Compressor } from '../../src/browsers/coding/compressor.ts'
import { compileNegotiation } from '../../src/browsers/coding/negotiate.ts'

describe('what a client takes', () => {
  const choose = compileNegotiation(codings)
  test.each([
    [undefined, undefined, true],
    ['', undefined, true],
    ['gzip', 'gzip', true],
    ['X-GZIP', 'gzip', true],
    ['gzip, deflate, br, zstd', 'br', true],
    ['gzip;q=1.0, br;q=0.5', 'gzip', true],
    ['gzip; q=0.5, zstd ;q=0.5', 'zstd', true],
    ['*', 'br', true],
    ['*;q=0.1, br;q=0', 'zstd', true],
    ['br;q=0, zstd;q=0, gzip;q=0', undefined, true],
    ['identity', undefined, true],
    ['identity, gzip;q=0.5', undefined, true],
    ['identity;q=0.5, gzip', 'gzip', true],
    ['identity;q=0, gzip', 'gzip', false],
    ['*;q=0', undefined, false],
    ['*;q=0, gzip', 'gzip', false],
    ['identity, *;q=0', undefined, true],
    ['gzip;q=2', undefined, true],
    ['gzip;q=', undefined, true],
    ['gzip;level=9', undefined, true],
    ['deflate, compress', undefined, true],
    ['gzip,,br', 'br', true],
  ])('%j gets %s', (accepted, coding, takesPlain) => {
    expect(choose(accepted)).toEqual({ coding, takesPlain })
  })

  test('is preferred as it is offered, where it is liked alike', () => {
    expect(compileNegotiation(['gzip', 'br'])('br, gzip').coding).toBe('gzip')
  })

  test('is never what it excludes, or what is not offered, whatever it sends', () => {
    const member = fc.tuple(
      fc.constantFrom('br', 'gzip', 'zstd', 'identity', '*', 'deflate'),
      fc.constantFrom('', ';q=0', ';q=0.3', ';q=1', '; q=0.000', ';q=x'),
    )
    fc.assert(
      fc.property(
        fc.uniqueArray(member, { selector: ([name]) => name }),
        fc.subarray([...codings]),
        (members, offered) => {
          const { coding } = compileNegotiation(offered)(members.map((one) => one.join('')).join(', '))
          if (coding === undefined) return
          expect(offered).toContain(coding)
          const weight = members.find(([name]) => name === coding) ?? members.find(([name]) => name === '*')
          expect(weight?.[1]).toMatch(/^$|0\.3|1/)
        },
      ),
    )
  })
})

test.each([
  [200, {}, 'application/json; charset=utf-8', true],
  [200, {}, 'application/problem+json', true],
  [200, {}, 'text/event-stream', true],
  [200, {}, 'image/svg+xml', true],
  [404, {}, 'text/html', true],
  [200, {}, 'image/png', false],
  [200, {}, 'application/gzip', false],
  [200, {}, 'application/octet-stream', false],
  [200, {}, '', false],
  [206, {}, 'text/plain', false],
  [200, { 'content-range': 'bytes 0-1/2' }, 'text/plain', false],
  [200, { 'content-encoding': 'br' }, 'text/plain', false],
  [200, { 'content-encoding': 'identity' }, 'text/plain', false],
  [200, { 'cache-control': 'max-age=1, No-Transform' }, 'text/plain', false],
  [200, { 'cache-control': 'no-store' }, 'text/plain', true],
] as const)('an answer %d %j of type %j may be coded: %s', (status, headers, type, may) => {
  expect(isCodable(status, headers, type)).toBe(may)
})

test('caches are told of codings once, and a tag of one is a weak one of all', () => {
  expect(describeCoded({ etag: '"a"', vary: 'x-a' })).toEqual({ etag: 'W/"a"', vary: 'x-a, accept-encoding' })
  expect(describeCoded({ etag: 'W/"a"', vary: 'Accept-Encoding' })).toEqual({ etag: 'W/"a"', vary: 'Accept-Encoding' })
  expect(describeCoded({ vary: '*' })).toEqual({ vary: '*' })
})

test('so many bodies are compressed at once, so many wait, and one more goes out as it is', async () => {
  let running = 0
  let most = 0
  const ends: (() => void)[] = []
  const encode = async (bytes: Uint8Array) => {
    most = Math.max(most, ++running)
    await new Promise<void>((resolve) => ends.push(resolve))
    running--
    return bytes
  }
  const one = Object.fromEntries(codings.map((coding) => [coding, encode])) as Record<Coding, typeof encode>
  const compressor = new Compressor(one)
  const made = Array.from({ length: 140 }, () => compressor.compress(Buffer.from('a'), 'gzip'))
  expect(made.filter((promise) => promise === undefined)).toHaveLength(10)
  const all = Promise.all(made)
  let isDone = false
  void all.then(() => {
    isDone = true
  })
  while (!isDone) {
    ends.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(most).toBe(2)
})

test('one that fails leaves its place to the next', async () => {
  const fail = () => Promise.reject(new Error('no memory'))
  const compressor = new Compressor({ br: fail, zstd: fail, gzip: async (bytes) => bytes })
  for (let time = 0; time < 5; time++)
    await expect(compressor.compress(Buffer.from('a'), 'br')).rejects.toThrow('no memory')
  await expect(compressor.compress(Buffer.from('a'), 'gzip')).resolves.toHaveLength(1)
})

test.each([[false], [{ encodings: [] }], [{ encodings: ['br', 'br'] }], [{ encodings: ['deflate'] }], [{ min: 'a' }]])(
  'compress: %j is refused',
  (policy) => {
    expect(compressShape.safeParse(policy).success).toBe(false)
  },
)
