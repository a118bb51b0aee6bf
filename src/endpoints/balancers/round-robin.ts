import type { Balancer, BalancerKind, Candidate, Weighted } from './balancer.ts'
import { SmoothTurns } from './smooth.ts'

/** One after the other, which needs no arithmetic while all weigh the same; the same as `weighted` when they do not. */
class RoundRobin<Node extends Candidate> implements Balancer<Node> {
  readonly #smooth = new SmoothTurns<Node>()
  #nodes: readonly Node[] = []
  #isEven = true
  #turn = 0

  update(candidates: readonly Weighted<Node>[]): void {
    this.#nodes = candidates.map(({ node }) => node)
    this.#isEven = candidates.every(({ weight }) => weight === candidates[0]!.weight)
    this.#smooth.update(candidates)
  }

  pick(avoid: Node | undefined): Node {
    if (!this.#isEven) return this.#smooth.pick(avoid)
    const nodes = this.#nodes
    const node = nodes[this.#turn++ % nodes.length]!
    return node === avoid ? nodes[this.#turn++ % nodes.length]! : node
  }
}

/** Each endpoint in its turn. */
export const roundRobin: BalancerKind = {
  name: 'round-robin',
  summary: 'Each endpoint in its turn, as often as its weight says',
  readsLoad: false,
  needsColor: false,
  create: () => new RoundRobin(),
}
