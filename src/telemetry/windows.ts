import type { Clock, Timer } from '../clock.ts'
import { Histogram, type Series } from './families.ts'

/** How much a set of series grew in a stretch of time. */
export interface Growth {
  /** Of counters their sum, of histograms the observations. */
  readonly count: number
  /** Observations by bucket, one more than there are bounds; empty of counters. */
  readonly buckets: readonly number[]
  readonly bounds: readonly number[]
  /** How long the stretch is, as far as it is known. */
  readonly ms: number
}

interface Past {
  /** `width` numbers for each of the last samples, the oldest overwritten by the next. */
  readonly values: Float64Array
  readonly width: number
  /** The first sample that it is in. */
  readonly since: number
}

interface WindowOptions {
  readonly clock: Clock
  readonly series: (name: string) => Iterable<Series>
  /** The metrics that are looked at. */
  readonly names: readonly string[]
  readonly everyMs?: number
  /** How many samples are kept. */
  readonly keep?: number
}

/**
 * What counters and histograms were in the last minutes: so that rates, shares and quantiles can be told without a
 * Prometheus. Costs one walk over the series every `everyMs`, and nothing of a request.
 */
export class MetricWindows {
  readonly everyMs: number
  readonly #keep: number
  readonly #options: WindowOptions
  #past = new Map<Series, Past>()
  /** When each sample was taken. */
  readonly #times: number[] = []
  /** Samples taken so far. */
  #taken = 0
  #timer: Timer | undefined

  constructor(options: WindowOptions) {
    this.#options = options
    this.everyMs = options.everyMs ?? 5000
    this.#keep = options.keep ?? 181
    this.#sample()
  }

  close(): void {
    this.#timer?.cancel()
  }

  /**
   * How much the series of a metric grew from `fromMs` ago until `toMs` ago. What is older than what is known counts as
   * what is known.
   */
  growth(name: string, is: (labels: Readonly<Record<string, string>>) => boolean, fromMs: number, toMs = 0): Growth {
    const from = this.#indexOf(fromMs)
    const to = this.#indexOf(toMs)
    let count = 0
    let bounds: readonly number[] = []
    let buckets: number[] = []
    for (const series of this.#options.series(name)) {
      if (!is(series.labels)) continue
      if (!(series instanceof Histogram)) {
        count += this.#at(series, to, 0) - this.#at(series, from, 0)
        continue
      }
      if (buckets.length === 0) {
        ;({ bounds } = series)
        buckets = new Array(series.counts.length).fill(0)
      }
      for (let at = 0; at < buckets.length; at++) {
        const more = this.#at(series, to, at) - this.#at(series, from, at)
        buckets[at]! += more
        count += more
      }
    }
    return { count, buckets, bounds, ms: this.#timeOf(to) - this.#timeOf(from) }
  }

  /** The sample of so long ago; Infinity: now. */
  #indexOf(agoMs: number): number {
    const back = Math.round(agoMs / this.everyMs)
    if (back === 0) return Number.POSITIVE_INFINITY
    const last = this.#taken - 1
    return Math.max(last - back, last - this.#keep + 1, 0)
  }

  #timeOf(sample: number): number {
    if (sample === Number.POSITIVE_INFINITY) return this.#options.clock.now()
    return this.#times[sample % this.#keep]!
  }

  #at(series: Series, sample: number, index: number): number {
    if (sample === Number.POSITIVE_INFINITY) return countedIn(series, index)
    const past = this.#past.get(series)
    // What was not there then had counted nothing.
    if (!past || sample < past.since) return 0
    return past.values[(sample % this.#keep) * past.width + index] ?? 0
  }

  #sample(): void {
    const sample = this.#taken++
    const { names, series, clock } = this.#options
    this.#times[sample % this.#keep] = clock.now()
    const kept = new Map<Series, Past>()
    for (const name of names) {
      for (const one of series(name)) {
        const width = one instanceof Histogram ? one.counts.length : 1
        const past = this.#past.get(one) ?? {
          values: new Float64Array(width * this.#keep),
          width,
          since: sample,
        }
        const start = (sample % this.#keep) * width
        for (let index = 0; index < width; index++) past.values[start + index] = countedIn(one, index)
        kept.set(one, past)
      }
    }
    this.#past = kept
    this.#timer = clock.schedule(this.everyMs, () => this.#sample())
  }
}

function countedIn(series: Series, index: number): number {
  return series instanceof Histogram ? series.counts[index]! : series.value
}

/**
 * The value that a share of the observations does not exceed, drawn straight through the bucket that it falls in, as
 * Prometheus' `histogram_quantile` does; undefined where nothing was observed.
 */
export function quantileOf({ buckets, bounds, count }: Growth, share: number): number | undefined {
  if (count === 0) return undefined
  const wanted = share * count
  let below = 0
  for (const [at, inside] of buckets.entries()) {
    if (below + inside < wanted || inside === 0) {
      below += inside
      continue
    }
    const upper = bounds[at]
    if (upper === undefined) return bounds.at(-1)
    const lower = bounds[at - 1] ?? 0
    return lower + ((wanted - below) / inside) * (upper - lower)
  }
  return bounds.at(-1)
}
