import type { Balancer, BalancerKind, Candidate } from './balancer.ts'
import { WeightedRandom } from './weighted-random.ts'

/** Any endpoint, by weight: needs no state, so that many gateways do not fall into step. */
export const random: BalancerKind = {
  name: 'random',
  summary: 'Any endpoint, as likely as its weight says',
  readsLoad: false,
  needsColor: false,
  create<Node extends Candidate>({ random }: { readonly random: () => number }): Balancer<Node> {
    const lots = new WeightedRandom<Node>(random)
    return { update: (candidates) => lots.update(candidates), pick: (avoid) => lots.draw(avoid) }
  },
}
