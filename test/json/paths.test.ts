import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileIndexer } from '../../src/json/indexer.ts'
import { parseJson } from '../../src/json-text.ts'
import { jsonTexts, plainNames } from '../support/json/texts.ts'
import { expectSame, valueAt } from '../support/json/values.ts'

const find = (text: string, ...paths: (string | number)[][]) => compileIndexer(paths, 500)(Buffer.from(text))
const textsOf = (text: string, ...paths: (string | number)[][]) =>
  find(text, ...paths)?.map((slice) => slice && Buffer.from(slice.bytes).toString())

describe('a path in a body', () => {
  test('leads to the bytes of its value as they were sent', () => {
    const text = '{"n": 1.0, "s" : "\\u00e9\\/" ,"o":{ "a" : [ 1 , {} ] },"l":[true,null,1E400, 12345678901234567890 ]}'
    expect(textsOf(text, ['n'], ['s'], ['o'], ['o', 'a', 1], ['l', 0], ['l', 1], ['l', 2], ['l', 3])).toEqual([
      '1.0',
      '"\\u00e9\\/"',
      '{ "a" : [ 1 , {} ] }',
      '{}',
      'true',
      'null',
      '1E400',
      '12345678901234567890',
    ])
  })

  test('may be empty, for the whole without the space around it', () => {
    expect(textsOf(' [ 1 ] ', [])).toEqual(['[ 1 ]'])
    expect(textsOf('\n7\n', [])).toEqual(['7'])
  })

  test('leads nowhere where there is nothing, or something else', () => {
    const nowhere = [
      ['b'],
      ['a', 'b'],
      ['a', 2],
      ['a', 'length'],
      [0],
      ['s', 0],
      ['s', 'length'],
      ['n', 'x'],
      ['a', 0, 'x'],
    ]
    expect(find('{"a":[1,{}],"s":"abc","n":null}', ...nowhere)).toEqual(nowhere.map(() => undefined))
    expect(textsOf('[1,2]', ['0'], [0], [2], [999])).toEqual([undefined, '1', undefined, undefined])
  })

  test('takes the last of members that have one name, and nothing of those before', () => {
    expect(textsOf('{"a":1,"b":2,"a":3}', ['a'], ['b'])).toEqual(['3', '2'])
    expect(textsOf('{"a":{"b":1},"a":{"c":2}}', ['a', 'b'], ['a', 'c'])).toEqual([undefined, '2'])
    expect(textsOf('{"a":{"b":1},"a":7}', ['a', 'b'], ['a'])).toEqual([undefined, '7'])
    expect(textsOf('{"a":[{"b":1}],"a":[]}', ['a', 0, 'b'])).toEqual([undefined])
  })

  test('finds names of any length that differ anywhere', () => {
    for (let length = 1; length < 40; length++) {
      const name = 'n'.repeat(length)
      const others = Array.from({ length }, (_, at) => `${name.slice(0, at)}x${name.slice(at + 1)}`)
      const text = (names: string[]) => JSON.stringify(Object.fromEntries(names.map((each, i) => [each, i])))
      expect(textsOf(text([...others, name, `${name}n`, name.slice(1)]), [name])).toEqual([`${length}`])
      expect(textsOf(text([...others, `${name}n`, name.slice(1)]), [name])).toEqual([undefined])
      expect(textsOf(text(others), ...others.map((other) => [other]))).toEqual(others.map((_, i) => `${i}`))
    }
  })

  test('finds many names at once', () => {
    const names = Array.from({ length: 500 }, (_, i) => `name${i}`)
    const text = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, i])))
    expect(textsOf(text, ...names.map((name) => [name]))).toEqual(names.map((_, i) => `${i}`))
  })

  test('finds names that are empty, not ASCII, or what every object inherits', () => {
    const text = '{"":1,"名":2,"__proto__":3,"constructor":4,"é":5,"ab":6,"a":7,"abc":8}'
    const names = [
      '',
      '名',
      '__proto__',
      'constructor',
      'é',
      'ab',
      'a',
      'abc',
      'toString',
      '\u0000',
      'a\u0000',
      '\ud800',
    ]
    expect(textsOf(text, ...names.map((name) => [name]))).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      ...Array(4).fill(undefined),
    ])
    expect(textsOf('{"\ufffd":1}', ['\ud800'])).toEqual([undefined])
  })

  test('gives up where a name had to be found beside one with an escape, and only there', () => {
    expect(find('{"\\u0061":1}', ['a'])).toBeUndefined()
    expect(find('{"\\u0061":1,"b":2}', ['b'])).toBeUndefined()
    expect(find('{"b":{"\\"":1}}', ['b', 'c'])).toBeUndefined()
    expect(textsOf('{"b":{"\\"":1},"c":[{"\\n":1}]}', ['b'], ['c', 0])).toEqual(['{"\\"":1}', '{"\\n":1}'])
    expect(textsOf('{"\\"":1}', [])).toEqual(['{"\\"":1}'])
  })

  test('may be looked for with others, above and below it and twice', () => {
    expect(textsOf('{"a":{"b":[1,2]}}', ['a', 'b', 1], ['a', 'b'], ['a'], [], ['a', 'b', 1], ['a', 'b', 0])).toEqual([
      '2',
      '[1,2]',
      '{"b":[1,2]}',
      '{"a":{"b":[1,2]}}',
      '2',
      '1',
    ])
    expect(find('{"a":1}')).toEqual([])
    expect(textsOf('{"a":{"x":1}}', ['a', 0], ['a', 'x'])).toEqual([undefined, '1'])
    expect(textsOf('{"a":[5]}', ['a', 0], ['a', 'x'])).toEqual(['5', undefined])
  })

  test('gives what it gives on the parsed value', () => {
    const path = fc.array(fc.oneof(fc.constantFrom(...plainNames), fc.nat({ max: 4 })), { maxLength: 4 })
    fc.assert(
      fc.property(jsonTexts({ escapes: false }), fc.array(path, { maxLength: 6 }), (text, paths) => {
        const value: unknown = parseJson(text)
        const found = find(text, ...paths)!.map((slice) => slice?.parse())
        expectSame(
          found,
          paths.map((path) => valueAt(value, path)),
        )
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a slice', () => {
  const [slice] = find('{"a":{"b":"名"}}', ['a'])!

  test('is its value to JSON.stringify, wherever it stands', () => {
    expect(JSON.stringify({ x: [slice] })).toBe('{"x":[{"b":"名"}]}')
    expect(slice!.toJSON()).toEqual({ b: '名' })
  })

  test('makes its value anew each time', () => {
    expect(slice!.parse()).not.toBe(slice!.parse())
  })

  test('shares the bytes of its body', () => {
    const bytes = Buffer.from(' [1] ')
    const [whole] = compileIndexer([[]], 1)(bytes)!
    expect(whole!.bytes.buffer).toBe(bytes.buffer)
    expect(whole!.json.bytes).toBe(bytes)
  })
})
