import type { Backends } from './backends.ts'
import type { LoadTool } from './load.ts'
import { findNoise, type LoadPlan, type Measurement, measure } from './measure.ts'
import type { Variant } from './scenario.ts'
import { startServer } from './server.ts'

export interface Setting {
  readonly backends: Backends
  readonly load: LoadTool
  readonly plan: LoadPlan
  /** Told what happens, line by line. */
  readonly tell: (line: string) => void
}

export interface Results {
  /** By variant, one a round. */
  readonly measurements: ReadonlyMap<Variant, readonly Measurement[]>
  /** Measurements that were thrown away and made again. */
  readonly rejected: number
  /** Measurements that were kept although they were noisy, because the repeats were used up. */
  readonly noisy: number
}

/**
 * Measures the variants in turns, each time in a fresh process, every round beginning with another one. A noisy
 * measurement is made again, `repeats` times in all.
 * @throws Error when requests failed, and noise was not to blame or the repeats are used up
 */
export async function measureInRounds(
  variants: readonly Variant[],
  rounds: number,
  repeats: number,
  setting: Setting,
): Promise<Results> {
  const measurements = new Map(variants.map((variant): [Variant, Measurement[]] => [variant, []]))
  let rejected = 0
  let noisy = 0
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < variants.length; turn++) {
      const variant = variants[(round + turn) % variants.length]!
      for (;;) {
        const measurement = await measureFresh(variant, setting)
        const noise = findNoise(measurement)
        const told = `round ${round + 1}  ${variant.title}: ${measurement.cpuUsPerRequest.toFixed(1)} µs/request`
        setting.tell(noise === undefined ? told : `${told}  (${noise}${rejected < repeats ? ': again' : ''})`)
        if (noise !== undefined && rejected < repeats) {
          rejected++
          continue
        }
        if (measurement.failures > 0)
          throw new Error(`${measurement.failures} requests to ${variant.title} failed, so the measurement is void`)
        if (noise !== undefined) noisy++
        measurements.get(variant)!.push(measurement)
        break
      }
    }
  }
  return { measurements, rejected, noisy }
}

async function measureFresh(variant: Variant, { backends, load, plan }: Setting): Promise<Measurement> {
  const connections = Math.min(plan.connections, variant.page.mostConnections ?? plan.connections)
  const server = await startServer(variant, backends)
  const { exports } = backends.spans.received
  try {
    const measurement = await measure(server, backends, load, { ...plan, connections })
    if (variant.sendsSpans && backends.spans.received.exports === exports)
      throw new Error(`${variant.title} was to send spans, and sent none`)
    return measurement
  } finally {
    await server.stop()
  }
}
