import * as z from 'zod'
import { share, timeSpan } from '../../../binding/scalars.ts'

export interface BreakerPolicy {
  /** 0..1 */
  readonly errorRate: number
  readonly windowMs: number
  readonly minCalls: number
  readonly openMs: number
}

/** `breaker:` */
export const breakerShape = z
  .strictObject({
    errorRate: share.default(0.5).describe('Share of failed calls that opens it.'),
    window: timeSpan.default(10_000).describe('Over how long calls are counted.'),
    minCalls: z.int().min(1).default(20).describe('Fewer calls than this never open it.'),
    open: timeSpan.default(5_000).describe('How long it rests before it lets a probe through.'),
  })
  .transform(
    ({ errorRate, window, minCalls, open }): BreakerPolicy => ({ errorRate, windowMs: window, minCalls, openMs: open }),
  )
  .meta({ description: 'Stops calling a backend that fails, for a while.' })
