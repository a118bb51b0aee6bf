import type { SplitKind } from './chooser.ts'
import { pickByHash } from './rendezvous.ts'
import type { Version } from './version.ts'

/** What a version keeps of its weight, however slow it is: else nobody would see it recover. */
const leastShare = 0.1
/** Response times below it are all alike. */
const finestMs = 1

/**
 * By weight while all are equally fast. A slower version keeps of its weight what the fastest one's response time is of
 * its own (the inverse of its peak EWMA), and at least a tenth. The estimate forgets a bad time within seconds.
 */
export const byLatency: SplitKind = {
  name: 'latency',
  summary: 'By weight, less for a version in proportion to how much slower than the fastest it is, down to a tenth',
  canStick: true,
  readsLoad: true,
  create(versions, { clock, random }) {
    const shares = new Float64Array(Math.max(...versions.map(({ index }) => index)) + 1)
    const weightOf = ({ index }: Version) => shares[index]!

    function weigh(): number {
      const now = clock.now()
      let fastest = Number.POSITIVE_INFINITY
      for (const { index, load } of versions) {
        const ms = load.latencyMs(now)
        // 0: nothing is known of it.
        shares[index] = ms === 0 ? 0 : Math.max(finestMs, ms)
        if (ms !== 0) fastest = Math.min(fastest, shares[index]!)
      }
      let total = 0
      for (const { index, weight } of versions) {
        const ms = shares[index]!
        shares[index] = ms === 0 ? weight : weight * Math.max(leastShare, fastest / ms)
        total += shares[index]!
      }
      return total
    }

    return {
      choose(hash) {
        const total = weigh()
        if (hash !== undefined) return pickByHash(versions, hash, weightOf)
        let point = random() * total
        for (const version of versions) {
          point -= weightOf(version)
          if (point < 0) return version
        }
        return versions.at(-1)!
      },
    }
  },
}
