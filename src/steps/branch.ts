import * as z from 'zod'
import { bindCondition } from '../binding/bind.ts'
import { condition } from '../binding/scalars.ts'
import { within } from '../binding/shape.ts'
import { steps } from '../binding/steps.ts'
import type { Document } from '../expressions/document.ts'
import { defineStep } from './step.ts'

const arm = z.union([
  z.strictObject({ when: condition, do: steps.describe('What runs when it holds.') }),
  z.strictObject({ default: steps.describe('What runs when none holds; the last arm.') }),
])

/** Runs the first arm whose condition holds. */
export const branch = defineStep({
  kind: 'branch',
  category: 'control',
  summary: 'Runs the first arm whose condition holds, else the default.',
  example: `- branch: [ { when: has(user.id), do: [ { invoke: user.profile } ] }, { default: [ { assign: { user.segment: anonymous } } ] } ]`,
  shape: z
    .strictObject({ branch: z.array(arm).min(1).describe('Arms, tried in their order.') })
    .refine(({ branch: arms }) => arms.slice(0, -1).every((entry) => 'when' in entry), {
      message: 'the default is the last arm',
      path: ['branch'],
    }),
  blocks: ({ branch: arms }) =>
    arms.map((entry, index) =>
      'when' in entry
        ? { order: 'sequence', steps: entry.do, path: ['branch', index, 'do'] }
        : { order: 'sequence', steps: entry.default, path: ['branch', index, 'default'] },
    ),
  bind(step, binder) {
    const arms = step.config.branch.map((entry, index) => {
      const holds =
        'when' in entry ? bindCondition(entry.when, within(step.position, 'branch', index, 'when'), binder) : undefined
      return binder.block(step.blocks[index]!, { condition: holds })
    })
    return {
      blocks: arms,
      composition: 'alternatives',
      exhaustive: arms.at(-1)!.condition === undefined,
      compile(compiler) {
        const compiled = arms.map((block) => ({ test: block.condition?.test, run: compiler.block(block) }))
        const { recordedAs } = compiler
        if (recordedAs !== undefined) {
          const find = (document: Document) => compiled.findIndex(({ test }) => !test || test(document))
          return (context) => {
            const arm = context.run.recorder!.choose(recordedAs, () => find(context.document))
            return compiled[arm]?.run(context)
          }
        }
        return (context) => {
          for (const { test, run } of compiled) if (!test || test(context.document)) return run(context)
        }
      },
    }
  },
})
