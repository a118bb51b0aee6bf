import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { deviations } from '../../scripts/reference/cel-deviations.ts'
import { GatewayError } from '../../src/errors.ts'
import { compileExpression, openTypes } from '../../src/expressions/expression.ts'
import { keyOfValue } from '../../src/expressions/value-key.ts'
import { enter } from '../../src/expressions/work.ts'
import { parseJson } from '../../src/json-text.ts'

interface Case {
  readonly name: string
  readonly expr: string
  readonly bindings?: Readonly<Record<string, string>>
  readonly unchecked?: true
  readonly value?: string
  readonly fails?: true
  readonly checkOnly?: true
}

const folder = new URL('./cel-spec/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const notWhole = { ...openTypes, functions: Object.assign([...openTypes.functions], { isWhole: false }) }
const deviating = new Set(deviations.flatMap(({ tests }) => tests))

describe.each(files)('google/cel-spec: %s', (file) => {
  const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]
  const section = basename(file, '.json')
  const named = cases.map((one) => [`${section}/${one.name}`, one] as const)
  // What fails here and is no deviation is a fault; what passes and is listed as a deviation is none any more.
  test.each(named)('%s', (name, one) => expect([one.expr, passes(one)]).toEqual([one.expr, !deviating.has(name)]))
})

test('every deviation from google/cel-spec is one of its tests, once', () => {
  const names = files.flatMap((file) =>
    (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]).map(
      ({ name }) => `${basename(file, '.json')}/${name}`,
    ),
  )
  const listed = deviations.flatMap(({ tests }) => tests)
  expect(listed.filter((name) => !names.includes(name))).toEqual([])
  expect(listed).toHaveLength(deviating.size)
})

/** Whether it has the outcome that the specification says. */
function passes({ expr, bindings = {}, unchecked, value, fails, checkOnly }: Case): boolean {
  enter(undefined)
  const expression = compileExpression(expr, unchecked ? notWhole : openTypes)
  if ('code' in expression) return fails === true
  if (checkOnly) return true
  try {
    const given = expression.evaluate(documentOf(bindings))
    return fails ? given === undefined : given !== undefined && isSame(given, value!)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return fails === true
  }
}

/** A variable with dots in its name is a color. */
function documentOf(bindings: Readonly<Record<string, string>>): Record<string, unknown> {
  const document: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(bindings)) {
    const segments = name.split('.')
    let owner = document
    for (const segment of segments.slice(0, -1)) {
      owner[segment] ??= {}
      owner = owner[segment] as Record<string, unknown>
    }
    owner[segments.at(-1)!] = parseJson(value)
  }
  return document
}

function isSame(given: unknown, wanted: string): boolean {
  try {
    return keyOfValue(given) === keyOfValue(parseJson(wanted))
  } catch (thrown) {
    // NaN, infinity, keys that are no text.
    if (thrown instanceof SyntaxError) return false
    throw thrown
  }
}
