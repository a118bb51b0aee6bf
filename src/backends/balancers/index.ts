import type { BalancerKind } from './balancer.ts'
import { roundRobin } from './round-robin.ts'

/** A new balancer is one file and one line here. */
export const balancers: ReadonlyMap<string, BalancerKind> = new Map([roundRobin].map((kind) => [kind.name, kind]))
