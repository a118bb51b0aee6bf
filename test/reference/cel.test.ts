import { describe, expect, test } from '@jest/globals'
import { deviations } from '../../scripts/reference/cel-deviations.ts'
import { operatorExamples } from '../../scripts/reference/pages/cel.ts'
import {
  celFunctions,
  celLibraries,
  compileExpression,
  macroGroups,
  openTypes,
} from '../../src/expressions/expression.ts'
import { enter } from '../../src/expressions/work.ts'

/** What an expression gives; undefined where it fails or is refused. */
function evaluate(source: string): unknown {
  enter(undefined)
  const expression = compileExpression(source, openTypes)
  if ('code' in expression) return undefined
  try {
    return expression.evaluate({})
  } catch {
    return undefined
  }
}

describe('what the page about CEL shows is so', () => {
  test.each(operatorExamples.map((example) => [example]))('%s', (example) => expect(evaluate(example)).toBe(true))

  const functions = celFunctions.flatMap(({ example }) => (example ? [example] : []))
  const macros = macroGroups.flatMap((group) => group.macros.map(({ example }) => example))
  test.each([...functions, ...macros])('%s gives %s', (source, value) => {
    expect(evaluate(source)).toBeDefined()
    expect(evaluate(source)).toEqual(evaluate(value))
  })

  test.each(deviations.map(({ example: [source, value] }) => [source, value] as const))(
    '%s, where the specification says otherwise, gives %s',
    (source, value) => expect(evaluate(source)).toEqual(value === undefined ? undefined : evaluate(value)),
  )
})

test('every function has a summary and an example, once for all its forms', () => {
  for (const { functions } of celLibraries) {
    for (const key of new Set(functions.map(({ form, name }) => `${form} ${name}`))) {
      const told = functions.filter(
        ({ form, name, summary, example }) => `${form} ${name}` === key && summary && example,
      )
      expect([key, told.length > 0]).toEqual([key, true])
    }
  }
})

test('every deviation is of some test', () => {
  expect(deviations.filter(({ tests }) => tests.length === 0)).toEqual([])
})
