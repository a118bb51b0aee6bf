import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseCacheControl } from '../../../src/calls/http-caching/cache-control.ts'

const nothing = {
  noStore: false,
  private: false,
  noCache: false,
  mustRevalidate: false,
  maxAge: undefined,
  sMaxAge: undefined,
  staleWhileRevalidate: undefined,
  staleIfError: undefined,
}

describe('Cache-Control', () => {
  test.each([
    [undefined, {}],
    ['', {}],
    ['No-Store', { noStore: true }],
    ['private="x-user, set-cookie", max-age=5', { private: true, maxAge: 5 }],
    ['no-cache="a\\"b"', { noCache: true }],
    ['must-revalidate', { mustRevalidate: true }],
    ['proxy-revalidate', { mustRevalidate: true }],
    ['max-age=60, s-maxage="90"', { maxAge: 60, sMaxAge: 90 }],
    ['max-age = 7', { maxAge: 7 }],
    ['max-age=1, max-age=2', { maxAge: 1 }],
    ['max-age=-1', { maxAge: 0 }],
    ['max-age=1.5', { maxAge: 0 }],
    ['max-age', { maxAge: 0 }],
    [`max-age=${'9'.repeat(40)}`, { maxAge: 2 ** 31 }],
    ['stale-while-revalidate=10, stale-if-error=20', { staleWhileRevalidate: 10, staleIfError: 20 }],
    ['x-no-store, foo="no-store"', {}],
    [['max-age=3', 'private'], { maxAge: 3, private: true }],
  ])('%p', (header, expected) => {
    expect(parseCacheControl(header)).toEqual({ ...nothing, ...expected })
  })

  test('never gives a time that is none, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { maxAge = 0, sMaxAge = 0 } = parseCacheControl(`max-age=${text}, s-maxage=${text}`)
        for (const seconds of [maxAge, sMaxAge]) expect(seconds >= 0 && seconds <= 2 ** 31).toBe(true)
      }),
    )
  })
})
