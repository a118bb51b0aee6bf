import { createRandom } from '../life/random.ts'
import { median } from '../life/statistics.ts'

/** How much a quantity of B differs from that of A, measured in pairs that were close in time. */
export interface PairedDifference {
  readonly medianA: number
  readonly medianB: number
  /** B over A, pair by pair. */
  readonly ratios: readonly number[]
  readonly medianRatio: number
  /** Where the median of the ratios lies with 95 % confidence. */
  readonly interval: readonly [low: number, high: number]
  /** `unknown`: too few pairs for the noise to be told from a difference. */
  readonly verdict: 'less' | 'more' | 'no difference' | 'unknown'
}

/**
 * Fewer pairs cannot show anything: with four, all of them lie on the same side of 1 in one of eight comparisons of a
 * commit with itself; with five it is one of sixteen, with seven one of sixty-four.
 */
export const leastPairs = 5
const confidence = 0.95
const resamples = 10_000

/** Pairs that took place together share most of what disturbed them, so it is their ratios that are looked at. */
export function comparePairs(a: readonly number[], b: readonly number[]): PairedDifference {
  const ratios = a.map((value, index) => b[index]! / value)
  const interval = bootstrapMedian(ratios)
  const [low, high] = interval
  return {
    medianA: median(a),
    medianB: median(b),
    ratios,
    medianRatio: median(ratios),
    interval,
    verdict: ratios.length < leastPairs ? 'unknown' : high < 1 ? 'less' : low > 1 ? 'more' : 'no difference',
  }
}

/** Percentile bootstrap: draws as many values again, with repetition, many times, and looks where the medians fall. */
export function bootstrapMedian(values: readonly number[]): [low: number, high: number] {
  const random = createRandom(1)
  const draw = () => values[Math.floor(random() * values.length)]!
  const medians = Array.from({ length: resamples }, () => median(values.map(draw))).sort((one, other) => one - other)
  const tail = Math.floor((resamples * (1 - confidence)) / 2)
  return [medians[tail]!, medians[resamples - 1 - tail]!]
}

/** `0.968× (0.961–0.975)`, and what to think of it. */
export function describeDifference({ medianRatio, interval, verdict, ratios }: PairedDifference): string {
  const [low, high] = interval.map((ratio) => ratio.toFixed(3))
  const thought = {
    less: 'less, by more than the noise',
    more: 'MORE, by more than the noise',
    'no difference': 'no difference that can be told from the noise',
    unknown: `${ratios.length} rounds are too few to tell: ${leastPairs} at least`,
  }[verdict]
  return `${medianRatio.toFixed(3)}× (${low}–${high}): ${thought}`
}
