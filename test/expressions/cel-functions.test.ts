import { beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileExpression, type Expression, openTypes } from '../../src/expressions/expression.ts'
import { compileTemplate, isVolatile, parseTemplate } from '../../src/expressions/template.ts'
import { enter, WorkBudget } from '../../src/expressions/work.ts'

beforeEach(() => enter(undefined))

function expressionOf(source: string): Expression {
  const expression = compileExpression(source, openTypes)
  if ('code' in expression) throw new Error(`${source}: ${expression.message}`)
  return expression
}
const value = (source: string, document: Record<string, unknown> = {}) => expressionOf(source).evaluate(document)
const messageOf = (source: string) => {
  const fault = compileExpression(source, openTypes)
  return 'code' in fault ? fault.message : undefined
}

describe('text is measured in code points', () => {
  test.each([
    ["'😀小明'.substring(0, 1)", '😀'],
    ["'😀小明'.substring(1)", '小明'],
    ["'😀小明'.charAt(1)", '小'],
    ["'a😀b'.indexOf('b')", 2],
    ["'a😀b😀'.lastIndexOf('😀')", 3],
    ["'😀😀b'.indexOf('b', 2)", 2],
    ["'😀b'.split('')", ['😀', 'b']],
    ["'😀b'.replace('', '-')", '-😀-b-'],
    ["'a😀'.reverse()", '😀a'],
    ["'\\U00010000' > '\\uE000'", true],
    ["['\\U00010000', '\\uE000'].sort()", ['\ue000', '\u{10000}']],
    ["'\\u0085x\\ufeff'.trim()", 'x\ufeff'],
  ])('%s', (source, wanted) => expect(value(source)).toEqual(wanted))

  test('positions agree with the list of its letters', () => {
    const letters = fc.array(fc.constantFrom('a', 'é', '😀', '小', '\u{10000}'), { maxLength: 12 })
    fc.assert(
      fc.property(letters, fc.nat(12), fc.nat(12), (all, one, other) => {
        enter(undefined)
        const [from, to] = [Math.min(one, other, all.length), Math.min(Math.max(one, other), all.length)]
        const document = { t: all.join(''), from, to, part: all.slice(from, to).join('') }
        expect(value('t.substring(from, to)', document)).toBe(document.part)
        expect(value('size(t)', document)).toBe(all.length)
        const found = value('t.indexOf(part)', document) as number
        expect(all.slice(found, found + to - from).join('')).toBe(document.part)
      }),
    )
  })
})

describe('a timestamp', () => {
  test.each(['2024-02-30T00:00:00Z', '2023-02-29T00:00:00Z', '2024-01-01T24:00:00Z', '2024-13-01T00:00:00Z'])(
    'that does not exist fails: %s',
    (text) => expect(() => value('timestamp(t)', { t: text })).toThrow(),
  )
  test('of milliseconds by mistake fails', () =>
    expect(() => value('timestamp(t)', { t: 1_700_000_000_000 })).toThrow())
  test.each([
    ["timestamp('2026-03-01T10:00:00Z')", '2026-03-01T10:00:00Z'],
    ["timestamp('2026-03-01T10:00:00.120Z')", '2026-03-01T10:00:00.12Z'],
    ["timestamp('2026-03-01T10:00:00.123456789+01:00')", '2026-03-01T09:00:00.123456789Z'],
    ["timestamp('1969-12-31T23:59:59.999999Z') + duration('1us')", '1970-01-01T00:00:00Z'],
    ["timestamp('2026-03-01T10:00:00.000001Z') - timestamp('2026-03-01T10:00:00.000000500Z')", '0.0000005s'],
    ["timestamp('2026-03-01T10:00:00.000001Z') == timestamp('2026-03-01T10:00:00.000002Z')", false],
    ["timestamp('2026-03-01T10:00:00.000001Z') < timestamp('2026-03-01T10:00:00.000002Z')", true],
    [
      "[timestamp('2026-03-01T10:00:00.000002Z'), timestamp('2026-03-01T10:00:00.000001Z')].sort()[0]",
      '2026-03-01T10:00:00.000001Z',
    ],
    ["[timestamp('2026-03-01T10:00:00.000002Z'), timestamp('2026-03-01T10:00:00.000001Z')].distinct().size()", 2],
    ['timestamp(1700000000.25)', '2023-11-14T22:13:20.25Z'],
    ["duration('-1.5s')", '-1.5s'],
    ["duration('0s')", '0s'],
    ["timestamp('2026-03-01T23:30:00Z').format('yyyy-MM-dd', 'Asia/Shanghai')", '2026-03-02'],
    ["timestamp('0001-01-01T00:00:00Z').format('yyyy-MM-dd', 'America/New_York')", '0000-12-31'],
    ["timestamp('0001-01-01T00:00:00Z').getFullYear('America/New_York')", 0],
    ["timestamp('2026-03-29T01:30:00Z').format('HH:mm xxx', 'Europe/Berlin')", '03:30 +02:00'],
    [
      "timestamp('2026-07-04T16:05:09.007Z').format(\"EEE, d MMM yyyy 'at' h:mm:ss.SSS a\")",
      'Sat, 4 Jul 2026 at 4:05:09.007 PM',
    ],
    ["timestamp('2026-03-01T23:30:00Z').format('yyyyMMdd HHmm', '-09:30')", '20260301 1400'],
  ])('%s is %s', (source, wanted) => expect(value(source)).toBe(wanted))
  test('has a pattern and a zone that are checked at load', () => {
    expect(messageOf("timestamp(t).format('YYYY')")).toBe('a time has no `YYYY` in its pattern')
    expect(messageOf("timestamp(t).getHours('Mars/Base')")).toBe('there is no time zone `Mars/Base`')
    expect(() => value('timestamp(t).getHours(z)', { t: 0, z: 'Mars/Base' })).toThrow()
  })
})

