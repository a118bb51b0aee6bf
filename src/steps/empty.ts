import * as z from 'zod'
import { defineStep } from './step.ts'

/** Does nothing: a place for a note, or an arm that needs no work. */
export const empty = defineStep({
  kind: 'empty',
  category: 'activity',
  summary: 'Does nothing.',
  example: '- empty',
  shape: z.strictObject({
    empty: z.union([z.null(), z.strictObject({})]).describe('Nothing; `empty` alone is the same.'),
  }),
  bind: () => ({ compile: () => () => {} }),
})
