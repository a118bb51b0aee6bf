import * as z from 'zod'
import { duration, size, timeSpan } from '../binding/scalars.ts'

const dayMs = 24 * 60 * 60_000
const defaultTimeoutMs = 30 * dayMs
const defaultRetentionMs = 7 * dayMs
const defaultStateBytes = 4 * 1024 * 1024
const defaultWithinMs = 3000

/** Of a route that says no more of it. */
export const defaultDurable: DurableSettings = {
  timeoutMs: defaultTimeoutMs,
  retentionMs: defaultRetentionMs,
  keepsAll: false,
  maxStateBytes: defaultStateBytes,
  replyWithinMs: defaultWithinMs,
}

/** `durable:` of a route. */
export const durableShape = z
  .union([
    z.literal(true),
    z.strictObject({
      timeout: timeSpan
        .default(defaultTimeoutMs)
        .describe(
          'How long a run may take, restarts and waits included; then its calls fail with `timeout`. 30 days by default.',
        ),
      retention: timeSpan
        .default(defaultRetentionMs)
        .describe('How long an ended run is kept: what it came to, and its answer. 7 days by default.'),
      keep: z
        .enum(['answer', 'all'])
        .default('answer')
        .describe(
          'What is kept of an ended run: its answer, or also what its calls gave, by which it can be run again from a step.',
        ),
      maxState: size
        .default(defaultStateBytes)
        .describe('What is recorded of one run, at most; then its calls fail with `too-much-state`. 4 MB by default.'),
    }),
  ])
  .transform((durable): Omit<DurableSettings, 'replyWithinMs'> => {
    if (durable === true) return defaultDurable
    const { timeout, retention, keep, maxState } = durable
    return { timeoutMs: timeout, retentionMs: retention, keepsAll: keep === 'all', maxStateBytes: maxState }
  })
  .describe(
    'Each request is a run that is recorded step by step: after a crash it goes on where it was, and what cannot go on is undone.',
  )

/** `reply:` of a route. */
export const replyShape = z
  .strictObject({
    within: duration
      .default(defaultWithinMs)
      .describe('How long a client is kept for the answer of its run; 3s by default, `0s`: not at all.'),
  })
  .describe('When a durable route answers 202, with the place where its run is told of, in place of its answer.')

/** What holds for the runs of a durable route. */
export interface DurableSettings {
  readonly timeoutMs: number
  /** How long an ended run is kept, and whether its journal is. */
  readonly retentionMs: number
  readonly keepsAll: boolean
  readonly maxStateBytes: number
  /** How long a client is kept for the answer. */
  readonly replyWithinMs: number
}
