import { bench, do_not_optimize, group } from 'mitata'
import { compileExpression, openTypes } from '../../../src/expressions/expression.ts'
import { describeDocument, insist } from '../home.ts'

const expressions = [
  { title: 'comparison', source: 'user.profile.segment == "member"', gives: true },
  { title: 'has and &&', source: 'has(user.profile.level) && user.profile.points.balance > 10000', gives: true },
  { title: 'arithmetic', source: 'user.profile.points.balance * 2 + 1', gives: 25_681 },
  { title: 'filter over 9', source: 'product.list.filter(p, p.price.cents > 7000).size()', gives: 6 },
]

/** CEL over the context of a request. */
export function addBenchmarks(): void {
  const document = describeDocument()
  group('expressions', () => {
    for (const { title, source, gives } of expressions) {
      const expression = compileExpression(source, openTypes)
      if ('code' in expression) throw new Error(expression.message)
      insist(expression.evaluate(document), gives)
      bench(`expression ${title}`, () => do_not_optimize(expression.evaluate(document)))
    }
  })
}
