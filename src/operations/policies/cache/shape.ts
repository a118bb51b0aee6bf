import * as z from 'zod'
import { duration, timeSpan } from '../../../binding/scalars.ts'
import type { CachePolicy } from '../../../calls/http-caching/lifetimes.ts'

/** `cache:` */
export const cacheShape = z
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
  })
  .transform(
    ({ ttl, stale, staleIfError, override }): CachePolicy => ({
      ttlMs: ttl,
      staleMs: stale,
      staleIfErrorMs: staleIfError,
      override,
    }),
  )
  .meta({ description: 'Keeps answers for equal requests; only of GET and HEAD.' })
