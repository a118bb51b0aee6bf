import type { Condition, Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { unifySchemas } from '../template/unify.ts'
import { defineOperator } from './operator.ts'

interface Choice {
  readonly condition: Condition
  readonly yes: Template
  readonly no: Template | undefined
}

export const choose = defineOperator<Choice>({
  name: '$if',
  keys: ['$then'],
  optionalKeys: ['$else'],
  summary: 'One value where a condition (CEL) holds, and another, or nothing, where it does not.',
  example: '{ $if: "cart.sum > 100", $then: free, $else: { cents: 490 } }',
  parse({ $if, $then, $else }, parser) {
    const condition = parser.condition($if, '$if')
    const yes = parser.template($then, '$then')
    const no = $else === undefined ? undefined : parser.template($else, '$else')
    return condition && { condition, yes, no }
  },
  parts: ({ condition, yes, no }) => {
    const { whenTrue, whenFalse } = condition.expression.proves
    return [
      { template: condition, isCondition: true },
      { template: yes, given: whenTrue },
      ...(no ? [{ template: no, given: whenFalse }] : []),
    ]
  },
  compile({ condition, yes, no }, compile) {
    const { test } = condition.expression
    const readYes = compile(yes)
    const readNo = no ? compile(no) : () => undefined
    return (document) => (test(document) ? readYes(document) : readNo(document))
  },
  schema: ({ yes, no }, schemaOf) => unifySchemas([schemaOf(yes), ...(no ? [schemaOf(no)] : [])]),
  // Which of them it is tells of what the condition reads, as in CEL.
  trace: ({ condition, yes, no }, trace) => [
    ...trace(condition).map((traced) => moveTo(traced, [])),
    ...trace(yes),
    ...(no ? trace(no) : []),
  ],
})
