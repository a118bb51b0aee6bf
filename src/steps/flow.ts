import * as z from 'zod'
import { steps } from '../binding/steps.ts'
import { defineStep } from './step.ts'

/** Runs its steps as parallel as the colors allow: each starts when what it reads is there. */
export const flow = defineStep({
  kind: 'flow',
  category: 'data flow',
  summary: 'Runs its steps as parallel as their colors allow: each starts when what it reads is there.',
  example:
    '- flow: [ { invoke: pricing.prices }, { invoke: reco.recommend } ]   # recommend first: prices need its ids',
  shape: z.strictObject({ flow: steps.describe('Steps, in any order.') }),
  blocks: ({ flow: list }) => [{ order: 'flow', steps: list, path: ['flow'] }],
  bind(step, binder) {
    const block = binder.block(step.blocks[0]!)
    return { blocks: [block], composition: 'single', compile: (compiler) => compiler.block(block) }
  },
})
