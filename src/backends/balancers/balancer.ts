/** Chooses among the endpoints of one service. It has state of its own, so each service gets one. */
export interface Balancer {
  /**
   * One of `candidates` (at least one). `avoid` is the endpoint that failed just now: not it, if there is another.
   * The list may differ from call to call, and holds an endpoint as often as its weight says.
   */
  pick<Candidate>(candidates: readonly Candidate[], avoid: Candidate | undefined): Candidate
}

export interface BalancerKind {
  /** As in `balance: round-robin`. */
  readonly name: string
  readonly summary: string
  create(): Balancer
}
