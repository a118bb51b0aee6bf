import { describe, expect, test } from '@jest/globals'
import { lifetimesOf } from '../../../src/calls/http-caching/lifetimes.ts'

const policy = { ttlMs: 30_000, staleMs: 5_000, staleIfErrorMs: 60_000, override: false }
const now = Date.parse('Tue, 14 Nov 2023 12:00:00 GMT')
const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toUTCString()
const freshMs = (headers: Record<string, string>, tookMs = 0) => lifetimesOf(policy, headers, tookMs, now).freshMs

describe('how long an answer is fresh', () => {
  test.each<[string, Record<string, string>, number]>([
    ['by the policy, when the backend is silent', {}, 30_000],
    ['by s-maxage before max-age', { 'cache-control': 'max-age=10, s-maxage=20' }, 20_000],
    ['by max-age before Expires', { 'cache-control': 'max-age=10', expires: minutesAgo(-9) }, 10_000],
    ['by Expires, from its Date on', { expires: minutesAgo(-2), date: minutesAgo(0) }, 120_000],
    ['by Expires, from now on without a Date', { expires: minutesAgo(-2) }, 120_000],
    ['not at all after an Expires that is none', { expires: '0' }, 0],
    ['less its Age', { 'cache-control': 'max-age=100', age: '40' }, 60_000],
    ['less the time since its Date', { 'cache-control': 'max-age=100', date: minutesAgo(1) }, 40_000],
    ['less the greater of both', { 'cache-control': 'max-age=100', date: minutesAgo(1), age: '70' }, 30_000],
    ['never longer for a Date to come', { 'cache-control': 'max-age=100', date: minutesAgo(-9) }, 100_000],
    ['by the policy whatever its Age', { age: '1000' }, 30_000],
    ['not at all after an Age that is none', { 'cache-control': 'max-age=100', age: 'old' }, 0],
    ['not at all where one Age of several is none', { 'cache-control': 'max-age=100', age: 'old, 0' }, 0],
    ['less the oldest of several ages', { 'cache-control': 'max-age=100', age: '10, 30' }, 70_000],
    [
      'by what is said to caches like this one',
      { 'cache-control': 'no-store', 'cdn-cache-control': 'max-age=9' },
      9_000,
    ],
    ['by that before Expires too', { 'cdn-cache-control': 'stale-if-error=1', expires: minutesAgo(-2) }, 30_000],
    ['by the rest where that says nothing', { 'cache-control': 'max-age=8', 'cdn-cache-control': ' ' }, 8_000],
    ['not at all with no-cache', { 'cache-control': 'no-cache, max-age=100' }, 0],
  ])('%s', (_name, headers, expected) => {
    expect(freshMs(headers)).toBe(expected)
  })

  test.each(['Tue, 14 Nov 2023 12:02:00 GMT', 'Tuesday, 14-Nov-23 12:02:00 GMT', 'Tue Nov 14 12:02:00 2023'])(
    'by an Expires in a form that HTTP has: %s',
    (expires) => expect(freshMs({ expires })).toBe(120_000),
  )

  test.each([
    'Tue, 14 Nov 2023 9:02:00 GMT',
    'Tue, 14-Nov-2023 12:02:00 GMT',
    'Tue 14 Nov 2023 12:02:00 GMT',
    'Tue,  14 Nov 2023 12:02:00 GMT',
    'Tue, 14 Nov 2023 12:02:00 UTC',
    'Thu, 30 Feb 2034 12:00:00 GMT',
    'Tue, 14 Nov 2023 24:02:00 GMT',
    '2034-01-01T00:00:00Z',
    'Friday, 14-Nov-90 12:00:00 GMT',
  ])('not at all after an Expires that only looks like a date: %s', (expires) => expect(freshMs({ expires })).toBe(0))

  test('less the time that it took, where it has an Age', () => {
    expect(freshMs({ 'cache-control': 'max-age=100', age: '40' }, 1500)).toBe(58_500)
  })

  test('by the policy alone when that says so', () => {
    const headers = { 'cache-control': 'no-cache, no-store, max-age=1', expires: '0' }
    expect(lifetimesOf({ ...policy, override: true }, headers, 0, now)).toEqual({
      freshMs: 30_000,
      staleMs: 5_000,
      staleIfErrorMs: 60_000,
    })
  })
})
