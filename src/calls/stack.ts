import { attempt } from './attempt.ts'
import { balance } from './balance.ts'
import type { Call } from './call.ts'
import type { Policy } from './layer.ts'
import type { StackParts } from './parts.ts'
import { bulkhead } from './policies/bulkhead.ts'
import { fallback } from './policies/fallback.ts'
import { rate } from './policies/rate.ts'
import type { CallSite } from './policy.ts'
import { answerUseOf, type PolicyParts, type SitePolicy } from './policy.ts'
import { PolicyEvents } from './policy-events.ts'

/** What a site's policies are opened with. */
export interface Opening extends Pick<PolicyParts, 'reach'> {
  /** What a policy of the site shares with others. */
  stateOf(policy: SitePolicy): unknown
}

/** The whole onion around one place in a route that calls a backend, outermost first. */
export function buildStack(site: CallSite, parts: StackParts, opening: Opening): Call {
  const declared = wrapDeclared(site, parts, opening)
  const policies: Policy[] = [
    ...declared.aroundCall, // what operations/policies/index.ts lists
    ...(parts.rate || parts.bulkhead ? declared.ahead : []), // refuses what would have to wait for nothing
    rate(site, parts), // holds calls to so many in a time
    bulkhead(site, parts), // lets so many through at once, and queues the rest
    ...declared.aroundAttempt, // the rest of that list
  ]
  const { acceptsNotModified } = answerUseOf(site)
  const transport = attempt(acceptsNotModified ? acceptingNotModified(site) : site, parts) // sends, receives, decodes, traces
  const balanced = balance(site, { ...parts, deposits: !declared.isPaid }, transport) // picks the endpoint
  const sent = policies.reduceRight((next, policy) => policy(next), balanced)
  return fallback(site, parts)(sent) // renders the request; covers what all attempts together could not
}

/** The layers of a site's own policies. The outermost that draws on the retry budget tells it of every call. */
function wrapDeclared(site: CallSite, parts: StackParts, { reach, stateOf }: Opening) {
  const layers = { aroundCall: [] as Policy[], ahead: [] as Policy[], aroundAttempt: [] as Policy[], isPaid: false }
  for (const policy of site.policies) {
    const { kind, config } = policy
    const events = new PolicyEvents(kind, parts.metrics.events(kind))
    const own: PolicyParts = { ...parts, site, events, state: stateOf(policy), deposits: !layers.isPaid, reach }
    const layer = kind.wrap(config, own)
    if (!layer) continue
    const owner = kind.around === 'attempt' ? layers.aroundAttempt : layers.aroundCall
    owner.push(layer)
    if (kind.ahead) layers.ahead.push(kind.ahead(config, own))
    layers.isPaid ||= kind.drawsOnRetryBudget === true
  }
  return layers
}

/** For who asks whether an answer is still valid, and reads the headers of a 304. */
function acceptingNotModified(site: CallSite): CallSite {
  return { ...site, isSuccess: (status) => status === 304 || site.isSuccess(status) }
}
