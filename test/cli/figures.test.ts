import { expect, test } from '@jest/globals'
import { printBytes, printMs } from '../../src/cli/figures.ts'

test.each([
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [41.4, '41 ms'],
  [9_999, '9999 ms'],
  [12_340, '12.3 s'],
])('prints %d milliseconds as %s', (ms, text) => expect(printMs(ms)).toBe(text))

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KB'],
  [8602, '8.4 KB'],
  [3 * 1024 * 1024, '3.0 MB'],
])('prints %d bytes as %s', (bytes, text) => expect(printBytes(bytes)).toBe(text))
