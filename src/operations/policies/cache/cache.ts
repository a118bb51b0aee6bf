import type { CachePolicy } from '../../../calls/http-caching/lifetimes.ts'
import { definePolicy } from '../../../calls/policy.ts'
import { configOf } from '../../../calls/site-policies.ts'
import { printDuration } from '../../../expressions/units.ts'
import { coalesce } from '../coalesce/coalesce.ts'
import { singleflight } from '../coalesce/singleflight.ts'
import { misfitOfUnsafe } from '../unsafe.ts'
import { answerFromStore, cacheResults } from './answer-from-store.ts'
import { Refreshes } from './refreshes.ts'
import { cacheShape } from './shape.ts'

/** Answers from the store what was answered before to an equal request. */
export const cache = definePolicy({
  name: 'cache',
  on: ['service', 'operation', 'step'],
  shape: cacheShape,
  off: true,
  notes:
    'Equal is what was rendered alike to the last header. [Caching](../guides/caching.md) tells what the backend has a say in.',
  example: 'cache: { ttl: 30s, stale: 5m, staleIfError: 1h }',
  misfit: (_policy, operation) => misfitOfUnsafe(operation),
  givesEarlierAnswers: true,
  answerUse: ({ override }) => ({
    acceptsNotModified: true,
    sharesAnswers: true,
    keepsAnswers: true,
    overridesCaching: override,
  }),
  shared: {
    /** A bound in common: so many in the whole process. */
    key: () => [],
    open: (_policy, { clock }) => new Refreshes(clock),
    close: (refreshes) => refreshes.close(),
  },
  wrap(policy, parts) {
    const answer = answerFromStore(policy, parts)
    // It asks for nobody in particular, so its calls fly too, if they must alone.
    if (configOf(parts.site, coalesce)) return answer
    const alone = singleflight(parts, undefined)
    return (next) => answer(alone(next))
  },
  events: { help: 'Calls by cache result', label: 'result', values: cacheResults },
  caption: describeCache,
  drawing: ({ ttlMs }) => `cached ${ttlMs === undefined ? 'as the backend says' : printDuration(ttlMs)}`,
})

function describeCache({ ttlMs, staleMs, staleIfErrorMs, override }: CachePolicy): string {
  const life = ttlMs === undefined ? 'as long as the backend says' : printDuration(ttlMs)
  const parts = [override || ttlMs === undefined ? life : `${life} unless the backend says`]
  if (staleMs > 0) parts.push(`${printDuration(staleMs)} more while a newer one is fetched`)
  if (staleIfErrorMs > 0) parts.push(`${printDuration(staleIfErrorMs)} more for failures`)
  return parts.join(', ')
}
