import { describe, expect, test } from '@jest/globals'
import { compileIndexer } from '../../src/json/indexer.ts'
import type { Part, TextSource } from '../../src/json/part.ts'
import { compileWriter } from '../../src/json/writer.ts'

const whole = (text: string) => compileIndexer([[]], 500)(Buffer.from(text))![0]!
const slot = (...path: (string | number)[]) => ({ kind: 'slot', slot: 0, path }) as const
const item = (...path: (string | number)[]) => ({ kind: 'item', path }) as const
const literal = (value: unknown) => ({ kind: 'literal', value }) as const
const object = (members: Record<string, Part>): Part => ({ kind: 'object', members: Object.entries(members) })
const list = (...items: Part[]): Part => ({ kind: 'array', items })
const text = (...parts: (string | TextSource)[]): Part => ({ kind: 'text', parts })
const each = (from: Part & { kind: 'slot' | 'item' }, map: Part): Part => ({ kind: 'each', list: from, map })
const write = (part: Part, ...slots: unknown[]) => compileWriter(part)(slots)?.toString()

describe('an answer', () => {
  test('has numbers, strings, spaces and members of one name as they were sent', () => {
    const sent =
      '{"a":1.0,"b":1E400,"c":12345678901234567890,"d":"\\u00e9\\/é","e":[ 1 ,\n2 ],"f":{"x":1,"x":2},"g":-0,"h":"\\ud800"}'
    const members = Object.fromEntries([...'abcdefgh'].map((name) => [name, slot(name)]))
    expect(write(object(members), whole(sent))).toBe(sent)
    expect(write(slot(), whole(` ${sent} `))).toBe(sent)
  })

  test('takes the last of members that have one name', () => {
    expect(write(slot('a', 'b'), whole('{"a":{"b":1},"a":{"b":2},"c":3}'))).toBe('2')
    expect(write(object({ x: slot('a', 'b') }), whole('{"a":{"b":1},"a":0}'))).toBe('{}')
    expect(write(each(slot(), item('a')), whole('[{"a":1,"a":2},{"a":3},{}]'))).toBe('[2,3,null]')
  })

  test('leaves absent members out and has null for absent items', () => {
    const absent = slot('none')
    expect(write(object({ a: absent }), whole('{}'))).toBe('{}')
    expect(write(object({ a: absent, b: literal(1), c: absent, d: slot('d'), e: absent }), whole('{"d":null}'))).toBe(
      '{"b":1,"d":null}',
    )
    expect(write(list(absent, literal(1), absent), whole('{}'))).toBe('[null,1,null]')
    expect(write(list(), undefined)).toBe('[]')
    expect(write(object({}), undefined)).toBe('{}')
    expect(write(object({ a: slot() }), undefined)).toBe('{}')
    expect(write(object({ a: object({ b: absent }), c: list(absent) }), whole('{}'))).toBe('{"a":{},"c":[null]}')
  })

  test('leaves out a literal that JSON does not know', () => {
    expect(write(object({ a: literal(undefined), b: list(literal(undefined)) }))).toBe('{"b":[null]}')
    expect(write(each(slot(), literal(undefined)), [1])).toBe('[null]')
    expect(write(literal(undefined))).toBeUndefined()
  })

  test('has names that need escapes, are not ASCII, or are what every object inherits', () => {
    const names = ['', '"', '\\', '\n', '\u0000', '名', '😀', '\ud800', '__proto__', 'constructor', "'", '\u2028']
    const part: Part = { kind: 'object', members: names.map((name) => [name, slot()]) }
    expect(write(part, whole('7'))).toBe(`{${names.map((name) => `${JSON.stringify(name)}:7`).join()}}`)
  })

  test('is nothing when its root is', () => {
    expect(write(slot(), undefined)).toBeUndefined()
    expect(write(slot('a'), whole('{}'))).toBeUndefined()
    expect(write(each(slot('a'), literal(1)), whole('{}'))).toBeUndefined()
    expect(write(each(slot('a'), literal(1)), whole('{"a":null}'))).toBeUndefined()
    expect(write(slot(), whole('null'))).toBe('null')
  })

  test('shows values that never were bytes', () => {
    const part = object({ whole: slot(), name: slot('name'), all: each(slot('list'), item('x')) })
    const value = { name: 'Mei "名" \ud800\n', list: [{ x: 1 }, {}, { x: [true] }] }
    expect(write(part, value)).toBe(
      `{"whole":${JSON.stringify(value)},"name":${JSON.stringify(value.name)},"all":[1,null,[true]]}`,
    )
    expect(write(list(slot()), 'text')).toBe('["text"]')
    expect(write(list(slot()), 1.5)).toBe('[1.5]')
    expect(write(list(slot()), { a: [] })).toBe('[{"a":[]}]')
    expect(write(list(slot()), () => 1)).toBe('[null]')
    expect(write(object({ x: slot('a', 0) }), { a: [whole('{"b":1.0}')] })).toBe('{"x":{"b":1.0}}')
  })

  test('may need values that nest deeper than any body', () => {
    let value: unknown = 1
    for (let i = 0; i < 2000; i++) value = [value]
    expect(write(slot(0), value)).toBe(JSON.stringify(value).slice(1, -1))
  })

  test('is made of many values, each used where it is needed', () => {
    const part = list(
      { kind: 'slot', slot: 3, path: ['a'] },
      { kind: 'slot', slot: 0, path: [] },
      {
        kind: 'each',
        list: { kind: 'slot', slot: 1, path: [] },
        map: list(item(), { kind: 'slot', slot: 0, path: [] }),
      },
    )
    expect(write(part, whole('"x"'), whole('[1,2]'), whole('{}'), { a: [0] })).toBe('[[0],"x",[[1,"x"],[2,"x"]]]')
  })
})

