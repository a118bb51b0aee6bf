import type { Clock } from '../../clock.ts'
import type { Load } from './load.ts'

/** What a balancer chooses among: an endpoint, as far as choosing needs to know it. */
export interface Candidate {
  /** The same in every gateway and after every restart: what a consistent hash is made of. */
  readonly id: string
  readonly load: Load
}

/** A candidate and its share of the calls, beside those of the others. */
export interface Weighted<Node extends Candidate> {
  readonly node: Node
  /** Above 0; what the operator gave it, less while it starts slowly. */
  readonly weight: number
}

/** Chooses among some endpoints of one service. It has state of its own, so each group of endpoints gets one. */
export interface Balancer<Node extends Candidate> {
  /** These are the candidates from now on, at least one. What is known of those that stay is kept. */
  update(candidates: readonly Weighted<Node>[]): void
  /**
   * One of the candidates. `avoid` is the one that failed just now: not it, if there is another.
   * @param hash of the color that the service balances on; undefined when it has none or the color is absent
   */
  pick(avoid: Node | undefined, hash: number | undefined): Node
}

export interface BalancerOptions {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
}

export interface BalancerKind {
  /** As in `balance: round-robin`. */
  readonly name: string
  readonly summary: string
  /** Whether it looks at the candidates' load: then every start and end of a call is told to them, else nothing is. */
  readonly readsLoad: boolean
  /** Whether it chooses by a color: `balance: { kind: …, on: user.id }`. */
  readonly needsColor: boolean
  create<Node extends Candidate>(options: BalancerOptions): Balancer<Node>
}
