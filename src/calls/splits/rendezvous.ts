import { drawLot } from '../../endpoints/balancers/hash.ts'
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
    const lot = drawLot(hash, version.seed, weightOf(version))
    if (lot < lowest) {
      lowest = lot
      best = version
    }
  }
  return best
}
