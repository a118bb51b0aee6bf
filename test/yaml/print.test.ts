import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DiagnosticCollector } from '../../src/diagnostics/collector.ts'
import { parseYaml } from '../../src/yaml/parse.ts'
import { addMembers, printYaml } from '../../src/yaml/print.ts'

const read = (text: string) => {
  const diagnostics = new DiagnosticCollector()
  const source = parseYaml({ path: 'x.yaml', text }, {}, diagnostics)
  expect(diagnostics.sorted()).toEqual([])
  return source?.value
}

describe('printYaml', () => {
  test('writes what is short on one line, what is long below its key', () => {
    const long = 'x'.repeat(60)
    expect(
      printYaml({ a: 1, b: [1, 'x'], c: { d: null, e: [] }, f: { g: long, h: long }, i: [{ j: 1 }, { k: 1, l: 2 }] }),
    ).toBe(
      `a: 1
b: [1, x]
c: { d: null, e: [] }
f:
  g: ${long}
  h: ${long}
i: [{ j: 1 }, { k: 1, l: 2 }]
`,
    )
  })

  test('keeps blocks, blank lines and comments where it is told to', () => {
    const layout = {
      header: ['About this file', '', 'two\nlines'],
      blocks: new Set(['do']),
      spaced: new Set(['do']),
      remarks: [
        { path: ['do'], text: 'what it does' },
        { path: ['do', 1], text: 'the second\nof two' },
      ],
    }
    expect(printYaml({ match: 'GET /x', do: [{ invoke: 'a.b' }, { id: 'x', do: [] }] }, layout)).toBe(
      `# About this file
#
# two lines
match: GET /x

# what it does
do:
  - invoke: a.b
  # the second
  # of two
  - id: x
    do: []
`,
    )
  })

  test('quotes only what would be read as something else', () => {
    expect(
      printYaml({
        a: 'true',
        b: '12',
        c: '$.x[0]',
        d: ['a, b', '$.x[0]'],
        e: '',
        f: 'x: y',
        g: '- z',
        h: "it's",
        404: 'x?',
      }),
    ).toBe(
      `404: x?
a: 'true'
b: '12'
c: $.x[0]
d: ['a, b', '$.x[0]']
e: ''
f: 'x: y'
g: '- z'
h: it's
`,
    )
  })

  test('is read back as what was printed', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'null',
        '~',
        '0x1',
        '1e3',
        '\n',
        '\u2028',
        '\u0007',
        ' x ',
        '#',
        '&a',
        '*a',
        '!t',
        '@',
        '`',
        '%',
        '|',
        '>',
        '? x',
        'a #b',
        ':',
        '{',
        ',',
        '---',
        '<<',
        'yes',
        '2020-01-01',
      ),
    )
    const name = text.filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc
          .double({ noDefaultInfinity: true, noNaN: true, maxExcluded: true, max: 1e9, min: -1e9 })
          .map((number) => number + 0),
        fc.constantFrom(null, true, false),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true, minKeys: 1 }), (data) => {
        expect(read(printYaml(data, { blocks: new Set(['a']), header: ['x'] }))).toEqual(data)
      }),
      { numRuns: 400 },
    )
  })
})

describe('addMembers', () => {
  const added = { 'b.c': { type: 'string' }, d: {} }
  const lines = '  b.c: { type: string }\n  d: {}\n'

  test.each([
    [
      'behind the last one',
      'colors:\n  a: { x: [ 1,2 ] }   # odd, and kept\n',
      `colors:\n  a: { x: [ 1,2 ] }   # odd, and kept\n${lines}`,
    ],
    [
      'before what follows',
      '# top\ncolors:\n  a:\n    type: string\n\n# next\nother: 1\n',
      `# top\ncolors:\n  a:\n    type: string\n${lines}\n# next\nother: 1\n`,
    ],
    ['in a file without a last line end', 'colors:\n  a: {}', `colors:\n  a: {}\n${lines}`],
    ['as deep as the others', 'colors:\n    a: {}\n', `colors:\n    a: {}\n${lines.replaceAll(/^ {2}/gm, '    ')}`],
  ])('puts them %s, and changes nothing else', (_, before, after) => {
    expect(addMembers(before, 'colors', added)).toBe(after)
  })

  test.each(['', 'colors:\n', 'colors: {}\n', 'colors: { a: {} }\n', '# only a comment\n'])(
    'adds to %j too',
    (before) => {
      expect(read(addMembers(before, 'colors', added))).toMatchObject({ colors: added })
    },
  )
})
