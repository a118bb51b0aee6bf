import * as z from 'zod'
import { share, size, timeSpan } from '../binding/scalars.ts'

const day = 24 * 60 * 60 * 1000
const memoryBytes = 64 * 1024 * 1024

/** Where recordings are kept. */
export type HistoryTarget = { readonly kind: 'memory' }

const storeShape = z.literal('memory').transform((): HistoryTarget => ({ kind: 'memory' }))

/** What is recorded whatever the sample is. */
export const causes = ['error', 'degraded', 'slow'] as const
export type Cause = (typeof causes)[number]

/** `history:` of the gateway's file. */
export const historyShape = z
  .strictObject({
    sample: share.default(0.05).describe('Share of all requests that are recorded.'),
    always: z
      .array(z.enum(causes))
      .default([...causes])
      .describe('What is recorded whatever the sample is: told when a request has ended.'),
    slow: timeSpan.default(500).describe('What took longer is `slow`.'),
    keep: timeSpan.default(day).describe('How long recordings are kept.'),
    max: size.optional().describe('How much is kept at most, the newest: 64MB unless said.'),
    store: storeShape.default({ kind: 'memory' }).describe('Where they are kept: `memory`.'),
    bodies: z
      .enum(['masked', 'all'])
      .default('masked')
      .describe('`all`: of bodies that no color names, what is in them too, not only type and size.'),
  })
  .transform((history) => ({
    ...history,
    max: history.max ?? memoryBytes,
  }))
  .meta({
    description:
      'Requests are recorded as a whole: steps, calls, attempts, answers. `pii` is a token, `secret` nothing, in all that is kept.',
  })

export type HistorySettings = z.output<typeof historyShape>
