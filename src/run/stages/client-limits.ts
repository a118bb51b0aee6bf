import type { RateDecision } from '../../admission/rates/rate-limiter.ts'
import type { RequestLimit, RouteAdmission } from '../../plan/admission/route.ts'
import { refuse } from '../refusals.ts'
import { type Client, defineStage, type Handle, type StageParts } from '../stage.ts'
import { type Applied, printRateHeaders, wholeSeconds } from './rate-headers.ts'

/** Before anybody is asked who he is: what counts by the address alone, or all of it where nobody is asked. */
export const addressLimits = defineStage({
  name: 'address limits',
  on: ['route', 'proxy', 'unmatched'],
  open: ({ admission, access }, parts) => openLimits(admission, parts, ({ isByAddress }) => isByAddress || !access),
})

/** Behind it: what may count by who asks. */
export const clientLimits = defineStage({
  name: 'client limits',
  on: ['route', 'proxy'],
  open: ({ admission, access }, parts) => openLimits(admission, parts, ({ isByAddress }) => !isByAddress && !!access),
})

/** Refuses who comes too often with 429: by the gateway's limit, then the route's. Both take from all of them. */
function openLimits(
  declared: RouteAdmission | undefined,
  { admission, hold }: StageParts,
  isHere: (limit: RequestLimit) => boolean,
) {
  const limits = (declared?.limits ?? []).filter(isHere)
  if (limits.length === 0) return undefined
  const rates = limits.map(({ scope, name, policy }) => admission.openRate({ scope, name, policy, maxWaitMs: 0 }, hold))

  /** Tells the answer of it. Throws where one of them says no. */
  function obey(decisions: readonly RateDecision[], client: Client): void {
    client.addHeaders(printRateHeaders(decisions.map((decision, index): Applied => [limits[index]!, decision])))
    let waitMs = -1
    for (const [index, decision] of decisions.entries()) {
      const { isAllowed } = decision
      rates[index]!.metrics.took(isAllowed ? 'allowed' : 'refused')
      if (!isAllowed) waitMs = Math.max(waitMs, decision.waitMs)
    }
    client.scope.throwIfCancelled()
    if (waitMs < 0) return
    if (client.span.sampled) client.span.event('tessera.shed', { reason: 'rate' })
    throw refuse('rate-limited', undefined, Math.max(1, wholeSeconds(waitMs)))
  }

  return (next: Handle): Handle =>
    (request, client) => {
      const taken = rates.map(({ limiter }, index) => limiter.take(limits[index]!.keyOf(request.parts)))
      if (taken.some((decision) => decision instanceof Promise)) {
        return Promise.all(taken).then((decisions) => {
          obey(decisions, client)
          return next(request, client)
        })
      }
      obey(taken as RateDecision[], client)
      return next(request, client)
    }
}
