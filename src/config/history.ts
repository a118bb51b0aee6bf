import * as z from 'zod'
import { share, size, timeSpan } from '../binding/scalars.ts'

const day = 24 * 60 * 60 * 1000
const memoryBytes = 64 * 1024 * 1024
const diskBytes = 1024 * 1024 * 1024

/** Where recordings are kept. */
export type HistoryTarget = { readonly kind: 'memory' } | { readonly kind: 'directory'; readonly path: string }

const storeShape = z
  .string()
  .min(1)
  .refine((text) => !text.includes('://'), {
    error: 'recordings are kept in `memory`, or in a directory',
    params: { help: 'write it like memory or ./data/history' },
  })
  .transform((text): HistoryTarget => (text === 'memory' ? { kind: 'memory' } : { kind: 'directory', path: text }))

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
    max: size.optional().describe('How much is kept at most, the newest: 64MB in memory, 1GB elsewhere unless said.'),
    store: storeShape
      .default({ kind: 'memory' })
      .describe('Where they are kept: `memory`, or a directory beside this file, which one gateway has.')
      .meta({ examples: ['memory', './data/history'] }),
    bodies: z
      .enum(['masked', 'all'])
      .default('masked')
      .describe('`all`: of bodies that no color names, what is in them too, not only type and size.'),
  })
  .transform((history) => ({
    ...history,
    max: history.max ?? (history.store.kind === 'memory' ? memoryBytes : diskBytes),
  }))
  .meta({
    description:
      'Requests are recorded as a whole: steps, calls, attempts, answers. `pii` is a token, `secret` nothing, in all that is kept.',
  })

export type HistorySettings = z.output<typeof historyShape>
