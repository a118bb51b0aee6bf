import * as z from 'zod'
import { duration, errorCodes } from '../../../binding/scalars.ts'

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number
  readonly delayMs: number
  readonly backoff: 'constant' | 'exponential'
  readonly jitter: boolean
  /** Error patterns (see compileErrorMatcher) that are worth another attempt. */
  readonly on: readonly string[]
}

/** `retry:` */
export const retryShape = z
  .strictObject({
    attempts: z.int().min(1).max(10).default(2).describe('Attempts in all, the first included.'),
    delay: duration.default(20).describe('Wait before the second attempt.'),
    backoff: z
      .enum(['constant', 'exponential'])
      .default('exponential')
      .describe('Whether each wait is twice the last.'),
    jitter: z.boolean().default(true).describe('Full jitter: wait a random part of the delay.'),
    on: errorCodes.default(['unavailable', 'timeout', 'http-502', 'http-503', 'http-504']),
  })
  .transform(
    ({ attempts, delay, backoff, jitter, on }): RetryPolicy => ({ attempts, delayMs: delay, backoff, jitter, on }),
  )
  .meta({ description: 'Another attempt after a failure; only for idempotent methods.' })
