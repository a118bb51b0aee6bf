import { GatewayError } from '../../errors.ts'
import { isNumber } from '../../numbers.ts'
import { computable } from '../arithmetic.ts'
import type { Document } from '../document.ts'
import type { Reader, Template } from '../template/nodes.ts'
import { spend } from '../work.ts'
import { parseFields } from './fields.ts'
import { listOf } from './list-schema.ts'
import { defineOperator, misfit } from './operator.ts'

const names = ['from', 'to', 'step'] as const
type Range = Readonly<Record<(typeof names)[number], Template | undefined>>
const longest = 1_000_000

export const range = defineOperator<Range>({
  name: '$range',
  keys: [],
  summary: 'Whole numbers `from` one (0 unless given) to before another, by a `step` (1 unless given, or below 0).',
  example: '{ $range: { from: 0, to: 100, step: 20 } }',
  parse({ $range }, parser) {
    const fields = parseFields('$range', $range, { needed: ['to'], optional: ['from', 'step'] }, parser)
    if (!fields) return undefined
    const part = (name: string) =>
      fields[name] === undefined ? undefined : parser.template(fields[name], '$range', name)
    if (fields['step'] === 0) {
      parser.fault('invalid-value', 'a `step` of 0 never gets there', ['$range', 'step'])
      return undefined
    }
    return { from: part('from'), to: part('to'), step: part('step') }
  },
  parts: (config) => names.flatMap((name) => config[name] ?? []).map((template) => ({ template })),
  compile(config, compile) {
    const [readFrom, readTo, readStep] = names.map((name) => config[name] && compile(config[name])) as [
      Reader | undefined,
      Reader,
      Reader | undefined,
    ]
    return (document) => {
      const to = readWhole(readTo, document)
      const from = readFrom ? readWhole(readFrom, document) : 0
      const step = readStep ? readWhole(readStep, document) : 1
      if (from === undefined || to === undefined || step === undefined) return undefined
      if (step === 0) throw new GatewayError('invalid-response', { detail: '`$range` needs a step that is not 0' })
      const length = Math.max(0, Math.ceil((to - from) / step))
      if (length > longest)
        throw new GatewayError('too-much-work', { detail: `\`$range\` makes at most ${longest} numbers` })
      spend(length)
      return Array.from({ length }, (_, index) => from + index * step)
    }
  },
  schema: () => listOf({ type: 'integer' }),
})

function readWhole(read: Reader, document: Document): number | undefined {
  const value = read(document)
  if (value === undefined || value === null) return undefined
  const number = isNumber(value) ? computable(value) : undefined
  return Number.isSafeInteger(number) ? (number as number) : misfit('$range', 'whole numbers', value)
}
