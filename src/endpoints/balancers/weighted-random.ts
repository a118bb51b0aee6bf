import type { Candidate, Weighted } from './balancer.ts'

/** Draws among candidates by their weights. */
export class WeightedRandom<Node extends Candidate> {
  readonly #random: () => number
  #candidates: readonly Weighted<Node>[] = []
  #total = 0

  constructor(random: () => number) {
    this.#random = random
  }

  update(candidates: readonly Weighted<Node>[]): void {
    this.#candidates = candidates
    this.#total = candidates.reduce((sum, { weight }) => sum + weight, 0)
  }

  /** Any but `not`, if there is another. */
  draw(not?: Node): Node {
    const left = not === undefined ? undefined : this.#candidates.find(({ node }) => node === not)
    const total = this.#total - (left?.weight ?? 0)
    let point = this.#random() * total
    let last: Node | undefined
    for (const candidate of this.#candidates) {
      if (candidate === left) continue
      last = candidate.node
      point -= candidate.weight
      if (point < 0) return last
    }
    return last ?? this.#candidates[0]!.node
  }
}
