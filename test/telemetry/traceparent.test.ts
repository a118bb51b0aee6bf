import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  parseBaggage,
  parseTraceparent,
  parseTracestate,
  printTraceparent,
  readPropagation,
} from '../../src/telemetry/traceparent.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
const id = (length: number) => hex(length).filter((digits) => !/^0+$/.test(digits))

describe('traceparent', () => {
  test('gives back the ids and flags it was printed from', () => {
    fc.assert(
      fc.property(id(32), id(16), fc.integer({ min: 0, max: 3 }), (traceId, parentId, flags) => {
        expect(parseTraceparent(printTraceparent(traceId, parentId, flags))).toEqual({ traceId, parentId, flags })
      }),
    )
  })

  test('reads a newer version as far as it knows it', () => {
    expect(parseTraceparent(`cc-${traceId}-${parentId}-01`)).toEqual({ traceId, parentId, flags: 1 })
    expect(parseTraceparent(`cc-${traceId}-${parentId}-01-what-the-future-holds`)).toMatchObject({ traceId })
  })

  test('keeps unknown flags to itself', () => {
    expect(parseTraceparent(`00-${traceId}-${parentId}-ff`)?.flags).toBe(0xff)
    expect(printTraceparent(traceId, parentId, 0xff)).toBe(`00-${traceId}-${parentId}-03`)
  })

  test.each([
    ['version ff', `ff-${traceId}-${parentId}-01`],
    ['a version that is no hex', `0x-${traceId}-${parentId}-01`],
    ['a zero trace id', `00-${'0'.repeat(32)}-${parentId}-01`],
    ['a zero parent id', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['upper case', `00-${traceId.toUpperCase()}-${parentId}-01`],
    ['a letter that is no hex', `00-${traceId.replace('a', 'g')}-${parentId}-01`],
    ['flags that are no hex', `00-${traceId}-${parentId}-0g`],
    ['a short one', `00-${traceId}-${parentId}-1`],
    ['version 00 with more after it', `00-${traceId}-${parentId}-01-more`],
    ['a newer version without a dash after the flags', `cc-${traceId}-${parentId}-01.more`],
    ['other separators', `00_${traceId}_${parentId}_01`],
    ['two of them', `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`],
    ['an empty one', ''],
  ])('refuses %s', (_, header) => {
    expect(parseTraceparent(header)).toBeUndefined()
  })

  test('refuses an array and an absent one', () => {
    expect(parseTraceparent([`00-${traceId}-${parentId}-01`, `00-${traceId}-${parentId}-01`])).toBeUndefined()
    expect(parseTraceparent(undefined)).toBeUndefined()
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        parseTraceparent(text)
        parseTracestate(text)
        parseBaggage(text)
      }),
    )
  })
})

describe('tracestate', () => {
  test('joins several headers into one, without blanks and empty members', () => {
    expect(parseTracestate(['a=1, b@vendor=x y', ' ,c-d=2'])).toBe('a=1,b@vendor=x y,c-d=2')
  })

  test.each([
    ['an upper-case key', 'Foo=1'],
    ['a member without a value', 'foo'],
    ['an empty value', 'foo='],
    ['two equals signs', 'foo=1=2'],
    ['a value that is not printable', 'foo=\u00e9'],
    ['nothing in it', ' , '],
  ])('is dropped for %s', (_, header) => {
    expect(parseTracestate(header)).toBeUndefined()
  })

  test('takes 32 members and 512 characters', () => {
    const members = Array.from({ length: 32 }, (_, index) => `k${index}=1`).join(',')
    expect(parseTracestate(members)).toBe(members)
    const long = `a=${'x'.repeat(250)},b=${'x'.repeat(250)},cc=xxx`
    expect(long).toHaveLength(512)
    expect(parseTracestate(long)).toBe(long)
  })

  const many = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=1`).join(',')
  test.each([
    ['a member that is none', 'foo=1,Bar=2,baz=3', 'foo=1,baz=3'],
    ['the older of two of a key', 'foo=1,bar=2,foo=3', 'foo=1,bar=2'],
    ['the 33rd member', many(33), many(32)],
    [
      'long members first where it is over 512 characters',
      `a=1,b=${'x'.repeat(200)},c=${'y'.repeat(120)},d=${'z'.repeat(200)}`,
      `a=1,c=${'y'.repeat(120)}`,
    ],
    ['then what stands at the end', many(120), many(32)],
    [
      'the oldest of many of 100 characters',
      Array.from({ length: 8 }, (_, at) => `k${at}=${'v'.repeat(97)}`).join(','),
      Array.from({ length: 5 }, (_, at) => `k${at}=${'v'.repeat(97)}`).join(','),
    ],
  ])('loses %s, and nothing else', (_, header, kept) => {
    expect(parseTracestate(header)).toBe(kept)
  })
})

describe('baggage', () => {
  test('passes through with its properties', () => {
    expect(parseBaggage('user=amelie;internal;ttl=1, seg = new%20one')).toBe(
      'user=amelie;internal;ttl=1,seg = new%20one',
    )
  })

  test.each([
    ['a member without a value', 'user'],
    ['a value in quotes', 'user="x"'],
    ['a key with a blank', 'us er=1'],
    ['a control character', 'user=\u0001'],
    ['8193 bytes', `user=${'x'.repeat(8188)}`],
    ['181 members', Array.from({ length: 181 }, (_, index) => `k${index}=1`).join(',')],
  ])('is dropped for %s', (_, header) => {
    expect(parseBaggage(header)).toBeUndefined()
  })
})

describe('what a call carries on', () => {
  const traceparent = `00-${traceId}-${parentId}-01`

  test('is tracestate, baggage and the request’s id', () => {
    expect(readPropagation({ traceparent, tracestate: 'a=1', baggage: 'b=2' }, 'r-1')).toEqual({
      tracestate: 'a=1',
      baggage: 'b=2',
      requestId: 'r-1',
    })
  })

  test('is no tracestate without a valid traceparent', () => {
    expect(readPropagation({ tracestate: 'a=1' }, 'r-1').tracestate).toBeUndefined()
    expect(readPropagation({ traceparent: 'ff', tracestate: 'a=1' }, 'r-1').tracestate).toBeUndefined()
  })
})
