import type { BalancerKind } from './balancer.ts'

/** Each endpoint in its turn. */
export const roundRobin: BalancerKind = {
  name: 'round-robin',
  summary: 'Each endpoint in its turn',
  create() {
    let turn = 0
    return {
      pick<Candidate>(candidates: readonly Candidate[], avoid: Candidate | undefined): Candidate {
        for (let skipped = 0; skipped < candidates.length; skipped++) {
          const candidate = candidates[turn++ % candidates.length]!
          if (candidate !== avoid) return candidate
        }
        return candidates[0]!
      },
    }
  },
}
