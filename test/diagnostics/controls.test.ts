import { expect, test } from '@jest/globals'
import { escapeControls } from '../../src/diagnostics/controls.ts'

test('what a terminal obeys, or what turns text around, is written out', () => {
  expect(escapeControls('a\u001b]0;owned\u0007b\u001b[2Jc\u009bd\u007f\r\u202ee\u2066')).toBe(
    'a\\u001b]0;owned\\u0007b\\u001b[2Jc\\u009bd\\u007f\\u000d\\u202ee\\u2066',
  )
  expect(escapeControls('\u001b[8mhidden')).toBe('\\u001b[8mhidden')
})

test('colors, lines and other text stay as they are', () => {
  const text = '\u001b[31mred\u001b[39m\n\t名😀 é'
  expect(escapeControls(text)).toBe(text)
})

test('JSON with such text is the same JSON', () => {
  const value = { a: '\u0085\u202e\u007f' }
  expect(JSON.parse(escapeControls(JSON.stringify(value)))).toEqual(value)
})
