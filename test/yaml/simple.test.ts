import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DiagnosticCollector } from '../../src/diagnostics/collector.ts'
import { readVariables } from '../../src/environment.ts'
import { notSimple, readSimple } from '../../src/yaml/simple.ts'
import { Source } from '../../src/yaml/source.ts'
import { parseTree } from '../../src/yaml/tree.ts'
import { TreeReader } from '../../src/yaml/tree-reader.ts'

const giveUp = () => {
  throw notSimple
}
const read = (text: string) => readSimple(text, (raw) => readVariables(raw, {}, giveUp) ?? raw)

/** What the full reader makes of a text, and whether it finds fault with it. */
function readFully(text: string): { value: unknown; isRight: boolean } {
  const tree = parseTree(text)
  const diagnostics = new DiagnosticCollector()
  const source = new Source({ path: 'a.yaml', text }, undefined, tree)
  const value = new TreeReader(tree.document, source, {}, diagnostics).read()
  return { value, isRight: tree.document.errors.length === 0 && diagnostics.sorted().length === 0 }
}

/** A text that the two readers read differently, as a sentence; undefined when they agree or the simple one gives up. */
function disagreement(text: string): string | undefined {
  const value = read(text)
  if (value === notSimple) return undefined
  const full = readFully(text)
  if (full.isRight && isDeepStrictEqual(value, full.value)) return undefined
  return `${JSON.stringify(text)} is ${JSON.stringify(full.value)}${full.isRight ? '' : ' and wrong'}, not ${JSON.stringify(value)}`
}

const files = ['routes', 'config', 'config/services', 'examples']
  .flatMap((folder) => readdirSync(folder, { recursive: folder === 'examples' }).map((name) => `${folder}/${name}`))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(name, 'utf8'))

