import type { OpenRate } from '../../admission/admission.ts'
import type { RatePolicy } from '../../admission/policy.ts'
import type { RateDecision } from '../../admission/rates/rate-limiter.ts'
import type { RequestLimit, RouteAdmission } from '../../plan/admission/route.ts'
import type { RequestParts } from '../../plan/request-parts.ts'
import { refuse } from '../refusals.ts'
import { type Client, defineStage, type Handle, type StageParts } from '../stage.ts'
import { type Applied, printRateHeaders, type ToldLimit, wholeSeconds } from './rate-headers.ts'

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
  const all = limits.map((limit) => ({ limit, rateOf: openLimit(limit, { admission, hold }) }))
  const ofRoute = all.filter(({ limit }) => limit.scope === 'route')

  /** Tells the answer of it. Throws where one of them says no. */
  function obey(rates: readonly OpenLimit[], decisions: readonly RateDecision[], client: Client): void {
    client.addHeaders(printRateHeaders(decisions.map((decision, index): Applied => [rates[index]!.told, decision])))
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
      const { parts } = request
      const opened = client.isCounted ? ofRoute : all
      if (opened.length === 0) return next(request, client)
      const rates = opened.map(({ rateOf }) => rateOf(parts))
      const taken = rates.map(({ limiter }, index) => limiter.take(opened[index]!.limit.keyOf(parts)))
      if (taken.some((decision) => decision instanceof Promise)) {
        return Promise.all(taken).then((decisions) => {
          obey(rates, decisions, client)
          return next(request, client)
        })
      }
      obey(rates, taken as RateDecision[], client)
      return next(request, client)
    }
}

interface OpenLimit extends OpenRate {
  readonly told: ToldLimit
}

/** Opens a limit: of it, the rate that holds for a request. */
function openLimit(
  { scope, name, policy, plans }: RequestLimit,
  { admission, hold }: Pick<StageParts, 'admission' | 'hold'>,
): (request: RequestParts) => OpenLimit {
  const open = (policy: RatePolicy, plan?: string): OpenLimit => {
    const key = { scope, name: plan === undefined ? name : `${name} ${plan}`, policy, maxWaitMs: 0 }
    return { ...admission.openRate(key, hold), told: { name, policy } }
  }
  const everybodys = open(policy)
  if (!plans) return () => everybodys
  const others = new Map<unknown, OpenLimit>([...plans.policies].map(([plan, rate]) => [plan, open(rate, plan)]))
  return (request) => others.get(plans.planOf(request)) ?? everybodys
}
