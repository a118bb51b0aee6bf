import * as z from 'zod'
import { steps } from '../binding/steps.ts'
import { defineStep } from './step.ts'

/** Runs its steps all at once; the first that succeeds counts. */
export const first = defineStep({
  kind: 'first',
  category: 'control',
  summary: 'Runs its steps all at once; the first that succeeds counts, and the others are cancelled.',
  example: '- first: [ { invoke: user.profile }, { assign: { user.segment: anonymous } } ]',
  shape: z.strictObject({
    first: steps.describe(
      'Steps, each a way to the same: what the winner writes holds. One that is skipped, left out or writes nothing has not won.',
    ),
  }),
  blocks: ({ first: list }) => [{ order: 'first', steps: list, path: ['first'] }],
  bind(step, binder) {
    const block = binder.block(step.blocks[0]!)
    return { blocks: [block], composition: 'single', compile: (compiler) => compiler.block(block) }
  },
})
