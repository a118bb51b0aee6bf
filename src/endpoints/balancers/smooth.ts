import type { Balancer, Candidate, Weighted } from './balancer.ts'

/** A candidate and what it has coming: the one with the most is next. */
interface Turn<Node> {
  readonly node: Node
  readonly weight: number
  credit: number
}

/**
 * nginx's smooth weighted round robin: in every round each candidate earns its weight, and who is chosen pays what all
 * earned. Weights 5, 1, 1 give a a b a c a a, never five of one in a row and then the rest.
 */
export class SmoothTurns<Node extends Candidate> implements Balancer<Node> {
  #turns: Turn<Node>[] = []
  #total = 0

  update(candidates: readonly Weighted<Node>[]): void {
    const before = new Map(this.#turns.map(({ node, credit }) => [node, credit]))
    this.#turns = candidates.map(({ node, weight }) => ({ node, weight, credit: before.get(node) ?? 0 }))
    this.#total = candidates.reduce((sum, { weight }) => sum + weight, 0)
  }

  pick(avoid: Node | undefined): Node {
    let next: Turn<Node> | undefined
    for (const turn of this.#turns) {
      turn.credit += turn.weight
      if (turn.node !== avoid && (!next || turn.credit > next.credit)) next = turn
    }
    const chosen = next ?? this.#turns[0]!
    chosen.credit -= this.#total
    return chosen.node
  }
}
