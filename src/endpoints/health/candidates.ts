import type { Candidate, Weighted } from '../balancers/balancer.ts'
import type { Condition } from './condition.ts'

/** An endpoint as far as its place among the others depends on it. */
export interface Standing extends Candidate {
  readonly weight: number
  readonly zone: string | undefined
  readonly condition: Condition
}

/** Whom calls may go to now. */
export interface Candidates<Node extends Candidate> {
  /** Those of the gateway's own zone; all of them where zones play no part. */
  readonly near: readonly Weighted<Node>[]
  readonly far: readonly Weighted<Node>[]
  /** The share of calls that stays near, 0..1. */
  readonly nearShare: number
  /** Too few are well, so those that are not are asked too. */
  readonly isPanicking: boolean
}

/** With fewer than this share well, the rest could not carry the load: then all are asked. */
const panicThreshold = 0.5
/** As long as this share of a zone is well, it takes all of its calls; with less, in proportion. */
const enoughNear = 0.7
/** What a slow start begins with. */
const firstShare = 0.1

export interface SelectionOptions {
  readonly zone: string | undefined
  readonly slowStartMs: number | undefined
  readonly now: number
}

export function selectCandidates<Node extends Standing>(
  endpoints: readonly Node[],
  { zone, slowStartMs, now }: SelectionOptions,
): Candidates<Node> {
  const available = endpoints.filter(({ condition }) => condition.isAvailable)
  const isPanicking = available.length < endpoints.length * panicThreshold
  const weigh = (node: Node): Weighted<Node> => ({
    node,
    weight: node.weight * warmth(now - node.condition.since, slowStartMs),
  })
  if (isPanicking) return { near: endpoints.map(weigh), far: [], nearShare: 1, isPanicking }
  const isNear = (node: Node) => zone !== undefined && node.zone === zone
  const near = available.filter(isNear)
  const far = available.filter((node) => !isNear(node))
  if (near.length === 0) return { near: far.map(weigh), far: [], nearShare: 1, isPanicking }
  const share = sumOfWeights(near) / sumOfWeights(endpoints.filter(isNear)) / enoughNear
  return {
    near: near.map(weigh),
    far: far.map(weigh),
    nearShare: far.length === 0 ? 1 : Math.min(1, share),
    isPanicking,
  }
}

/** The share of its weight that an endpoint has after `ms`: a tenth at first, then in proportion to time. */
export function warmth(ms: number, slowStartMs: number | undefined): number {
  if (slowStartMs === undefined || ms >= slowStartMs) return 1
  return Math.max(firstShare, ms / slowStartMs)
}

function sumOfWeights(endpoints: readonly Standing[]): number {
  return endpoints.reduce((sum, { weight }) => sum + weight, 0)
}
