import type { Balancer, BalancerKind, Candidate, Weighted } from './balancer.ts'
import { drawLot, hashText } from './hash.ts'
import { WeightedRandom } from './weighted-random.ts'

interface Seat<Node> {
  readonly node: Node
  readonly weight: number
  readonly seed: number
}

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1996), weighted: each endpoint draws a lot for the key, the best one has
 * it. A key moves only when its endpoint goes, or to one that comes: docs/adr/0017 tells why not a ring or a table.
 */
class Rendezvous<Node extends Candidate> implements Balancer<Node> {
  readonly #lots: WeightedRandom<Node>
  #seats: readonly Seat<Node>[] = []

  constructor(random: () => number) {
    this.#lots = new WeightedRandom(random)
  }

  update(candidates: readonly Weighted<Node>[]): void {
    this.#lots.update(candidates)
    this.#seats = candidates.map(({ node, weight }) => ({ node, weight, seed: hashText(node.id) }))
  }

  pick(avoid: Node | undefined, hash: number | undefined): Node {
    if (hash === undefined) return this.#lots.draw(avoid)
    let best: Node | undefined
    let lowest = Number.POSITIVE_INFINITY
    for (const { node, weight, seed } of this.#seats) {
      if (node === avoid) continue
      const lot = drawLot(hash, seed, weight)
      if (lot < lowest) {
        lowest = lot
        best = node
      }
    }
    return best ?? this.#seats[0]!.node
  }
}

/** The same endpoint for the same value of a color. */
export const consistentHash: BalancerKind = {
  name: 'consistent-hash',
  summary: 'The same endpoint for the same value of a color, any when it is absent (weighted rendezvous hashing)',
  readsLoad: false,
  needsColor: true,
  create: ({ random }) => new Rendezvous(random),
}
