import { describe, expect, test } from '@jest/globals'
import { checkExample } from '../../src/describe/pages/example.ts'
import { diagnosticCodes } from '../../src/diagnostics/codes.ts'
import { diagnosticPages } from '../../src/diagnostics/pages/index.ts'
import { exampleProject } from '../../src/diagnostics/pages/project.ts'
import { describeDiagnostic } from '../support/project.ts'

const pages = Object.entries(diagnosticPages)

describe('the page of', () => {
  test.each(pages)('%s has a wrong example that gives exactly this diagnostic', (code, { wrong }) => {
    const found = checkExample(wrong)
    expect({ codes: found.map((one) => one.code), told: found.map(describeDiagnostic) }).toEqual({
      codes: [code],
      told: [expect.any(String)],
    })
  })

  test.each(pages)('%s has a right example that gives none', (_, { right }) => {
    expect(checkExample(right).map(describeDiagnostic)).toEqual([])
  })
})

test('every diagnostic has a page', () => {
  expect(pages.map(([code]) => code).sort()).toEqual(Object.keys(diagnosticCodes).sort())
})

test('the project that the examples are a part of has no faults', () => {
  expect(checkExample(exampleProject).map(describeDiagnostic)).toEqual([])
})
