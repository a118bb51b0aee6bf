import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { hasMalformedEscape, isUnsafePath } from '../src/path-safety.ts'

describe('a path is unsafe', () => {
  test.each([
    '/..',
    '/a/../b',
    '/a/.',
    '/./a',
    '/a/%2e%2e/b',
    '/a/.%2E',
    '/%252e%252e/a',
    `/%${'25'.repeat(1000)}2e`,
    '/a/..%2fb',
    '/a%2f..',
    '/a/..\\b',
    '/x\\..\\..\\admin',
    '/x%5c..%5Cadmin',
    '/a/..;x/b',
    '/a/..%3bx/b',
    '/a/..%3Fx',
    '/a/.%23x',
    '/a/.%09./b',
    '/a/%2%65/b',
    '..%252fadmin%25zz',
    '%zz/../a',
    '/a%00.png',
    '/a%2500.png',
    '/a/%c0%ae%c0%ae/b',
    '/..%c0%afb',
    '/..%25e0%2580%25afb',
    '/a/%f0%80%80%af',
  ])('%s', (path) => {
    expect(isUnsafePath(path)).toBe(true)
  })
})

describe('a path is safe', () => {
  test.each([
    '/',
    '/a.b',
    '/...',
    '/.well-known/x',
    '/a..b/c',
    '/a/b.',
    '/v1.0/x',
    '/%2e%2e%2e',
    '/100%25',
    '/a%2Fb',
    '100%',
    'a%b',
    '50% off',
    '..hidden',
    '…',
    '.gitignore',
    '上海',
    '/%E4%B8%8A%E6%B5%B7',
    '100%c0ffee',
    'a;b',
    'What?',
  ])('%s', (path) => {
    expect(isUnsafePath(path)).toBe(false)
  })
})

/** Decodes in rounds until nothing changes: slow, and plainly right. What is above ASCII is a byte. */
function decodeInRounds(text: string): string {
  const next = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => {
    const code = Number.parseInt(hex, 16)
    return String.fromCharCode(code < 0x80 ? code : 0xdc00 + code)
  })
  return next === text ? text : decodeInRounds(next)
}

function isUnsafeInRounds(text: string): boolean {
  const decoded = decodeInRounds(text)
  const segments = decoded.split(/[/\\]/).map((segment) => segment.split(/[;?#]/)[0]!.replace(/[\t\r\n]/g, ''))
  return (
    segments.some((segment) => segment === '.' || segment === '..') ||
    decoded.includes('\0') ||
    /[\udcc0\udcc1][\udc80-\udcbf]|\udce0[\udc80-\udc9f]|\udcf0[\udc80-\udc8f]/.test(decoded)
  )
}

const piece = fc.constantFrom(...'%%%%2255eEfFcC0089aAzb..//\\;?#\t\u0000é'.split(''), '%25', '%2e', '%c0', '%af', '😀')
const text = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string(),
)

test('one pass finds what decoding in rounds finds', () => {
  const law = fc.property(text, (value) => {
    expect(isUnsafePath(value)).toBe(isUnsafeInRounds(value))
  })
  fc.assert(law, { numRuns: 20_000 })
})

test('encoding once more changes nothing', () => {
  const law = fc.property(text, (value) => {
    expect(isUnsafePath(encodeURIComponent(value.toWellFormed()))).toBe(isUnsafePath(value.toWellFormed()))
  })
  fc.assert(law, { numRuns: 5000 })
})

test('an escape of a target is a percent sign and two digits', () => {
  expect(['/a%2', '/%', '/%zz', '/%2g', '/%%25'].map(hasMalformedEscape)).toEqual([true, true, true, true, true])
  expect(['/', '/a%25zz', '/%e9'].map(hasMalformedEscape)).toEqual([false, false, false])
})