describe('the simple reader', () => {
  test.each<[name: string, text: string, value: unknown]>([
    ['mappings in mappings', 'a:\n  b: 1\n  c: x y\n', { a: { b: 1, c: 'x y' } }],
    ['lists as deep as their key', 'do:\n- a: 1\n  b:\n  - c\n- d', { do: [{ a: 1, b: ['c'] }, 'd'] }],
    ['lists in lists', '- - a\n  - b\n- c', [['a', 'b'], 'c']],
    ['flow collections over lines', 'a: { b: [1,\n    2], # why\n  c: }', { a: { b: [1, 2], c: null } }],
    ['comments anywhere', '# a\na: b # c\n# d\n\n    # e\nf: g#h', { a: 'b', f: 'g#h' }],
    ['quotes', `a: 'it''s'\n"b": "x\\ty\\u00e9"`, { a: "it's", b: 'x\ty\u00e9' }],
    ['colons inside words', 'a: http://x:80/$.b[0]', { a: 'http://x:80/$.b[0]' }],
    ['what is no number', 'a: [1.2.3, 10ms, -x, 1_000, +]', { a: ['1.2.3', '10ms', '-x', '1_000', '+'] }],
    ['numbers', 'a: [0, -12, 1.5, 123456789012345]', { a: [0, -12, 1.5, 123456789012345] }],
    ['constants', 'a: [~, null, true, false, nUll]', { a: [null, null, true, false, 'nUll'] }],
    ['a key of another type', '404: a\ntrue: b', { 404: 'a', true: 'b' }],
    [
      'anchors of values',
      'a: &x { b: 1 }\nc: *x\nd:\n  - &y\n    e: 2\n  - *y\n  - [*x]',
      { a: { b: 1 }, c: { b: 1 }, d: [{ e: 2 }, { e: 2 }, [{ b: 1 }]] },
    ],
    ['texts in quotes in a list', '- "a: b"\n- \'c\'', ['a: b', 'c']],
    [
      'keys as they are written',
      '1.50: a\n007: b\nTrue: c\n0x1: d',
      { '1.50': 'a', '007': 'b', True: 'c', '0x1': 'd' },
    ],
    ['a key without a value', 'a:\nb:\n  - \n  -\n', { a: null, b: [null, null] }],
  ])('reads %s', (_, text, value) => {
    expect(read(text)).toEqual(value)
    expect(disagreement(text)).toBeUndefined()
  })

  test.each([
    ['aliases of nothing', 'a: *x'],
    ['a value that holds itself', 'a: &x\n  b: *x'],
    ['anchors of keys', '&x a: 1'],
    ['aliases as keys', 'a: &x b\n*x : 1'],
    ['more aliases than a hundred', `a: &x 1\nb: [${'*x,'.repeat(101)}]`],
    ['aliases that multiply', `a: &x [1]\nb: &y [${'*x,'.repeat(30)}]\nc: [*y, *y, *y]`],
    ['tags', 'a: !x 1'],
    ['block scalars', 'a: |\n  b'],
    ['scalars over lines', 'a: b\n  c'],
    ['quotes over lines', 'a: "b\n  c"'],
    ['documents', '---\na: 1'],
    ['tabs', 'a:\t1'],
    ['Windows', 'a: 1\r\nb: 2'],
    ['explicit keys', '? a\n: b'],
    ['numbers of rare forms', 'a: 0x10'],
    ['numbers that print otherwise', 'a: 1.50'],
    ['constants that print otherwise', 'a: FALSE'],
    ['whole numbers beyond 2^53', 'a: 9007199254740993'],
    ['escapes of YAML alone', 'a: "\\x41"'],
    ['nothing', '# nothing'],
    ['a scalar alone', 'a'],
    ['a key that stands twice', 'a: 1\na: 2'],
    ['keys that must not be', '__proto__: 1'],
    ['a mapping in a line', 'a: b: c'],
    ['an indentation that fits nothing', 'a:\n    b: 1\n  c: 2'],
    ['a list that is not closed', 'a: [1, 2'],
    ['a flow collection as deep as its key', 'a: [1,\n2]'],
    ['nesting without end', `${'- '.repeat(20_000)}a`],
    ['brackets without end', `a: ${'['.repeat(20_000)}`],
  ])('leaves %s to the full one', (_, text) => {
    expect(read(text)).toBe(notSimple)
  })

  test('reads most files of the demo and the examples, and as the full one does', () => {
    expect(files.flatMap((text) => disagreement(text) ?? [])).toEqual([])
    expect(files.filter((text) => read(text) !== notSimple).length).toBeGreaterThan(files.length * 0.9)
  })

  test('reads as the full one does whatever it reads, or gives up', () => {
    const bits = [
      ...[
        ' ',
        '\n',
        '\n  ',
        '\n    ',
        '- ',
        '\n- ',
        ': ',
        ':',
        ' #',
        '#',
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        ',',
        ', ',
        '-',
        '?',
      ],
      ...[
        '&a ',
        '*a',
        '!x ',
        '|',
        '>',
        '---\n',
        '%',
        '@',
        '`',
        '? ',
        '0x1',
        '1e3',
        '~',
        '.5',
        '1.',
        '-1',
        '007',
        '\\n',
      ],
      ...[
        "''",
        '""',
        'a: b',
        'a:',
        ':a',
        '-a',
        'é',
        '\u3000',
        '=',
        '<<: ',
        '0',
        '.',
        '\u{1F600}',
        'key',
        'x y',
        '${env.A}',
      ],
    ]
    const fromBits = fc.array(fc.constantFrom(...bits), { maxLength: 14 }).map((parts) => parts.join(''))
    const lines = [
      'a: &x 1',
      'b: *x',
      'c: &x',
      '  d: 2',
      '- &y x',
      '- *y',
      'e: [&z 1, *z]',
      'f: { g: &z {h: 1}, i: *z }',
      'j: &x *x',
      '- x: &x y',
      '  k: *x',
      'l: &w\n  - &y 1\n  - *y\nm: *w',
      'n: &x "q" # c',
      'o: &z [',
      '  *x',
      '  ]',
      '- &x\n- 2',
    ]
    const fromLines = fc.uniqueArray(fc.constantFrom(...lines), { maxLength: 7 }).map((some) => some.join('\n'))
    const edit = fc.record({ at: fc.nat(400), removed: fc.nat(4), added: fc.constantFrom('', ...bits) })
    const fromFiles = fc
      .record({
        file: fc.constantFrom(...files),
        from: fc.nat(60),
        count: fc.integer({ min: 1, max: 14 }),
        edits: fc.array(edit, { maxLength: 3 }),
      })
      .map(({ file, from, count, edits }) => {
        const lines = file.split('\n')
        const start = from % lines.length
        let text = lines.slice(start, start + count).join('\n')
        for (const { at, removed, added } of edits) {
          const place = at % (text.length + 1)
          text = text.slice(0, place) + added + text.slice(place + removed)
        }
        return text
      })
    fc.assert(
      fc.property(fc.oneof(fromBits, fromLines, fromFiles), (text) => {
        expect(disagreement(text)).toBeUndefined()
      }),
      { numRuns: 2500 },
    )
  })
})
