import { createRandom } from '../world/random.ts'

/**
 * How long the next answer takes, in milliseconds: a log-normal spread around the median, and one answer in fifty four
 * times slower. `factor` scales it (0: no latency at all). Seeded by the service, so every run is alike.
 */
export function createLatency(service: string, medianMs: number, factor: number): () => number {
  if (factor === 0) return () => 0
  const random = createRandom(`latency ${service}`)
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    const tail = random.next() < 0.02 ? 4 : 1
    return factor * medianMs * Math.exp(0.3 * normal) * tail
  }
}
