import { median, percentile } from '../../life/statistics.ts'
import type { Sight } from '../promise.ts'

/** What something changes in a figure. */
export interface Change {
  /** Middle of the pairs' changes: what was close in time was disturbed alike. */
  readonly percent: number
  /** Standard error of the middle, in percent. */
  readonly error: number
  /** `21.1 → 21.3 ms in 5 pairs` */
  readonly described: string
}

/** Measures milliseconds without and with something, A B B A, so that neither side always comes first. */
export async function compareInTurns(
  pairs: number,
  sides: { readonly without: () => Promise<number>; readonly with: () => Promise<number> },
): Promise<Change> {
  const without: number[] = []
  const withIt: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const measures = [
      async () => void without.push(await sides.without()),
      async () => void withIt.push(await sides.with()),
    ]
    for (const measure of pair % 2 === 0 ? measures : measures.reverse()) await measure()
  }
  const percents = without.map((ms, pair) => 100 * (withIt[pair]! / ms - 1))
  const medians = `${median(without).toFixed(1)} → ${median(withIt).toFixed(1)} ms`
  return {
    percent: median(percents),
    error: estimateError(percents),
    described: `${medians}, median of ${pairs} pairs`,
  }
}

/** As of a normal distribution with the same quartiles, so that single outliers do not count. */
function estimateError(values: readonly number[]): number {
  const deviation = (percentile(values, 75) - percentile(values, 25)) / 1.35
  return (1.25 * deviation) / Math.sqrt(values.length)
}

/**
 * A change with a bound. It holds below it unless the pairs differ so much that the middle tells nothing, and is broken
 * only where it is surely beyond it (two standard errors) and nobody disturbed.
 */
export function seeChangeAtMost(what: string, change: Change, most: number, disturbance: string | undefined): Sight {
  const { percent, error, described } = change
  const sight = {
    what: `${what} (${described})`,
    bound: `< ${most} %`,
    seen: `${percent.toFixed(1)} ± ${(2 * error).toFixed(1)} %`,
  }
  if (percent < most && error < most) return { ...sight, verdict: 'holds' }
  if (percent - 2 * error >= most && disturbance === undefined) return { ...sight, verdict: 'broken' }
  return { ...sight, verdict: 'not judged', why: disturbance ?? 'the pairs differ too much' }
}
