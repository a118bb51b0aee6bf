import { attempt } from './attempt.ts'
import { balance } from './balancers/balance.ts'
import type { Call, CallSite } from './call.ts'
import type { Policy } from './layer.ts'
import { mirror } from './mirroring/mirror.ts'
import type { StackParts } from './parts.ts'
import { breaker, breakerAhead } from './policies/breaker.ts'
import { bulkhead } from './policies/bulkhead.ts'
import { cache } from './policies/cache.ts'
import { coalesce } from './policies/coalesce.ts'
import { fallback } from './policies/fallback.ts'
import { hedge } from './policies/hedge.ts'
import { rate } from './policies/rate.ts'
import { retry } from './policies/retry.ts'
import { timeout } from './policies/timeout.ts'

/** The whole onion around one place in a route that calls a backend, outermost first. */
export function buildStack(site: CallSite, parts: StackParts): Call {
  const policies: Policy[] = [
    cache(site, parts), // answers from the store; asks whether what it holds is still valid
    coalesce(site, parts), // makes equal calls in flight once
    mirror(site, parts), // sends a copy elsewhere, and forgets about it
    hedge(site, parts), // asks another endpoint too when the first takes long
    retry(site, parts), // an attempt more, while the budget and the deadline allow it
    breakerAhead(site, parts), // refuses while the backend rests what would have to queue
    rate(site, parts), // holds calls to so many in a time
    bulkhead(site, parts), // lets so many through at once, and queues the rest
    breaker(site, parts), // refuses while the backend rests, and learns how calls end
    timeout(site, parts), // ends one attempt
  ]
  const transport = attempt(site.cache ? acceptingNotModified(site) : site, parts) // sends, receives, decodes, traces
  const balanced = balance(site, parts, transport) // picks the endpoint
  const sent = policies.reduceRight((next, policy) => policy(next), balanced)
  return fallback(site, parts)(sent) // renders the request; covers what all attempts together could not
}

/** The cache asks whether an answer is still valid, and reads the headers of a 304. */
function acceptingNotModified(site: CallSite): CallSite {
  return { ...site, isSuccess: (status) => status === 304 || site.isSuccess(status) }
}
