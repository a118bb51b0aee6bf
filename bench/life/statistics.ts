export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** Interpolated between the two nearest values; of no values it is NaN. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort()
  const at = ((sorted.length - 1) * percent) / 100
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

export interface Line {
  /** Units of y for one of x. */
  readonly slope: number
  /** Standard error of the slope; 0 for points that lie on the line. */
  readonly slopeError: number
}

/** Least squares through at least three points with different x. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const count = points.length
  if (count < 3) throw new Error('a line needs three points')
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread
  const errors = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0)
  return { slope, slopeError: Math.sqrt(errors / (count - 2) / spread) }
}

export type Trend = 'flat' | 'growing' | 'undecided'

/**
 * How fast a quantity grows that takes its time to settle and then may make steps: a line through each third of the time,
 * and of the three the one with the middle slope. What leaks grows in every third, so it shows in the middle one. What
 * fills up in the beginning, and the one step to what a burst needed most, are in one third and do not.
 */
export function findDrift(points: readonly (readonly [x: number, y: number])[]): Line {
  const third = Math.floor(points.length / 3)
  if (third < 3) throw new Error('three thirds need nine points')
  const spare = points.length - 3 * third
  const thirds = [0, 1, 2].map((index) => fitLine(points.slice(spare + index * third, spare + (index + 1) * third)))
  return thirds.sort((one, other) => one.slope - other.slope)[1]!
}

/**
 * Whether a quantity drifts up by more than `bound` for one of x. Flat: surely not, by two standard errors. Growing: it
 * surely grows, and most likely by more. Undecided: it swings too much for the time it was looked at.
 */
export function judgeDrift({ slope, slopeError }: Line, bound: number): Trend {
  if (slope + 2 * slopeError <= bound) return 'flat'
  return slope > bound && slope > 2 * slopeError ? 'growing' : 'undecided'
}
