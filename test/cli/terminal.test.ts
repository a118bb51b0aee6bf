import { expect, test } from '@jest/globals'
import { wantsColor } from '../../src/cli/terminal.ts'

const terminal = { isTTY: true }
const file = { isTTY: false }

test('a terminal is painted, a file is not', () => {
  expect(wantsColor(terminal, {})).toBe(true)
  expect(wantsColor(file, {})).toBe(false)
  expect(wantsColor(file, { CI: 'true' })).toBe(false)
  expect(wantsColor(terminal, { TERM: 'dumb' })).toBe(false)
})

test('FORCE_COLOR paints a file, and 0 leaves a terminal plain', () => {
  expect(wantsColor(file, { FORCE_COLOR: '1' })).toBe(true)
  expect(wantsColor(terminal, { FORCE_COLOR: '0' })).toBe(false)
})

test('NO_COLOR wins; an empty one says nothing', () => {
  expect(wantsColor(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false)
  expect(wantsColor(terminal, { NO_COLOR: '' })).toBe(true)
})
