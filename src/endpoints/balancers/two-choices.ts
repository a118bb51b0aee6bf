import type { Balancer, Candidate, Weighted } from './balancer.ts'
import { WeightedRandom } from './weighted-random.ts'

/**
 * The power of two choices: of two that are drawn by weight the one that costs less. Almost as even as asking all, and
 * gateways that know the same do not all run to the same endpoint (Mitzenmacher, 2001).
 */
export class TwoChoices<Node extends Candidate> implements Balancer<Node> {
  readonly #lots: WeightedRandom<Node>
  readonly #costOf: (candidate: Weighted<Node>) => number
  #byNode = new Map<Node, Weighted<Node>>()

  constructor(random: () => number, costOf: (candidate: Weighted<Node>) => number) {
    this.#lots = new WeightedRandom(random)
    this.#costOf = costOf
  }

  update(candidates: readonly Weighted<Node>[]): void {
    this.#lots.update(candidates)
    this.#byNode = new Map(candidates.map((candidate) => [candidate.node, candidate]))
  }

  pick(avoid: Node | undefined): Node {
    const one = this.#lots.draw(avoid)
    const other = this.#lots.draw(one)
    if (one === other || other === avoid) return one
    return this.#costOf(this.#byNode.get(other)!) < this.#costOf(this.#byNode.get(one)!) ? other : one
  }
}
