import { describe, expect, test } from '@jest/globals'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { printDiagnostic, printDiagnostics, summarize } from '../../src/diagnostics/print.ts'

const at = (line: number, column: number, endColumn: number, endLine = line) => ({
  file: 'routes/home.yaml',
  line,
  column,
  endLine,
  endColumn,
})

const fault = (place: Diagnostic['at'], help?: string): Diagnostic => ({
  code: 'unknown-color',
  severity: 'error',
  message: 'nothing is called `user.segmant`',
  at: place,
  help,
})

const print = (diagnostic: Diagnostic, text?: string) => printDiagnostic(diagnostic, () => text, false)
const line = (text: string, number = 1) => `${'\n'.repeat(number - 1)}${text}\n`

describe('a diagnostic is printed', () => {
  test('with its line, a caret under the place, and what to do', () => {
    const text = line("  - branch: [ { when: user.segmant == 'vip', do: [] } ]", 14)
    const place = at(14, 23, 35)
    expect(print(fault(place, 'did you mean `user.segment`? (config/dictionary.yaml:4)'), text)).toBe(
      [
        'error[unknown-color]: nothing is called `user.segmant`',
        '  --> routes/home.yaml:14:23',
        "14 |   - branch: [ { when: user.segmant == 'vip', do: [] } ]",
        '   |                       ^^^^^^^^^^^^',
        '   = help: did you mean `user.segment`? (config/dictionary.yaml:4)',
      ].join('\n'),
    )
  })

  test('without its line where the text is not known or has no such line', () => {
    const short = ['error[unknown-color]: nothing is called `user.segmant`', ' --> routes/home.yaml:1:1'].join('\n')
    expect(print(fault(at(1, 1, 2)))).toBe(short)
    expect(print(fault(at(9, 1, 2)), 'one line').split('\n')).toHaveLength(2)
  })

  test('cut around its place where the line is long', () => {
    const text = line(`head ${'x'.repeat(200)} needle ${'y'.repeat(200)}`)
    const [, , shown = '', carets = ''] = print(fault(at(1, 207, 213)), text).split('\n')
    expect(shown.length).toBeLessThanOrEqual(112)
    expect(shown).toMatch(/^1 \| … x+ needle y+ …$/)
    expect(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('needle')
  })

  test('with the caret at the right column behind wide characters', () => {
    const text = line('城市: 上海 needle')
    const [, , shown = '', carets = ''] = print(fault(at(1, 8, 14)), text).split('\n')
    expect(shown).toBe('1 | 城市: 上海 needle')
    // Each of the four takes two columns on a screen.
    expect(carets).toBe(`  | ${' '.repeat(11)}^^^^^^`)
  })

  test('with carets as wide as wide characters', () => {
    const [, , , carets = ''] = print(fault(at(1, 1, 3)), line('城市: x')).split('\n')
    expect(carets).toBe('  | ^^^^')
  })

  test('with tabs and line ends of Windows taken out of the way', () => {
    const [, , shown = '', carets = ''] = print(fault(at(1, 5, 6)), 'a:\t\tb\r\nc').split('\n')
    expect(shown).toBe('1 | a:  b')
    expect(carets).toBe('  |     ^')
  })

  test('to the end of its first line where it spans several', () => {
    const [, , , carets = ''] = print(fault(at(1, 4, 2, 3)), 'a: [\n1\n]').split('\n')
    expect(carets).toBe('  |    ^')
  })

  test('with a caret even where there is nothing, or past the end', () => {
    expect(print(fault(at(1, 1, 1)), '').split('\n')[3]).toBe('  | ^')
    expect(print(fault(at(1, 9, 9)), 'abc').split('\n')[3]).toMatch(/\^$/)
  })

  test('in color where colors are wanted, and the same without', () => {
    const colored = printDiagnostic(fault(at(1, 1, 2), 'do it'), () => 'a: 1', true)
    expect(colored).toContain('\u001b[')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colors are.
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(print(fault(at(1, 1, 2), 'do it'), 'a: 1'))
    expect(print(fault(at(1, 1, 2)), 'a: 1')).not.toContain('\u001b')
  })

  test('without what a terminal would obey', () => {
    const printed = print({ ...fault(at(1, 4, 5)), message: 'found `\u001b[2J`' }, 'a: \u001b]0;x\u0007')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there.
    expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })
})

describe('a summary', () => {
  test('counts what there is, the worst first', () => {
    const of = (severity: Diagnostic['severity']): Diagnostic => ({ ...fault(at(1, 1, 2)), severity })
    expect(summarize([])).toBe('')
    expect(summarize([of('hint'), of('error'), of('error'), of('warning')])).toBe('2 errors, 1 warning, 1 hint')
  })
})

test('of a file with very many diagnostics the first hundred are printed, and how many more there are', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => fault(at(index + 1, 1, 2)))
  const other = { ...fault(at(1, 1, 2)), at: { ...at(1, 1, 2), file: 'routes/other.yaml' } }
  const printed = printDiagnostics([...many, other], () => undefined, false)
  expect(printed).toHaveLength(102)
  expect(printed[99]).toContain('routes/home.yaml:100:1')
  expect(printed[100]).toBe('… and 19,900 more in routes/home.yaml')
  expect(printed[101]).toContain('routes/other.yaml:1:1')
  expect(printDiagnostics(many.slice(0, 100), () => undefined, false)).toHaveLength(100)
})
