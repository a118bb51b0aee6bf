import type { Candidates } from '../health/candidates.ts'
import type { Balancer, BalancerKind, BalancerOptions, Candidate } from './balancer.ts'
import { mix } from './hash.ts'

/** Chooses between the gateway's own zone and the others, then among the endpoints there. */
export class Choice<Node extends Candidate> {
  readonly #random: () => number
  readonly #near: Balancer<Node>
  readonly #far: Balancer<Node>
  #only: Node | undefined
  #candidates: Candidates<Node> = { near: [], far: [], nearShare: 1, isPanicking: false }

  constructor(kind: BalancerKind, options: BalancerOptions) {
    this.#random = options.random
    this.#near = kind.create(options)
    this.#far = kind.create(options)
  }

  update(candidates: Candidates<Node>): void {
    const { near, far } = candidates
    this.#candidates = candidates
    this.#only = near.length === 1 && far.length === 0 ? near[0]!.node : undefined
    if (near.length > 0) this.#near.update(near)
    if (far.length > 0) this.#far.update(far)
  }

  /** Undefined while there are no candidates. */
  pick(avoid: Node | undefined, hash: number | undefined): Node | undefined {
    if (this.#only) return this.#only
    const { near, far, nearShare } = this.#candidates
    if (near.length === 0) return undefined
    return far.length > 0 && (this.#spills(nearShare, hash) || (near.length === 1 && near[0]!.node === avoid))
      ? this.#far.pick(avoid, hash)
      : this.#near.pick(avoid, hash)
  }

  /** A key that is hashed always goes the same way. */
  #spills(nearShare: number, hash: number | undefined): boolean {
    if (nearShare >= 1) return false
    return (hash === undefined ? this.#random() : mix(hash + 1) / 2 ** 32) >= nearShare
  }
}
