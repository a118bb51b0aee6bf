import { mix } from '../balancers/hash.ts'
import type { Version } from './version.ts'

/**
 * The version that draws the best lot for a hash, weighted (Thaler and Ravishankar, 1996). A lot depends on the hash and
 * its own version only: a version that is given more weight gains users and loses none, and nobody else moves.
 */
export function pickByHash(
  versions: readonly Version[],
  hash: number,
  weightOf: (version: Version) => number,
): Version {
  let best = versions[0]!
  let lowest = Number.POSITIVE_INFINITY
  for (const version of versions) {
    // An exponential lot of rate `weight`: the lowest of several is each one's as often as its weight says.
    const lot = -Math.log((mix(hash ^ version.seed) + 0.5) / 2 ** 32) / weightOf(version)
    if (lot < lowest) {
      lowest = lot
      best = version
    }
  }
  return best
}
