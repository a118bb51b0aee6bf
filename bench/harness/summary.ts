import type { Measurement } from './measure.ts'
import type { Results } from './rounds.ts'
import { subject, type Variant } from './variants.ts'

/** Middle of a variant's rounds. */
export interface Summary {
  readonly variant: Variant
  readonly median: Measurement
  /** Least and most CPU time of a round. */
  readonly leastCpuUs: number
  readonly mostCpuUs: number
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
        residentBytes: middle((round) => round.residentBytes),
        serverShare: middle((round) => round.serverShare),
        othersShare: middle((round) => round.othersShare),
        besideShare: middle((round) => round.besideShare),
      },
    }
  })
}

/** CPU time a request of Tessera's over each peer's: below 1 the gateway costs less than the code by hand. */
export function compareWithPeers(summaries: readonly Summary[]): Record<string, number> {
  const own = summaries.find(({ variant }) => variant.name === subject)
  if (own === undefined) return {}
  const peers = summaries.filter((summary) => summary !== own)
  return Object.fromEntries(
    peers.map(({ variant, median }) => [
      variant.name,
      Number((own.median.cpuUsPerRequest / median.cpuUsPerRequest).toFixed(3)),
    ]),
  )
}

export function renderTable(summaries: readonly Summary[]): string {
  const ratios = compareWithPeers(summaries)
  const lines = summaries.map(({ variant, median, leastCpuUs, mostCpuUs }) =>
    row([
      variant.title,
      median.cpuUsPerRequest.toFixed(1),
      `${leastCpuUs.toFixed(1)}–${mostCpuUs.toFixed(1)}`,
      variant.name in ratios ? `${ratios[variant.name]!.toFixed(2)}×` : '',
      Math.round(median.requestsPerSecond).toString(),
      median.p50Ms.toFixed(1),
      median.p99Ms.toFixed(1),
      Math.round(median.residentBytes / 1024 ** 2).toString(),
    ]),
  )
  const heads = [
    'server',
    'CPU µs/request',
    'least–most',
    'Tessera / it',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'memory MB',
  ]
  return [row(heads), row(heads.map((_, index) => (index === 0 ? '---' : '---:'))), ...lines].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
