/**
 * Metrics whose children are bound once and then counted with plain numbers: prom-client validates and hashes the labels
 * of a child with every observation. A family hands its values to prom-client's registry at scrape.
 */

interface Sample {
  labels: Record<string, string | number>
  value: number
  metricName?: string
  exemplar?: Exemplar | undefined
}

/** One observation of a bucket, and the trace that it was made in. */
export interface Exemplar {
  readonly traceId: string
  readonly value: number
  /** Since the epoch. */
  readonly atSeconds: number
}

/** What prom-client's registry asks of a metric. */
export interface Scrape {
  name: string
  help: string
  type: 'histogram' | 'counter' | 'gauge'
  values: Sample[]
}

/** Counts values by the bucket they fall in. */
export class Histogram {
  readonly labels: Readonly<Record<string, string>>
  /** Upper bounds of all buckets but the last, ascending. */
  readonly bounds: readonly number[]
  /** One a bound, and one for what is over the last. */
  readonly counts: number[]
  sum = 0
  /** The latest of each bucket; undefined while there is none. */
  exemplars: (Exemplar | undefined)[] | undefined = undefined

  constructor(labels: Record<string, string>, bounds: readonly number[]) {
    this.labels = labels
    this.bounds = bounds
    this.counts = new Array(bounds.length + 1).fill(0)
  }

  /**
   * A value that is negative or no number is left out: one NaN would spoil the sum for good.
   * @param traceId of the trace in which it was observed, where that is recorded
   */
  observe(value: number, traceId?: string): void {
    if (!(value >= 0)) return
    const { bounds } = this
    let at = 0
    while (at < bounds.length && value > bounds[at]!) at++
    this.counts[at]!++
    this.sum += value
    if (traceId === undefined) return
    this.exemplars ??= new Array(bounds.length + 1)
    this.exemplars[at] = { traceId, value, atSeconds: Date.now() / 1000 }
  }
}

/** The children of one metric, by the values of its labels. */
abstract class Family<Child extends { readonly labels: Readonly<Record<string, string>> }> {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  protected readonly children = new Map<string, Child>()

  constructor(name: string, help: string, labelNames: readonly string[]) {
    this.name = name
    this.help = help
    this.labelNames = labelNames
  }

  /** The child with these label values, in the order of the names; the same one every time. Keep it: this hashes. */
  bind(...values: string[]): Child {
    const key = values.join('\0')
    let child = this.children.get(key)
    if (!child) {
      child = this.create(Object.fromEntries(this.labelNames.map((name, at) => [name, values[at] ?? ''])))
      this.children.set(key, child)
    }
    return child
  }

  /** All that are bound by now. */
  get all(): Iterable<Child> {
    return this.children.values()
  }

  /** Forgets the children whose `label` is none of `values`. */
  retain(label: string, values: ReadonlySet<string>): void {
    for (const [key, child] of this.children) {
      if (!values.has(child.labels[label] ?? '')) this.children.delete(key)
    }
  }

  protected abstract create(labels: Record<string, string>): Child
  abstract get(): Promise<Scrape>
}

export class HistogramFamily extends Family<Histogram> {
  #bounds: readonly number[]

  constructor(name: string, help: string, labelNames: readonly string[], bounds: readonly number[]) {
    super(name, help, labelNames)
    this.#bounds = bounds
  }

  /** For what is bound from now on. */
  useBounds(bounds: readonly number[]): void {
    this.#bounds = bounds
  }

  protected create(labels: Record<string, string>): Histogram {
    return new Histogram(labels, this.#bounds)
  }

  async get(): Promise<Scrape> {
    const { name, help } = this
    const values: Sample[] = []
    for (const { labels, counts, sum, exemplars } of this.children.values()) {
      let count = 0
      counts.forEach((inBucket, at) => {
        count += inBucket
        values.push({
          labels: { le: this.#bounds[at] ?? '+Inf', ...labels },
          value: count,
          metricName: `${name}_bucket`,
          exemplar: exemplars?.[at],
        })
      })
      values.push({ labels, value: sum, metricName: `${name}_sum` })
      values.push({ labels, value: count, metricName: `${name}_count` })
    }
    return { name, help, type: 'histogram', values }
  }
}

/** A counter's or gauge's child: write its value. */
export class Scalar {
  readonly labels: Readonly<Record<string, string>>
  value = 0
  /** Of a gauge that nobody tells when it changes: asked at each scrape. */
  read: (() => number | Promise<number>) | undefined
  constructor(labels: Record<string, string>) {
    this.labels = labels
  }
}

export class ScalarFamily extends Family<Scalar> {
  readonly #type: 'counter' | 'gauge'

  constructor(type: 'counter' | 'gauge', name: string, help: string, labelNames: readonly string[] = []) {
    super(name, help, labelNames)
    this.#type = type
  }

  protected create(labels: Record<string, string>): Scalar {
    return new Scalar(labels)
  }

  async get(): Promise<Scrape> {
    const { name, help } = this
    const values = [...this.children.values()].map(async ({ labels, value, read }) => ({
      labels,
      value: read ? await read() : value,
      metricName: name,
    }))
    return { name, help, type: this.#type, values: await Promise.all(values) }
  }
}

/** What is counted under one set of labels. */
export type Series = Histogram | Scalar
