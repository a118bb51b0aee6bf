import type { BalancerKind } from './balancer.ts'
import { consistentHash } from './consistent-hash.ts'
import { leastLatency } from './least-latency.ts'
import { leastRequests } from './least-requests.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { weighted } from './weighted.ts'

const kinds = [roundRobin, random, weighted, leastRequests, leastLatency, consistentHash]

/** A new balancer is one file and one line here. */
export const balancers: ReadonlyMap<string, BalancerKind> = new Map(kinds.map((kind) => [kind.name, kind]))
