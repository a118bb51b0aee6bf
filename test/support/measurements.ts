import type { Measurement } from '../../bench/harness/measure.ts'
import type { Page, Variant } from '../../bench/harness/scenario.ts'

const page: Page = { path: '/', headers: {}, answer: {} }

/** A server that is never started. */
export function inventVariant(name: string, title = name): Variant {
  return { name, title, page, launch: () => ({ program: 'none', args: [] }) }
}

export function inventMeasurement(cpuUsPerRequest: number, changes: Partial<Measurement> = {}): Measurement {
  return {
    cpuUsPerRequest,
    requestsPerSecond: 4000,
    ...{ p50Ms: 7.25, p99Ms: 19.5 },
    failures: 0,
    residentBytes: 100 * 1024 ** 2,
    ...{ serverShare: 0.99, othersShare: 0.01, besideShare: 0.1 },
    ...changes,
  }
}
