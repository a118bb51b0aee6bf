import type { BalancerKind } from './balancer.ts'
import { TwoChoices } from './two-choices.ts'

/** Of two endpoints the one with fewer calls under way, for its weight. */
export const leastRequests: BalancerKind = {
  name: 'least-requests',
  summary: 'Of two drawn by weight the one with fewer calls under way for its weight (power of two choices)',
  readsLoad: true,
  needsColor: false,
  create: ({ random }) => new TwoChoices(random, ({ node, weight }) => node.load.inFlight / weight),
}
