import type { BalancerKind } from './index.ts'

/** Each endpoint in its turn. */
export const roundRobin: BalancerKind = {
  name: 'round-robin',
  summary: 'Each endpoint in its turn',
  create() {
    let turn = 0
    return {
      pick<Candidate>(candidates: readonly Candidate[], avoid: Candidate | undefined): Candidate {
        const candidate = candidates[turn++ % candidates.length]!
        return candidate === avoid && candidates.length > 1 ? candidates[turn++ % candidates.length]! : candidate
      },
    }
  },
}
