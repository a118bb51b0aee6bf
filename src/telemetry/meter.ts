import type { Metric, Registry } from 'prom-client'
import { HistogramFamily, ScalarFamily, type Series } from './families.ts'
import type { MeterDefinition } from './metric-types.ts'

/** The boundaries that OpenTelemetry's semantic conventions give for HTTP durations, in seconds. */
const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

type Family = HistogramFamily | ScalarFamily

/** Makes families of metrics, in the order in which they are shown, and hands them to who scrapes. */
export class Meter {
  readonly #families: Family[] = []
  readonly #durations: HistogramFamily[] = []
  #opening: Promise<Registry> | undefined

  durations(name: string, help: string, labels: readonly string[]): HistogramFamily {
    const family = new HistogramFamily(`${name}_duration_seconds`, help, labels, durationBounds)
    this.#durations.push(family)
    return this.#keep(family)
  }

  counter(name: string, help: string, labels: readonly string[]): ScalarFamily {
    return this.scalar('counter', name, help, labels)
  }

  gauge(name: string, help: string, labels: readonly string[] = []): ScalarFamily {
    return this.scalar('gauge', name, help, labels)
  }

  scalar(type: MeterDefinition['type'], name: string, help: string, labels: readonly string[]): ScalarFamily {
    return this.#keep(new ScalarFamily(type, name, help, labels))
  }

  /** It is shown no more. */
  drop(family: Family): void {
    this.#families.splice(this.#families.indexOf(family), 1)
  }

  /** Bounds of the durations that are bound from now on, in seconds, ascending. */
  useBuckets(bounds: readonly number[]): void {
    for (const family of this.#durations) family.useBounds(bounds)
  }

  series(name: string): Iterable<Series> {
    return this.#families.find((family) => family.name === name)?.all ?? []
  }

  get names(): string[] {
    return this.#families.map(({ name }) => name)
  }

  registry(): Promise<Registry> {
    this.#opening ??= register(this.#families)
    return this.#opening
  }

  #keep<Kind extends Family>(family: Kind): Kind {
    this.#families.push(family)
    void this.#opening?.then((registry) => {
      registry.removeSingleMetric(family.name)
      registry.registerMetric(family as unknown as Metric)
    })
    return family
  }
}

/** Hands the families to prom-client, and the process's own metrics: not before the first scrape, which not everyone makes. */
async function register(families: readonly Family[]): Promise<Registry> {
  const [{ Registry }, { registerProcessMetrics }] = await Promise.all([
    import('prom-client'),
    import('./process-metrics.ts'),
  ])
  const registry = new Registry()
  // The registry asks a metric for its name and `get()`; its type wants one of prom-client's own classes.
  for (const family of families) registry.registerMetric(family as unknown as Metric)
  registerProcessMetrics(registry)
  return registry
}
