import { describe, expect, test } from '@jest/globals'
import { readRetryAfter } from '../../../src/calls/policies/retry-after.ts'

const now = Date.parse('Fri, 31 Dec 1999 23:59:59 GMT')

describe('Retry-After', () => {
  test('is seconds or a date, and a date that is over is now', () => {
    expect(readRetryAfter(503, '120', now)).toBe(120_000)
    expect(readRetryAfter(429, '0', now)).toBe(0)
    expect(readRetryAfter(503, 'Sat, 01 Jan 2000 00:00:09 GMT', now)).toBe(10_000)
    expect(readRetryAfter(503, 'Fri, 31 Dec 1999 00:00:00 GMT', now)).toBe(0)
  })

  test('counts with 429 and 503 only, where it asks to wait', () => {
    expect(readRetryAfter(301, '120', now)).toBeUndefined()
    expect(readRetryAfter(500, '120', now)).toBeUndefined()
  })

  test.each(['', '-1', '1.5', 'soon', '12345678901', '0x10', 'NaN', '2000-01-01', '1 2'])(
    'says nothing with %j',
    (text) => {
      expect(readRetryAfter(503, text, now)).toBeUndefined()
    },
  )

  test('says nothing when it is not there or there twice', () => {
    expect(readRetryAfter(503, undefined, now)).toBeUndefined()
    expect(readRetryAfter(503, '1, 2', now)).toBeUndefined()
  })
})