describe('each', () => {
  test('makes something of each element, and null of what gives nothing', () => {
    expect(write(each(slot(), item('id')), whole('[{"id":1},{},{"id":null},7,[]]'))).toBe('[1,null,null,null,null]')
    expect(write(each(slot(), item()), whole(' [ ]'))).toBe('[]')
    expect(write(each(slot(), object({ a: item('a'), b: literal(0) })), whole('[{"a":1},{}]'))).toBe(
      '[{"a":1,"b":0},{"b":0}]',
    )
  })

  test('is left out for an absent list and for null, and gives up for anything else', () => {
    const part = object({ list: each(slot('list'), item()) })
    expect(write(part, whole('{}'))).toBe('{}')
    expect(write(part, whole('{"list":null}'))).toBe('{}')
    for (const other of ['{}', '1', '"text"', 'false', 'true'])
      expect(write(part, whole(`{"list":${other}}`))).toBeUndefined()
  })

  test('nests', () => {
    const part = each(slot('rows'), object({ n: item('n'), cells: each(item('cells'), list(item('v'), slot('unit'))) }))
    const rows = '{"unit":"%","rows":[{"n":1,"cells":[{"v":1},{"v":2}]},{"n":2},{"n":3,"cells":[{}]}]}'
    expect(write(part, whole(rows))).toBe('[{"n":1,"cells":[[1,"%"],[2,"%"]]},{"n":2},{"n":3,"cells":[[null,"%"]]}]')
    expect(write(each(slot(), each(item(), each(item(), item()))), whole('[[[1],[2]],[[]],null]'))).toBe(
      '[[[1],[2]],[[]],null]',
    )
  })

  test('goes over a list twice', () => {
    const part = list(each(slot(), item('a')), each(slot(), item('b')))
    expect(write(part, whole('[{"a":1,"b":2},{"a":3}]'))).toBe('[[1,3],[2,null]]')
  })

  test('is refused an item outside of it', () => {
    expect(() => compileWriter(item('a'))).toThrow('outside of every each')
  })
})

describe('text', () => {
  const inText = (json: string, required = false) =>
    write(text('<', { ...slot('v'), required }, '>'), whole(`{"v":${json}}`))

  test('has strings as they were sent', () => {
    expect(inText('"a\\"\\u00e9é\\n"')).toBe('"<a\\"\\u00e9é\\n>"')
    expect(write(text('"\n', slot()), 'x"\\')).toBe(JSON.stringify('"\nx"\\'))
  })

  test('has true and false; null is nothing', () => {
    expect([inText('true'), inText('false'), inText('null')]).toEqual(['"<true>"', '"<false>"', '"<>"'])
  })

  test('has numbers as they are written', () => {
    const numbers =
      '0 -1 999999999999999 1.5 0.000001 100.01 -0 1.0 -0.0 1.50 1e2 1E400 12345678901234567890 0.0000001 0.1234567890123456'
    for (const json of numbers.split(' ')) expect(inText(json)).toBe(`"<${json}>"`)
  })

  test('gives up for containers', () => {
    for (const json of ['{}', '[]', '[1]']) expect(inText(json)).toBeUndefined()
  })

  test('is empty where something is absent, and gives up where that is required', () => {
    expect(write(text('<', slot('v'), '>'), whole('{}'))).toBe('"<>"')
    expect(write(text('<', slot(), '>'), undefined)).toBe('"<>"')
    expect(write(text({ ...slot('v'), required: true }), whole('{}'))).toBeUndefined()
    expect(inText('null', true)).toBe('"<>"')
    expect(write(text())).toBe('""')
  })

  test('joins the halves of a surrogate pair', () => {
    expect(JSON.parse(write(text('\ud83d', slot()), '\ude00')!)).toBe('😀')
  })
})

describe('a writer gives up', () => {
  test('where a name had to be found beside one with an escape', () => {
    expect(write(object({ a: slot('a') }), whole('{"a":1,"\\"":2}'))).toBeUndefined()
    expect(write(each(slot(), item('a')), whole('[{"a":1},{"\\u0061":2}]'))).toBeUndefined()
    expect(write(list(slot('a')), { 'a"': 1 })).toBeUndefined()
    expect(write(each(slot(), item()), whole('[{"\\u0061":2}]'))).toBe('[{"\\u0061":2}]')
    expect(write(each(slot(), item('a', 'b')), whole('[{"a":{"\\u0062":2},"b":{"\\n":1}}]'))).toBeUndefined()
    expect(write(each(slot(), item('a', 'b')), whole('[{"a":{"b":2},"b":{"\\n":1}}]'))).toBe('[2]')
  })

  test('and works on', () => {
    const writer = compileWriter(list(slot('a'), text(slot('b'))))
    expect(writer([whole('{"a":1,"b":[]}')])).toBeUndefined()
    expect(writer([whole('{"a":1,"b":2}')])!.toString()).toBe('[1,"2"]')
    expect(writer([whole('{}')])!.toString()).toBe('[null,""]')
  })
})

test('an answer stays as it is when the next one is written', () => {
  const writer = compileWriter(list(slot()))
  const first = writer([whole('1')])!
  const second = writer([whole('2')])!
  expect([first.toString(), second.toString()]).toEqual(['[1]', '[2]'])
})
