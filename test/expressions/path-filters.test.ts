import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compilePlain } from '../../src/expressions/path/plain.ts'
import { parseStandard, type StandardQuery } from '../../src/expressions/path/rfc9535.ts'
import { compilePath, type Path } from '../../src/expressions/path.ts'

const evaluate = (query: string, document: unknown) => (compilePath(query) as Path).evaluate(document)

describe('filters that compare by singular queries', () => {
  test.each([
    '$[?@.a]',
    '$[?!@.a]',
    '$[?@.a == 1 && @.b]',
    "$[?(@.a == 'x' || @['b'][0] != null) && !(@.c < 3)].d",
    '$.list[?@.id == $.user.id]',
    '$[?@.a == @.b]',
    '$[?@.a == 12345678901234567890]',
    '$[?1 == 1]',
  ])('%s runs in closures', (query) => {
    expect((parseStandard(query) as StandardQuery).plain).toBe(true)
  })

  test.each(['$[?count(@.a) > 1]', '$[?@.a[*]]', '$[?@[?@.b]]', "$[?match(@.a, 'x')]", '$..[?@.a]'])(
    '%s does not',
    (query) => {
      expect((parseStandard(query) as StandardQuery).plain).toBe(false)
    },
  )

  test('law: they find what json-p3 finds', () => {
    const value = fc.constantFrom('null', 'true', '0', '1', '-1.5', "'a'", "'b'", "''", '9007199254740993')
    const query = fc.constantFrom('@', '@.a', '@.b', '@.a.b', '@[0]', '@[-1]', '$.a', '$[0]', "@['a b']")
    const comparison = fc
      .tuple(fc.oneof(query, value), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), fc.oneof(query, value))
      .map((parts) => parts.join(' '))
    const { filter } = fc.letrec<{ filter: string }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 3 },
        comparison,
        query,
        fc.tuple(tie('filter'), fc.constantFrom('&&', '||'), tie('filter')).map((parts) => `(${parts.join(' ')})`),
        tie('filter').map((inner) => `!(${inner})`),
      ),
    }))
    const leaf = fc.constantFrom<unknown>(null, true, false, 0, 1, -1.5, 'a', 'b', '')
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'a b', 'toString'), tie('json'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(filter, fc.constantFrom('$', '$.a', '$[*]'), json, (condition, from, document) => {
        const parsed = parseStandard(`${from}[?${condition}]`) as StandardQuery
        expect(parsed.plain).toBe(true)
        expect(compilePlain(parsed.leading)(document)).toEqual(parsed.evaluate(document))
      }),
      { numRuns: 2000 },
    )
  })

  test('compare numbers by their value, and what is absent with nothing', () => {
    const list = [{ id: 1 }, { id: 2, of: 1 }, { id: 1.5 }, {}, { of: null }]
    expect(evaluate('$[?@.id == @.of]', list)).toEqual([{}])
    expect(evaluate('$[?@.of == null]', list)).toEqual([{ of: null }])
    expect(evaluate('$[?@.id >= 1.5]', list)).toEqual([{ id: 2, of: 1 }, { id: 1.5 }])
  })
})
