import * as z from 'zod'
import { duration, errorCodes } from '../../../binding/scalars.ts'

/** What is done about some failures. */
export interface RetryRule {
  /** Attempts in all, the first included. */
  readonly attempts: number
  readonly delayMs: number
  readonly backoff: 'constant' | 'exponential'
  readonly jitter: boolean
  /** Error patterns (see compileErrorMatcher) that are worth another attempt. */
  readonly on: readonly string[]
}

/** Of several, the first whose `on` matches a failure decides about it. */
export type RetryPolicy = RetryRule | readonly RetryRule[]

const rule = z
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
    ({ attempts, delay, backoff, jitter, on }): RetryRule => ({ attempts, delayMs: delay, backoff, jitter, on }),
  )

const rules = z
  .array(rule)
  .min(1)
  .superRefine((rules, context) => {
    for (const [index, { on }] of rules.entries()) {
      const before = rules.slice(0, index).flatMap((earlier) => earlier.on)
      if (!on.every((code) => before.some((pattern) => covers(pattern, code)))) continue
      const message = 'those before it decide about all that it lists'
      context.addIssue({ code: 'custom', message, path: [index, 'on'], params: { help: 'put it before them' } })
    }
  })

function covers(pattern: string, code: string): boolean {
  return pattern === 'all' || pattern === code || (/^http-\dxx$/.test(pattern) && code.startsWith(pattern.slice(0, 6)))
}

/** `retry:` */
export const retryShape = z
  .union([rule, rules])
  .transform((policy): RetryPolicy => policy)
  .meta({
    description:
      'Another attempt after a failure; only for idempotent methods. Of a list, the first whose `on` has the failure decides.',
  })
