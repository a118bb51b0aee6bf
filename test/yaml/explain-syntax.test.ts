import { describe, expect, test } from '@jest/globals'
import { DiagnosticCollector } from '../../src/diagnostics/collector.ts'
import { parseYaml } from '../../src/yaml/parse.ts'

const cases: [name: string, text: string, place: string, message: string, help: RegExp | undefined][] = [
  ['a bracket that is not closed', 'a: [1, 2\nb: 3\n', '2:1', 'a closing ] is missing', undefined],
  ['a quote that is not closed', "a: 'x\n", '2:1', "a closing ' is missing", undefined],
  ['a comma that is missing', 'a: [1 , "b" "c"]', '1:13', 'a comma is missing between two items', undefined],
  ['a brace too many', 'a: { b: c } }', '1:13', '`}` is not expected here', undefined],
  [
    'a path with a bracket inside brackets',
    'a: [ $.items[*].id ]',
    '1:13',
    'a comma is missing between two items',
    /quote/,
  ],
  ['an expression inside braces', 'a: { b: ${ c } }', '1:10', '`{` is not expected here', /quote/],
  ['two colons in a line', 'a: b: c\n', '1:4', 'a second `key: value` in one line', /quote/],
  ['a colon without a space', 'do:[ a ]\nb: c\n', '1:1', 'this is not `key: value`', /space behind the colon/],
  ['a key without its colon', 'a: 1\nb\nc: 2\n', '2:1', 'a colon is missing behind this key', undefined],
  ['a line too far left', 'a:\n    b: 1\n  c: 2\n', '3:1', 'the indentation fits nothing above it', undefined],
  ['a tab', 'a:\n\tb: 1\n', '2:1', 'a tab cannot indent', /spaces/],
  ['a second document', 'a: 1\n---\nb: 2\n', '2:1', 'a file holds one document, and here a second begins', undefined],
  ['an unknown escape', 'a: "\\q"', '1:5', 'invalid escape sequence \\q', undefined],
]

describe('what is no YAML is told in plain words', () => {
  test.each(cases)('%s', (_, text, place, message, help) => {
    const diagnostics = new DiagnosticCollector()
    parseYaml({ path: 'a.yaml', text }, {}, diagnostics)
    const [found] = diagnostics.sorted()
    expect({ place: `${found!.at.line}:${found!.at.column}`, message: found!.message }).toEqual({ place, message })
    if (help) expect(found!.help).toMatch(help)
    else expect(found!.help).toBeUndefined()
  })
})
