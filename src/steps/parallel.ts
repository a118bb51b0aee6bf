import * as z from 'zod'
import { steps } from '../binding/steps.ts'
import { defineStep } from './step.ts'

/** Runs its steps all at once; the first failure that nothing handles cancels the others. */
export const parallel = defineStep({
  kind: 'parallel',
  category: 'control',
  summary: 'Runs its steps all at once; a failure that nothing handles cancels the others.',
  example: '- parallel: [ { invoke: content.banners }, { invoke: content.channels } ]',
  shape: z.strictObject({ parallel: steps.describe('Steps; none reads what another writes.') }),
  blocks: ({ parallel: list }) => [{ order: 'parallel', steps: list, path: ['parallel'] }],
  bind(step, binder) {
    const block = binder.block(step.blocks[0]!)
    return { blocks: [block], composition: 'single', compile: (compiler) => compiler.block(block) }
  },
})
