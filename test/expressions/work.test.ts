import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { judge } from '../../src/endpoints/verdict.ts'
import { GatewayError } from '../../src/errors.ts'
import type { Document } from '../../src/expressions/document.ts'
import { openTypes } from '../../src/expressions/expression.ts'
import { compileTemplate, parseTemplate } from '../../src/expressions/template.ts'
import { enter, WorkBudget } from '../../src/expressions/work.ts'

const tooMuchWork = expect.objectContaining({ code: 'too-much-work' })

function fill(source: unknown, color: unknown, budget: WorkBudget): unknown {
  const { template, faults } = parseTemplate(source, openTypes)
  expect(faults).toEqual([])
  const evaluate = compileTemplate(template)
  enter(budget)
  return evaluate({ request: {}, steps: {}, color } as Document)
}

const sources = [
  '$.color',
  { $each: '$.color', $map: { a: '$.item', b: '$.index' } },
  { $each: '$.color', $map: { $each: '$.color', $map: '$.item' } },
  '${ color.map(x, color.filter(y, y != x)) }',
  '${ color.all(x, color.exists(y, y == x)) || size(color) == 0 }',
  '$.color[?count($.color[?@ == 1]) > 0]',
  { $compact: '$.color' },
]

describe('a budget', () => {
  test('gives what it holds, then nothing more, ever', () => {
    const units = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 30 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), units, (limit, spent) => {
        const budget = new WorkBudget(limit)
        let sum = 0
        for (const some of spent) {
          sum += some
          if (sum <= limit) budget.spend(some)
          else {
            expect(() => budget.spend(some)).toThrow(tooMuchWork)
            sum = Number.POSITIVE_INFINITY
          }
        }
      }),
    )
  })

  test('changes no value: what it suffices for is what there is without one, all else is too-much-work', () => {
    const list = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.constantFrom(...sources), list, fc.integer({ min: 0, max: 400 }), (source, color, limit) => {
        const free = new WorkBudget(1_000_000)
        const wanted = fill(source, color, free)
        const attempt = () => fill(source, color, new WorkBudget(limit))
        if (free.spent <= limit) expect(attempt()).toEqual(wanted)
        else expect(attempt).toThrow(tooMuchWork)
      }),
    )
  })
})

describe('too much work is passed over by nothing', () => {
  const heavy = 'color.all(x, color.all(y, x >= 0 && y >= 0))'
  test.each<[string, unknown]>([
    ['||', `\${ ${heavy} || true }`],
    ['&&', `\${ ${heavy} && false }`],
    ['exists', `\${ [1, 2].exists(n, n == 2 || ${heavy}) }`],
    ['$default', { $default: [`\${ ${heavy} }`, 1] }],
    ['$failed: omit', { $each: [1], $map: `\${ ${heavy} }`, $failed: 'omit' }],
  ])('not by %s', (_, source) => {
    const color = Array.from({ length: 100 }, (_, index) => index)
    expect(() => fill(source, color, new WorkBudget(1000))).toThrow(tooMuchWork)
  })

  test('and it tells a breaker nothing', () => {
    expect(judge(new GatewayError('too-much-work'))).toBe('nothing')
  })
})

describe('what takes long by its keys is more work than a request may do', () => {
  const rows = Array.from({ length: 250_000 }, (_, id) => ({ id: `p${id}` }))
  const few = rows.slice(0, 1000)
  test.each([
    ['$join', { $join: { left: '$.color', right: '$.color', on: 'id', as: 'other' } }],
    ['$distinct', { $distinct: { of: '$.color', by: ['id', 'id'] } }],
    ['distinct() and its like', '${ sets.contains(color, color) }'],
  ])('%s', (_, source) => {
    expect(() => fill(source, rows, new WorkBudget())).toThrow(tooMuchWork)
    expect(() => fill(source, few, new WorkBudget(20_000))).not.toThrow()
  })
})
