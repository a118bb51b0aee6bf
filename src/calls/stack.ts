import { attempt } from './attempt.ts'
import { authorize } from './authorize.ts'
import { balance } from './balance.ts'
import type { Call } from './call.ts'
import { capture } from './capture.ts'
import { forgetWhatChanged } from './http-caching/invalidation.ts'
import type { Policy } from './layer.ts'
import type { StackParts } from './parts.ts'
import { fallback } from './policies/fallback.ts'
import type { CallSite, PolicyParts, SitePolicy } from './policy.ts'
import { PolicyEvents } from './policy-events.ts'
import { record } from './recorder.ts'

/** What a site's policies are opened with. */
export interface Opening extends Pick<PolicyParts, 'reach'> {
  /** What a policy of the site shares with others. */
  stateOf(policy: SitePolicy): unknown
}

/** The whole onion around one place in a route that calls a backend, outermost first. */
export function buildStack(site: CallSite, parts: StackParts, opening: Opening): Call {
  const { layers, isPaid } = wrapPolicies(site, parts, opening) // what operations/policies/index.ts lists
  const sending = attempt(site, parts) // sends, receives, decodes, traces
  const { credentials } = parts.endpoints
  const authorized = credentials ? authorize(credentials, site.step, sending) : sending // what the service is shown
  const transport = forgetWhatChanged(site, parts, authorized) // what the store keeps of it
  const balanced = balance(site, { ...parts, deposits: !isPaid }, transport) // picks the endpoint
  const sent = layers.reduceRight((next, policy) => policy(next), balanced)
  const recorded = site.recorded ? record(site)(sent) : sent // a durable run's, once for its record
  const captured = parts.captures ? capture(site)(recorded) : recorded // for the history
  return fallback(site, parts)(captured) // renders the request; covers what all attempts together could not
}

/** The layers of a site's policies. The outermost that draws on the retry budget tells it of every call. */
function wrapPolicies(site: CallSite, parts: StackParts, { reach, stateOf }: Opening) {
  const layers: Policy[] = []
  const ahead: Policy[] = []
  let firstToWait: number | undefined
  let isPaid = false
  for (const policy of site.policies) {
    const { kind, config } = policy
    const events = new PolicyEvents(kind, parts.metrics.events(kind))
    const own: PolicyParts = { ...parts, site, events, state: stateOf(policy), deposits: !isPaid, reach }
    const layer = kind.wrap(config, own)
    if (!layer) continue
    if (kind.holdsUp) firstToWait ??= layers.length
    if (firstToWait !== undefined && kind.ahead) ahead.push(kind.ahead(config, own))
    layers.push(layer)
    isPaid ||= kind.drawsOnRetryBudget === true
  }
  return { layers: layers.toSpliced(firstToWait ?? 0, 0, ...ahead), isPaid }
}
