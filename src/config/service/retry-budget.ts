import * as z from 'zod'
import { share, timeSpan } from '../../binding/scalars.ts'
import type { RetryBudgetPolicy } from '../../calls/policies/retry-budget.ts'

/** `retryBudget:` */
export const retryBudgetShape = z
  .strictObject({
    share: share.default(0.2).describe('Retries and hedges for each call.'),
    perSecond: z
      .number()
      .min(0)
      .max(10_000)
      .default(10)
      .describe('Beside those, so that few calls can be retried too.'),
    window: timeSpan.default(10_000).describe('How long what was not used can still be used.'),
  })
  .transform(({ share, perSecond, window }): RetryBudgetPolicy => ({ share, perSecond, windowMs: window }))
  .meta({ description: 'How much retries and hedges may add to the calls of the service.' })
