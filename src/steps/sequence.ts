import * as z from 'zod'
import { steps } from '../binding/steps.ts'
import { defineStep } from './step.ts'

/** Runs its steps one after the other. */
export const sequence = defineStep({
  kind: 'sequence',
  category: 'control',
  summary: 'Runs its steps one after the other.',
  example: '- sequence: [ { invoke: user.profile }, { invoke: reco.recommend } ]',
  shape: z.strictObject({ sequence: steps.describe('Steps; the first that fails ends it.') }),
  blocks: ({ sequence: list }) => [{ order: 'sequence', steps: list, path: ['sequence'] }],
  bind(step, binder) {
    const block = binder.block(step.blocks[0]!)
    return { blocks: [block], composition: 'single', compile: (compiler) => compiler.block(block) }
  },
})
