import * as z from 'zod'
import type { CachePolicy } from '../../backends/call.ts'
import { duration, template, timeSpan } from '../../language/scalars.ts'

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

/** The keys that a service, an operation and an invoke may all have, beside the kinds of `index.ts`. */
export const sharedKeys = {
  cache: cacheShape.optional(),
  coalesce: z
    .boolean()
    .optional()
    .describe('Makes equal calls in flight once; only of GET and HEAD. Where there is a cache, that is the default.'),
}
