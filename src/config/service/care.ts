import * as z from 'zod'
import { share, timeSpan } from '../../binding/scalars.ts'
import type { HealthPolicy, OutlierPolicy } from '../../endpoints/health/policy.ts'

/** `health:` */
const healthShape = z
  .strictObject({
    get: z.string().startsWith('/', 'a path begins with /').describe('What is asked, behind the path of the endpoint.'),
    every: timeSpan.default(5_000).describe('A tenth shorter or longer by chance.'),
    timeout: timeSpan.default(1_000).describe('An answer has to be there by then.'),
    healthy: z.int().min(1).max(100).default(2).describe('Good answers in a row that bring an endpoint back.'),
    unhealthy: z.int().min(1).max(100).default(3).describe('Bad ones in a row that take it out.'),
  })
  .transform(
    ({ get, every, timeout, healthy, unhealthy }): HealthPolicy => ({
      path: get,
      everyMs: every,
      timeoutMs: timeout,
      healthy,
      unhealthy,
    }),
  )
  .meta({ description: 'Active health checks of every endpoint: a status from 200 to 299 is healthy.' })

/** `outlier:` */
const outlierShape = z
  .strictObject({
    failures: z.int().min(1).max(1000).default(5).describe('Failures in a row that take an endpoint out.'),
    eject: timeSpan.default(10_000).describe('Its first rest; each one soon after it is longer by as much.'),
    maxEjected: share.default(0.5).describe('Share of the endpoints that may rest at once.'),
  })
  .transform(({ failures, eject, maxEjected }): OutlierPolicy => ({ failures, ejectMs: eject, maxEjected }))
  .meta({ description: 'Takes an endpoint out for a while when its calls fail one after the other.' })

/** The keys by which a service looks after its endpoints. */
export const careKeys = {
  health: healthShape.optional(),
  outlier: outlierShape.optional(),
  failover: z
    .enum(['stop', 'retry', 'fast-retry'])
    .optional()
    .describe(
      'What becomes of an endpoint that fails too often, and of the call: `stop`: it is left until `health` or `discover` finds it well; `retry`: it rests, then one call tries it; `fast-retry`: likewise, and what failed is tried at once on another endpoint where that is safe.',
    ),
  slowStart: timeSpan
    .optional()
    .describe('How long an endpoint that is new or came back takes to get its whole share of the calls.'),
}
