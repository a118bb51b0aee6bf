import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { checkPattern } from '../../src/expressions/pattern.ts'

describe('a regular expression', () => {
  test.each([
    'vip|new',
    '^[a-z]+(-[a-z]+)*$',
    '^[^@]+@[^@]+$',
    '\\.(jpg|png)$',
    '^https?://[^/]+/',
    '[a-z]+',
    'a.*',
    '^.*foo',
    '\\d{4}-\\d{2}-\\d{2}',
    '\\p{Lu}',
    '^(?<year>\\d+)$',
    '',
    '[^]]',
    '^\\u{1F600}+$',
    '\\bfoo\\b',
    '^(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}$',
  ])('%s is linear', (source) => {
    expect(checkPattern(source.replace('[^]]', '[^\\]]'), 'search')).toBeUndefined()
  })

  test.each([
    '(a+)+$',
    '(a*)*b',
    '(a|a)*b',
    '(a|aa)+$',
    '^\\d+\\d+$',
    '^\\S+@\\S+$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(x+x+)+y',
    '^(a?){30}a{30}$',
    'a((b|b)*c)?',
    '.*foo',
    'a.*b',
    '^(.|\\s)*x',
    '([^x]|[a-z])*!',
    'a{1,200}a{1,200}',
    '(\\p{L}+)*$',
    '^(?:a|[^b])*c',
    '\\s+$',
    '(?=a)b',
    '(?<!a)b',
    '(a)\\1',
    '(?<n>a)\\k<n>',
  ])('%s is not provably so', (source) => {
    expect(checkPattern(source, 'search')?.kind).toBe('unsafe')
  })

  test('may need an anchor only', () => {
    expect(checkPattern('.*foo', 'search')?.reason).toBe('it may begin anywhere: anchor it with ^')
    expect(checkPattern('.*foo', 'match')).toBeUndefined()
  })

  test.each(['[', '(', 'a**', '\\', '(?<x', '{1}'])('%s is none', (source) => {
    expect(checkPattern(source, 'search')?.kind).toBe('syntax')
  })

  test('however large is judged at once', () => {
    expect(checkPattern('(a?){300}', 'search')?.kind).toBe('unsafe')
    expect(checkPattern(`${'('.repeat(400)}a${')'.repeat(400)}`, 'search')).toBeUndefined()
    expect(checkPattern(`${'(a|b|'.repeat(160)}c${')*'.repeat(160)}`, 'search')?.kind).toBe('unsafe')
    expect(checkPattern('(?:){1000000000}', 'search')).toBeUndefined()
    expect(checkPattern('a'.repeat(2000), 'search')?.kind).toBe('unsafe')
  })

  test('that is accepted never hangs on hostile text', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '(?:a|b)', '(?:a|ab)', '^', '$', 'x')
    const repeated = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2,3}', '*?'))
      .map(([one, times]) => (/[\^$]/.test(one) && one.length === 1 ? one : one + times))
    const sequence = fc.array(repeated, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''))
    const pattern = fc.oneof(
      sequence,
      fc
        .tuple(sequence, fc.constantFrom('*', '+', '{1,3}'), sequence)
        .map(([inner, times, rest]) => `(?:${inner})${times}${rest}`),
    )
    const texts = ['a', 'b', 'ab', 'aab', 'xa'].map((unit) => `${unit.repeat(120_000 / unit.length)}!`)
    const sandbox = createContext({ texts, source: '' })
    fc.assert(
      fc.property(pattern, (source) => {
        if (checkPattern(source, 'search')) return
        sandbox['source'] = source
        // Linear time is milliseconds; quadratic would be minutes, and the sandbox would end it with an error.
        runInContext("regexp = new RegExp(source, 'u'); texts.map((text) => regexp.test(text))", sandbox, {
          timeout: 8000,
        })
      }),
      { numRuns: 300 },
    )
  })
})
