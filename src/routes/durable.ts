import * as z from 'zod'
import { size, timeSpan } from '../binding/scalars.ts'

const dayMs = 24 * 60 * 60_000
const defaultTimeoutMs = 30 * dayMs
const defaultStateBytes = 4 * 1024 * 1024

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
      maxState: size
        .default(defaultStateBytes)
        .describe('What is recorded of one run, at most; then its calls fail with `too-much-state`. 4 MB by default.'),
    }),
  ])
  .transform((durable): DurableSettings => {
    const { timeout, maxState } =
      durable === true ? { timeout: defaultTimeoutMs, maxState: defaultStateBytes } : durable
    return { timeoutMs: timeout, maxStateBytes: maxState }
  })
  .describe(
    'Each request is a run that is recorded step by step: after a crash it goes on where it was, and what cannot go on is undone.',
  )

/** What holds for the runs of a durable route. */
export interface DurableSettings {
  readonly timeoutMs: number
  readonly maxStateBytes: number
}
