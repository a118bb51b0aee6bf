import type { BalancerKind } from './balancer.ts'
import type { Load } from './load.ts'
import { TwoChoices } from './two-choices.ts'

/** What an endpoint is taken for that was asked and has not answered yet: one call finds out, not all of them. */
const unknownMs = 1000

/** Of two endpoints the one where a call is likely to be answered first: the expected response time, for each under way. */
export const leastLatency: BalancerKind = {
  name: 'least-latency',
  summary:
    'Of two drawn by weight the one that answers sooner: peak EWMA of its response times × calls under way; failures count as slow',
  readsLoad: true,
  needsColor: false,
  create: ({ clock, random }) => new TwoChoices(random, ({ node }) => expectedMs(node.load, clock.now())),
}

function expectedMs(load: Load, now: number): number {
  const { inFlight } = load
  if (inFlight === 0) return load.latencyMs(now)
  return (load.latencyMs(now) || unknownMs) * (inFlight + 1)
}
