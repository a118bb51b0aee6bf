import * as z from 'zod'
import type { BreakerPolicy, CachePolicy, RetryPolicy } from '../backends/call.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { duration, errorCodes, share, template, timeSpan } from '../language/scalars.ts'
import { hedgeShape } from './hedge.ts'

/** Who says what a policy is, and where; what is built in stands in no file. */
export interface PolicyOrigin {
  readonly by: 'step' | 'operation' | 'service' | 'route' | 'gateway' | 'built-in'
  readonly at: Location | undefined
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

/** `cache:` */
export const cacheShape = z
  .union([
    z.literal(false),
    z
      .strictObject({
        ttl: timeSpan
          .optional()
          .describe('How long an answer is fresh when the backend does not say; without it only what it says counts.'),
        stale: duration
          .default(0)
          .describe('How long after that it is still answered at once, while a newer one is fetched.'),
        staleIfError: duration.default(0).describe('How long after it was fresh it stands in for a failure.'),
        override: z
          .boolean()
          .default(false)
          .describe('Passes over what the backend says of caching (`Cache-Control`, `Expires`).'),
      })
      .refine(({ ttl, override }) => ttl !== undefined || !override, {
        path: ['override'],
        message: 'without a `ttl` nothing would say how long an answer is kept',
      }),
  ])
  .transform((cache): CachePolicy | false => {
    if (cache === false) return false
    const { ttl, stale, staleIfError, override } = cache
    return { ttlMs: ttl, staleMs: stale, staleIfErrorMs: staleIfError, override }
  })
  .meta({ description: 'Keeps answers for equal requests; only of GET and HEAD. `false`: not here.' })

const fallbackEntry = z.union([
  z.strictObject({ body: template.describe('Taken as if the backend had answered it.') }),
  z.strictObject({ assign: z.record(z.string(), template).describe('Writes these colors instead.') }),
  z.strictObject({ lastGood: duration.describe('The last good answer to the same request, no older than this.') }),
  z.strictObject({ invoke: z.string().describe('Another operation, `service.operation`.') }),
])

/** `fallback:` one entry, or a list tried in order. */
export const fallbackShape = z
  .union([fallbackEntry, z.array(fallbackEntry).min(1)])
  .transform((entry) => (Array.isArray(entry) ? entry : [entry]))
  .meta({ description: 'What answers when the call fails.' })

export type FallbackEntry = z.output<typeof fallbackEntry>

/** The keys that a service, an operation and an invoke may all have. */
export const policyKeys = {
  timeout: timeSpan.optional().describe('Of one attempt.'),
  retry: retryShape.optional(),
  hedge: hedgeShape.optional(),
  breaker: breakerShape.optional(),
  cache: cacheShape.optional(),
  coalesce: z
    .boolean()
    .optional()
    .describe('Makes equal calls in flight once; only of GET and HEAD. Where there is a cache, that is the default.'),
}
