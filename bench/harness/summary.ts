import type { Measurement } from './measure.ts'
import type { Results } from './rounds.ts'
import type { Comparison, Scenario, Variant } from './scenario.ts'

/** Middle of a variant's rounds. */
export interface Summary {
  readonly variant: Variant
  readonly median: Measurement
  /** Least and most CPU time of a round. */
  readonly leastCpuUs: number
  readonly mostCpuUs: number
}

/** A comparison made in each round by itself: what disturbed the machine then, disturbed both sides. */
export interface Compared {
  readonly comparison: Comparison
  readonly median: number
  readonly least: number
  readonly most: number
}

/** What came out of a scenario. */
export interface ScenarioResult {
  readonly scenario: Scenario
  readonly rounds: number
  readonly summaries: readonly Summary[]
  /** Those whose variants were all measured. */
  readonly compared: readonly Compared[]
  readonly rejected: number
  readonly noisy: number
}

export function summarizeScenario(scenario: Scenario, results: Results): ScenarioResult {
  const { measurements, rejected, noisy } = results
  const rounds = Math.max(0, ...[...measurements.values()].map(({ length }) => length))
  return { scenario, rounds, summaries: summarize(results), compared: compare(scenario, results), rejected, noisy }
}

export function summarize({ measurements }: Results): Summary[] {
  return [...measurements].map(([variant, rounds]) => {
    const cpu = rounds.map(({ cpuUsPerRequest }) => cpuUsPerRequest)
    const middle = (read: (measurement: Measurement) => number) => median(rounds.map(read))
    return {
      variant,
      leastCpuUs: Math.min(...cpu),
      mostCpuUs: Math.max(...cpu),
      median: {
        cpuUsPerRequest: median(cpu),
        requestsPerSecond: middle((round) => round.requestsPerSecond),
        p50Ms: middle((round) => round.p50Ms),
        p99Ms: middle((round) => round.p99Ms),
        failures: middle((round) => round.failures),
        residentBytes: middle((round) => round.residentBytes),
        serverShare: middle((round) => round.serverShare),
        othersShare: middle((round) => round.othersShare),
        besideShare: middle((round) => round.besideShare),
      },
    }
  })
}

export function compare({ comparisons }: Pick<Scenario, 'comparisons'>, { measurements }: Results): Compared[] {
  const byName = new Map([...measurements].map(([variant, rounds]) => [variant.name, rounds]))
  return comparisons.flatMap((comparison) => {
    const sides = comparison.variants.map((name) => byName.get(name))
    if (!sides.every((side) => side !== undefined)) return []
    const figures = sides[0]!.map((_, round) => comparison.read(...sides.map((side) => side[round]!.cpuUsPerRequest)))
    return [{ comparison, median: median(figures), least: Math.min(...figures), most: Math.max(...figures) }]
  })
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
