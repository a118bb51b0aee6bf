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
 * Whether a quantity grows: by the line through it, and by how far that line may be off (two standard errors). It is
 * flat if it surely grew by less than `bound` over the whole time, growing if it surely grew by more, and undecided if
 * it swings too much for the time it was looked at.
 */
export function judgeGrowth(points: readonly (readonly [x: number, y: number])[], bound: number): Trend {
  const { slope, slopeError } = fitLine(points)
  const duration = points.at(-1)![0] - points[0]![0]
  if ((slope + 2 * slopeError) * duration <= bound) return 'flat'
  return (slope - 2 * slopeError) * duration > bound ? 'growing' : 'undecided'
}
