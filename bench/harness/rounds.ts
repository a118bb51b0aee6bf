import type { Backends } from './backends.ts'
import type { LoadTool } from './load.ts'
import { type LoadPlan, type Measurement, measure, warmUp } from './measure.ts'
import { Repeats } from './repeats.ts'
import type { Variant } from './scenario.ts'
import { type RunningServer, startServer } from './server.ts'

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

/** A server that stays for all rounds. */
interface Contestant {
  readonly variant: Variant
  readonly server: RunningServer
  readonly plan: LoadPlan
  readonly measurements: Measurement[]
}

/**
 * Starts the variants, warms each of them up, then measures them in turns, every round beginning with another one. A
 * noisy measurement is made again, `repeats` times in all. Servers live for long: what their compilers do in the first
 * seconds is no part of what a request costs.
 * @throws Error when requests failed, and noise was not to blame or the repeats are used up
 */
export async function measureInRounds(
  variants: readonly Variant[],
  rounds: number,
  repeats: number,
  setting: Setting,
): Promise<Results> {
  const contestants: Contestant[] = []
  const again = new Repeats(repeats, setting.tell)
  try {
    for (const variant of variants) contestants.push(await enter(variant, setting))
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < contestants.length; turn++) {
        const contestant = contestants[(round + turn) % contestants.length]!
        const title = `round ${round + 1}  ${contestant.variant.title}`
        contestant.measurements.push(await again.measure(title, () => measureOne(contestant, setting)))
      }
    }
  } finally {
    await Promise.all(contestants.map(({ server }) => server.stop()))
  }
  const { rejected, noisy } = again
  return { measurements: new Map(contestants.map((one) => [one.variant, one.measurements])), rejected, noisy }
}

async function enter(variant: Variant, { backends, load, plan, tell }: Setting): Promise<Contestant> {
  const connections = Math.min(plan.connections, variant.page.mostConnections ?? plan.connections)
  const server = await startServer(variant, backends)
  const contestant = { variant, server, plan: { ...plan, connections }, measurements: [] }
  tell(`warming up  ${variant.title}`)
  try {
    await warmUp(server, load, contestant.plan)
  } catch (error) {
    await server.stop()
    throw error
  }
  return contestant
}

async function measureOne({ variant, server, plan }: Contestant, { backends, load }: Setting): Promise<Measurement> {
  const { exports } = backends.spans.received
  const measurement = await measure(server, backends, load, plan)
  if (variant.sendsSpans && backends.spans.received.exports === exports)
    throw new Error(`${variant.title} was to send spans, and sent none`)
  return measurement
}
