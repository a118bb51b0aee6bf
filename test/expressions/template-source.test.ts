import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Document } from '../../src/expressions/document.ts'
import { createExpressionTypes } from '../../src/expressions/expression.ts'
import { compilePath, type Path } from '../../src/expressions/path.ts'
import { compileTemplate, parseTemplate } from '../../src/expressions/template.ts'

const types = createExpressionTypes(new Map())
const names = ['a', 'b c', '"', "'", '\\', '\n', '\u2028', 'length', 'toString', '`', '${x}', '</script>', '名']

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, 1, 'x', true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
  ),
})).value

const path = fc
  .array(fc.oneof(fc.constantFrom(...names), fc.integer({ min: -2, max: 2 })), { minLength: 1, maxLength: 4 })
  .map((segments) => `$.request${segments.map((segment) => `[${JSON.stringify(segment)}]`).join('')}`)

const template: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  template: fc.oneof(
    { maxDepth: 4 },
    path,
    fc.constantFrom(1, 'text', null),
    fc.array(tie('template'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names.filter((name) => !name.startsWith('$'))), tie('template'), { maxKeys: 5 }),
  ),
})).template

/** What the language says of objects, arrays and paths, word for word. */
function fill(part: unknown, document: Document): unknown {
  if (typeof part === 'string' && part.startsWith('$.')) return (compilePath(part) as Path).evaluate(document)
  if (Array.isArray(part)) return part.map((item) => fill(item, document) ?? null)
  if (typeof part !== 'object' || part === null) return part
  const filled = Object.entries(part).map(([name, inner]) => [name, fill(inner, document)] as const)
  return Object.fromEntries(filled.filter(([, inner]) => inner !== undefined))
}

describe('an object of a template, as JavaScript of its own', () => {
  test('gives what the language says, whatever it is named and whatever it reads', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('p', 'q'), template),
        fc.dictionary(fc.constantFrom(...names), value),
        (text, request) => {
          const document: Document = { request, steps: {} }
          const { template: parsed, faults } = parseTemplate(text, types)
          expect(faults).toEqual([])
          expect(compileTemplate(parsed)(document)).toEqual(fill(text, document))
        },
      ),
      { numRuns: 400 },
    )
  })

  test('runs nothing that stands in a name', () => {
    const attack = '"]=(globalThis.hacked=1)||o0["'
    const { template: parsed } = parseTemplate(
      { [attack]: '$.request.a', b: `$.request[${JSON.stringify(attack)}]` },
      types,
    )
    expect(compileTemplate(parsed)({ request: { a: 1, [attack]: 2 }, steps: {} })).toEqual({ [attack]: 1, b: 2 })
    expect('hacked' in globalThis).toBe(false)
  })
})
