import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { DiagnosticCollector } from '../../src/diagnostics/collector.ts'
import { EnvText } from '../../src/environment.ts'
import { runToEnd } from '../../src/work.ts'
import { parseYaml, parseYamlInSteps } from '../../src/yaml/parse.ts'
import type { Path } from '../../src/yaml/source.ts'

function parse(text: string, env: Record<string, string> = {}) {
  const diagnostics = new DiagnosticCollector()
  const source = parseYaml({ path: 'a.yaml', text }, env, diagnostics)
  const told = diagnostics.sorted().map(({ code, at, help }) => ({ code, place: `${at.line}:${at.column}`, help }))
  return { source, value: source?.value, told, codes: told.map(({ code, place }) => `${code} ${place}`) }
}

const read = (text: string, env?: Record<string, string>) => parse(text, env).value

describe('a YAML file', () => {
  test.each<[name: string, text: string, value: unknown]>([
    ['block collections', 'a:\n  b: 1\n  c:\n    - x\n    - y: z\n', { a: { b: 1, c: ['x', { y: 'z' }] } }],
    ['flow collections', '{ a: [1, { b: c }], d: {} }', { a: [1, { b: 'c' }], d: {} }],
    [
      'scalars of YAML 1.2',
      '[true, no, on, 012, 0o14, 1.5, ~, null, "", 2026-01-02]',
      [true, 'no', 'on', 12, 12, 1.5, null, null, '', '2026-01-02'],
    ],
    ['a literal block', 'a: |\n  one\n  two\n', { a: 'one\ntwo\n' }],
    ['a folded block', 'a: >-\n  one\n  two\n', { a: 'one two' }],
    ['text over lines', 'a: one\n  two\n', { a: 'one two' }],
    ['escapes', 'a: "x\\ty\\u00e9"', { a: 'x\tyé' }],
    ['anchors and aliases', 'a: &x { b: 1 }\nc: *x\nd: [*x]', { a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] }],
    ['keys that are numbers', '404: a\n1.5: b\ntrue: c', { 404: 'a', '1.5': 'b', true: 'c' }],
    ['keys with a question mark', '{ user.id?: x }', { 'user.id?': 'x' }],
    ['a key without a value', 'a:\nb: 1', { a: null, b: 1 }],
    ['line ends of Windows', 'a: 1\r\nb:\r\n  - x\r\n', { a: 1, b: ['x'] }],
    ['a byte order mark', '\uFEFFa: 1', { a: 1 }],
    ['a document marker', '---\na: 1\n', { a: 1 }],
    ['nothing', '', null],
    ['a comment alone', '# nothing\n', null],
    ['every script', '城市: 上海\nключ: значение\n', { 城市: '上海', ключ: 'значение' }],
    [
      'what is merged, of which own keys win',
      'a: &x { b: 1, c: 2 }\nd: { <<: *x, c: 3 }',
      { a: { b: 1, c: 2 }, d: { c: 3, b: 1 } },
    ],
    [
      'a list that is merged, of which the first wins',
      'a: &x { b: 1 }\nc: &y { b: 2, e: 3 }\nd:\n  <<: [*x, *y, { e: 4, f: 5 }]',
      { a: { b: 1 }, c: { b: 2, e: 3 }, d: { b: 1, e: 3, f: 5 } },
    ],
    [
      'what is merged into what is merged',
      'a: &x { b: 1 }\nc: &y { <<: *x }\nd: { <<: *y }',
      { a: { b: 1 }, c: { b: 1 }, d: { b: 1 } },
    ],
    ['`<<` in quotes as any other key', 'a: { "<<": { b: 1 } }', { a: { '<<': { b: 1 } } }],
    [
      'tags of YAML that say what a value is',
      '[!!str 12, ! 12, !!int 3, !!map { a: 1 }, !!seq [], !!null ~]',
      ['12', '12', 3, { a: 1 }, [], null],
    ],
    ['an anchor that is named again inside', 'a: &x { b: 1, c: &x 2 }\nd: *x', { a: { b: 1, c: 2 }, d: 2 }],
  ])('may hold %s', (_, text, value) => {
    const parsed = parse(text)
    expect(parsed.codes).toEqual([])
    expect(parsed.value).toEqual(value)
  })

  test.each<[name: string, text: string, codes: string[]]>([
    ['a tag that nobody knows', 'a: !env X', ['yaml-syntax 1:9']],
    ['bytes', 'a: [!!binary aGk=]', ['yaml-syntax 1:14']],
    ['a tag of a mapping', '!foo\na: 1', ['yaml-syntax 2:1']],
    ['a merge of what is anchored nowhere', 'a: { <<: *x }', ['yaml-syntax 1:10']],
    ['a merge of what is no mapping', 'a: { <<: 1 }', ['invalid-value 1:10']],
    ['a bracket that is not closed', 'a: [1,\n', ['yaml-syntax 2:1']],
    ['a tab', 'a:\n\tb: 1\n', ['yaml-syntax 2:1']],
    ['two documents', 'a: 1\n---\nb: 2\n', ['yaml-syntax 2:1']],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', ['duplicate-key 3:1']],
    ['a key twice inside', 'x: { a: 1, a: 2 }', ['duplicate-key 1:12']],
    ['a key that is one number twice', '404: a\n"404": b', ['duplicate-key 2:1']],
    ['a key that is no text', '? [a, b]\n: c', ['invalid-value 1:3']],
    ['a prototype', 'a: { __proto__: { x: 1 } }', ['unsafe-key 1:6']],
    ['a constructor and a prototype', 'constructor: 1\nprototype: 2', ['unsafe-key 1:1', 'unsafe-key 2:1']],
    [
      'a number that is not finite',
      'a: 1e400\nb: .inf\nc: .nan\nd: [-.inf]',
      ['invalid-value 1:4', 'invalid-value 2:4', 'invalid-value 3:4', 'invalid-value 4:5'],
    ],
    ['a whole number that would become another', 'a: 9007199254740993', ['invalid-value 1:4']],
    ['a tag that nobody knows', 'a: !secret x', ['yaml-syntax 1:12']],
    ['a tag of a mapping', 'a: !vault { b: 1 }', ['yaml-syntax 1:11']],
    [
      'tags of YAML that give no plain value',
      'a: !!binary aGk=\nb: !!set { x }',
      ['yaml-syntax 1:13', 'yaml-syntax 2:10'],
    ],
    ['a tag that is not true', 'a: !!float x', ['yaml-syntax 1:12']],
    ['a text that is merged', 'a: { <<: x }', ['invalid-value 1:10']],
    ['a merge key twice', 'a: &x { b: 1 }\nc: { <<: *x, <<: *x }', ['duplicate-key 2:14']],
    ['an alias of nothing', 'a: *x', ['yaml-syntax 1:4']],
    ['an alias of itself', 'a: &x { b: *x }', ['yaml-syntax 1:12']],
  ])('is told %s', (_, text, codes) => {
    expect(parse(text).codes).toEqual(codes)
  })

  test('may not grow by its aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 8; level += 1)
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      )
    expect(parse(lines.join('\n')).codes).toEqual([expect.stringMatching(/^yaml-syntax/)])
  })

  test('may not be larger than 1 MB', () => {
    expect(parse(`a: ${'x'.repeat(1024 * 1024)}`).codes).toEqual(['file-too-large 1:1'])
    expect(parse(`a: ${'x'.repeat(1024 * 1023)}`).codes).toEqual([])
  })

  test('of many keys or of great depth is read or refused within the five seconds of a test', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')
    expect(Object.keys(read(keys) as object)).toHaveLength(20_000)
    expect(parse(`a: ${'['.repeat(20_000)}`).codes.every((code) => code.startsWith('yaml-syntax'))).toBe(true)
    expect(
      parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`).codes.every((code) => code.startsWith('yaml-syntax')),
    ).toBe(true)
  })
})

describe('the environment in a file', () => {
  const env = { N: '8080', T: 'true', S: 'text', Z: 'null', E: '', H: '0x10', L: '[a]' }
  test.each<[text: string, value: string]>([
    ['${env.N}', '8080'],
    ['${env.T}', 'true'],
    ['${env.Z}', 'null'],
    ['${env.H}', '0x10'],
    ['${env.L}', '[a]'],
    ['"port ${env.N} of ${env.S}"', 'port 8080 of text'],
    ['${env.X:-7}', '7'],
    ['${env.X:-}', ''],
    ['"${env.X:-a:b-c}"', 'a:b-c'],
    ['${env.E:-d}', 'd'],
    ['${env.E:-}', ''],
    ['"$$${env.N}"', '$$8080'],
    ['|\n  one ${env.S}\n  two', 'one text\ntwo\n'],
  ])('%s is text until its place says more', (text, value) => {
    const found = (read(`a: ${text}`, env) as { a: EnvText }).a
    expect(found).toBeInstanceOf(EnvText)
    expect(found.text).toBe(value)
    expect([String(found), JSON.stringify(found), inspect(found)].join()).not.toMatch(/8080|text/)
  })

  test.each(['$${env.N}', '${ env.N }', '${environment}'])('%s names no variable of the file', (text) => {
    expect(read(`a: "${text}"`, env)).toEqual({ a: text })
  })

  test('is empty only where the file says that it may be', () => {
    const { told } = parse('a: "x${env.E}"', env)
    expect(told).toMatchObject([{ code: 'missing-env', place: '1:6', help: 'if it may be empty, say so: ${env.E:-}' }])
  })

  test.each(['${env.N}: 1', '"a${env.N}": 1', '{ "${env.N}": 1 }'])('is no key: %s', (text) => {
    expect(parse(text, env).told.map(({ code }) => code)).toEqual(['invalid-value'])
  })

  test('is told of every name that is missing, at its place', () => {
    const { told, value } = parse('a: ${env.A}\nb: "x ${env.B} y ${env.A}"\nc: |\n  z\n  z ${env.C}\n')
    expect(told.map(({ code, place }) => `${code} ${place}`)).toEqual([
      'missing-env 1:4',
      'missing-env 2:7',
      'missing-env 2:18',
      'missing-env 5:5',
    ])
    expect(told[0]!.help).toBe('set it, or give a default: ${env.A:-…}')
    expect(value).toEqual({ a: null, b: null, c: null })
  })
})

/** The text between `«` and `»` is what a path, or a part of its string, should be located at. */
function marked(text: string): { text: string; wanted: string } {
  const start = text.indexOf('«')
  const lines = text.slice(0, start).split('\n')
  const inside = text.slice(start + 1, text.indexOf('»'))
  return {
    text: text.replace('«', '').replace('»', ''),
    wanted: `${lines.length}:${lines.at(-1)!.length + 1} ${inside}`,
  }
}

function locate(text: string, find: 'value' | 'key' | string, path: Path): string {
  const { source } = parse(text)
  const value = String(source!.valueAt(path))
  const at =
    find === 'value'
      ? source!.locate(path)
      : find === 'key'
        ? source!.locateKey(path)
        : source!.locateInside(path, value.indexOf(find), find.length)
  const lines = text.split('\n')
  const shown = at.line === at.endLine ? lines[at.line - 1]!.slice(at.column - 1, at.endColumn - 1) : '…'
  return `${at.line}:${at.column} ${shown}`
}

describe('a place', () => {
  test.each<[name: string, marked: string, find: string, path: Path]>([
    ['of a value', 'a: «1»', 'value', ['a']],
    ['of a key', 'x: 1\n«a»: 1', 'key', ['a']],
    ['of a value in braces', '{ a: { b: «c» } }', 'value', ['a', 'b']],
    ['of a value in a list', 'a:\n  - x\n  - «y»', 'value', ['a', 1]],
    ['of a key with dots', '{ «user.id?»: x }', 'key', ['user.id?']],
    ['of a key that is a number', 'errors: { «404»: x }', 'key', ['errors', '404']],
    ['of quoted text', "a: «'x y'»", 'value', ['a']],
    ['of what is not there', 'a: «x»', 'value', ['a', 'no', 'where']],
    ['inside plain text', 'a: x «needle» y', 'needle', ['a']],
    ['inside single quotes', "a: 'x «needle» y'", 'needle', ['a']],
    ['inside double quotes', 'a: "x «needle» y"', 'needle', ['a']],
    ['inside a literal block', 'a: |\n  one\n\n    two «needle»\n', 'needle', ['a']],
    ['inside a literal block with line ends of Windows', 'a: |\r\n  one\r\n  two «needle» x\r\n', 'needle', ['a']],
    ['inside a literal block of a list', 'a:\n  - |-\n    one «needle»', 'needle', ['a', 0]],
    ['inside text of every script', 'a: 城市 «needle» 上海', 'needle', ['a']],
    ['behind line ends of Windows', 'a: 1\r\nb: x «needle»\r\n', 'needle', ['b']],
    ['of an alias', 'a: &x { b: «c» }\nd: *x', 'value', ['d', 'b']],
  ])('%s', (_, marks, find, path) => {
    const { text, wanted } = marked(marks)
    expect(locate(text, find, path)).toBe(wanted)
  })

  test.each<[name: string, marked: string, path: Path]>([
    ['folded text', 'a: «>»\n  x\n  needle', ['a']],
    ['text with escapes', 'a: «"x \\t needle"»', ['a']],
    ['text over lines', 'a: «x»\n  needle', ['a']],
    ['doubled quotes', "a: «'it''s needle'»", ['a']],
  ])('inside %s is that of the whole', (_, marks, path) => {
    const { text, wanted } = marked(marks)
    expect(locate(text, 'needle', path).split(' ')[0]).toBe(wanted.split(' ')[0])
  })
})

test.each([
  ['itself', 'base: &b { v: 1.10, w: [007], x: { y: 0o17 } }\nc: { <<: *b }'],
  ['of a list, the first', 'a: &a { v: 1.10 }\nb: &b { v: 1.100, w: [007], x: { y: 0o17 } }\nc: { <<: [*a, *b] }'],
  ['merged into what is merged', 'a: &a { v: 1.10, x: { y: 0o17 } }\nb: &b { <<: *a, w: [007] }\nc: { <<: *b }'],
])('what is merged, %s, is the text that the file has where text is due', (_, text) => {
  const source = parseYaml({ path: 'a.yaml', text }, {}, new DiagnosticCollector())!
  const at = [['v'], ['w', 0], ['x', 'y']].map((path) => source.writtenAt(['c', ...path]))
  expect(at).toEqual(['1.10', '007', '0o17'])
})

test('what is own is the text that it is itself, whatever would be merged', () => {
  const text = 'a: &a { v: 1.10, w: 007 }\nc: { <<: *a, v: "2", w: 08.0 }'
  const source = parseYaml({ path: 'a.yaml', text }, {}, new DiagnosticCollector())!
  expect([source.writtenAt(['c', 'v']), source.writtenAt(['c', 'w'])]).toEqual(['2', '08.0'])
})

test('what is merged is found where it stands', () => {
  const { source } = parse('x: &x\n  deep: { b: 1 }\ny:\n  <<: *x\n  c: 2\n')
  const place = (path: Path) => `${source!.locateKey(path).line}:${source!.locateKey(path).column}`
  expect([place(['y', 'deep', 'b']), place(['y', 'c'])]).toEqual(['2:11', '5:3'])
})

test('keys at the top of a file of the configuration that begin with x- are nothing by themselves', () => {
  const file = { path: 'a.yaml', text: 'x-slow: &slow { timeout: 2s }\na: { <<: *slow, x-b: 1 }' }
  const source = runToEnd(parseYamlInSteps(file, {}, new DiagnosticCollector()))
  expect(source!.value).toEqual({ a: { timeout: '2s', 'x-b': 1 } })
})