describe('now()', () => {
  test('is one instant for all that one request works out', () => {
    let time = 1_772_359_200_000
    const clock = { now: () => 0, deadline: 1, epoch: () => time++ }
    const budget = new WorkBudget(1000, clock)
    const read = () => {
      enter(budget)
      return value('now()')
    }
    expect([read(), read()]).toEqual(['2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z'])
    enter(new WorkBudget(1000, clock))
    expect(value('now()')).toBe('2026-03-01T10:00:00.001Z')
  })

  test('and uuid() are no constants of a file', () => {
    const { template } = parseTemplate(['${ now() }', '${ uuid() }', 'x ${ uuid() }'], openTypes)
    expect(isVolatile(template)).toBe(true)
    const read = compileTemplate(template)
    const made = () => {
      enter(undefined)
      return read({ request: {}, steps: {} }) as string[]
    }
    expect(made()[1]).not.toBe(made()[1])
    expect(isVolatile(parseTemplate('${ 1 + 1 }', openTypes).template)).toBe(false)
  })
})

describe('a regular expression', () => {
  test.each([
    ["regex.extract('a', 'b').hasValue()", false],
    ["regex.extract('k=v', '(\\\\w)=').orValue('')", 'k'],
    ["regex.extractAll('a1b22', '[0-9]+')", ['1', '22']],
    ["regex.replace('a1b22', '[0-9]', '#')", 'a#b##'],
    ["regex.replace('a1b22', '[0-9]', '#', 1)", 'a#b22'],
    ["regex.replace('john doe', '^(\\\\w+) (\\\\w+)', '\\\\2 \\\\1')", 'doe john'],
    ["regex.replace('a', 'a', '$&')", '$&'],
  ])('%s', (source, wanted) => expect(value(source)).toEqual(wanted))
  test.each([
    ["regex.replace(t, '(a+)+b', '')", /linear time/],
    ['regex.replace(t, p, "")', /must stand in the expression itself/],
    ["regex.replace(t, 'a', '\\\\1')", /no group of the pattern/],
    ["regex.extract(t, '(a)(b)')", /at most one group/],
  ])('is refused at load: %s', (source, wanted) => expect(messageOf(source)).toMatch(wanted))
})

describe('a map by numbers', () => {
  test.each([
    ["{1: 'gold', 2: 'silver'}[tier]", 'silver'],
    ["{1: 'gold'}[?tier].orValue('none')", 'none'],
    ['tier in {2: true} && !(tier in {"2": true})', true],
    ['{true: 1}[tier == 2]', 1],
    ['{1: 2, 3: 4}.map(k, k + 1)', [2, 4]],
    ['cel.bind(m, {2: 3}, m[tier])', 3],
    ['{1: [timestamp(0)]}', { 1: ['1970-01-01T00:00:00Z'] }],
    ['{1: 2} == {1.0: 2.0} && {1: 2} != {"1": 2}', true],
  ])('%s', (source, wanted) => expect(value(source, { tier: 2 })).toEqual(wanted))
})

describe('what may be left out', () => {
  test.each([
    ["{'a': 1, ?'b': x.?b, ?'c': x.?c}", { a: 1, c: 3 }],
    ['[?x.?b, ?x.?c, 4]', [3, 4]],
    ['x.`a-b`', 5],
  ])('%s', (source, wanted) => expect(value(source, { x: { c: 3, 'a-b': 5 } })).toEqual(wanted))
  test('is an optional', () => expect(messageOf('[?x.b]')).toBe('this is no optional'))
})

describe('a space of functions', () => {
  test('counts only before a call', () =>
    expect(value('math.greatest(math.least, hash)', { math: { least: 3 }, hash: 4 })).toBe(4))
  test('is known where a name in it is misspelt', () => {
    const types = { ...openTypes, roots: new Map() }
    const fault = compileExpression('math.gretest(1, 2)', types)
    expect(fault).toMatchObject({
      message: 'there is no function `math.gretest`',
      help: 'did you mean `math.greatest`?',
    })
  })
})

test.each([
  ["base64.decode('a')", /base64/],
  ["base64.decode('/w==')", /not text/],
  ["json.decode('{')", /not JSON/],
  ["url.decode('%zz')", /percent/],
  ['[1, "a"].sort()', /no order/],
  ['lists.range(1e9)', /range/],
  ["double('0x1')", /number/],
  ["double(' 1')", /number/],
  ["timestamp('2026-03-01T10:00:00Z').getHours(x)", /time zone/],
])('what cannot be read fails: %s', (source, wanted) =>
  expect(() => value(source, { x: '+99:99' })).toThrow(
    expect.objectContaining({ reason: expect.stringMatching(wanted) }),
  ),
)

test('json keeps numbers as they are', () => {
  expect(value('json.encode(json.decode(\'{"id":9007199254740993,"p":1.50}\'))')).toBe(
    '{"id":9007199254740993,"p":1.50}',
  )
})
