import { breaker } from './breaker/breaker.ts'
import { bulkhead } from './bulkhead/bulkhead.ts'
import { cache } from './cache/cache.ts'
import { coalesce } from './coalesce/coalesce.ts'
import { follow } from './follow/follow.ts'
import { hedge } from './hedge/hedge.ts'
import { limit } from './limit/limit.ts'
import { mirror } from './mirror/mirror.ts'
import { retry } from './retry/retry.ts'
import { timeout } from './timeout/timeout.ts'

/** Every kind of policy around calls, outermost first. A new one is a folder beside these and a line here. */
export const policyKinds = [
  cache, // answers from the store; asks whether what it holds is still valid
  coalesce, // makes equal calls in flight once
  mirror, // sends a copy elsewhere, and forgets about it
  hedge, // asks another endpoint too when the first takes long
  retry, // an attempt more, while the budget and the deadline allow it
  limit, // holds calls to so many in a time
  bulkhead, // lets so many through at once, and queues the rest
  breaker, // refuses while the backend rests, and learns how calls end
  timeout, // ends one attempt
  follow, // goes on where redirects lead, each a request of its own
] as const
