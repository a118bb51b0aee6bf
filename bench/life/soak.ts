import { setTimeout as pause } from 'node:timers/promises'
import { startBackends } from '../harness/backends.ts'
import { chooseLoadTool } from '../harness/load.ts'
import { readResidentBytes } from '../harness/processor.ts'
import { describeBackends } from '../scenarios/home/data.ts'
import { Client } from './client.ts'
import { countConnections } from './connections.ts'
import { type ConstantLoad, type Exchange, startConstantRate } from './constant-rate.ts'
import { findTrouble } from './page-check.ts'
import { probeArgs, readHoldings } from './probe.ts'
import { homeHeaders, homePath, type Server, startGateway } from './processes.ts'
import { type Finding, findNone, findOut, type LifeScenario } from './scenario.ts'
import { fitLine, judgeGrowth, percentile } from './statistics.ts'

const capacitySeconds = 4
const capacityConnections = 32
const sampleEveryMs = 10_000
/** The load that comes before the first sample, so that what the compiler and caches take is there already. */
const settleShare = 0.25
const leastSettleMs = 15_000
/** After a sample, until what waited for the garbage collection has been answered. */
const disturbanceMs = 2_000

interface Sample {
  readonly atMs: number
  readonly residentMb: number
  readonly heapMb: number
  readonly handles: number
  /** To backends; those of clients come and go with the load. */
  readonly connections: number
}

/** What is looked at, in what, and by how much it may grow over the whole soak and still be called flat. */
const quantities = [
  { name: 'residentMb', title: 'resident memory', unit: 'MB', bound: 10 },
  { name: 'heapMb', title: 'heap after garbage collection', unit: 'MB', bound: 1 },
  { name: 'handles', title: 'handles', unit: '', bound: 2 },
  { name: 'connections', title: 'connections to backends', unit: '', bound: 50 },
] as const

/** Half of what the server can do, for minutes: whether anything grows. */
export const soak: LifeScenario = {
  name: 'soak',
  summary: 'Constant load at half capacity: whether memory, handles or sockets grow.',
  async run({ minutes, tell }) {
    const backends = await startBackends(describeBackends())
    try {
      const server = await startGateway({ urls: backends.urls, nodeArgs: probeArgs })
      try {
        const perSecond = Math.round((await measureCapacity(server)) / 2)
        tell(`soak: ${perSecond} requests/s for ${minutes} min`)
        const ports = Object.values(backends.urls).map((url) => Number(new URL(url).port))
        return await soakAt(perSecond, minutes, server, ports, tell)
      } finally {
        await server.stop()
      }
    } finally {
      await backends.stop()
    }
  },
}

/** Requests a second of a server that is never without one. */
async function measureCapacity({ port }: Server): Promise<number> {
  const target = { url: `http://127.0.0.1:${port}${homePath}`, headers: homeHeaders }
  const load = chooseLoadTool()
  await load.send(target, capacityConnections, capacitySeconds)
  const { requests, seconds, failures } = await load.send(target, capacityConnections, capacitySeconds)
  if (failures > 0) throw new Error(`${failures} of ${requests} requests failed`)
  return requests / seconds
}

async function soakAt(
  perSecond: number,
  minutes: number,
  server: Server,
  ports: readonly number[],
  tell: (line: string) => void,
): Promise<Finding[]> {
  const settleMs = Math.max(leastSettleMs, minutes * 60_000 * settleShare)
  const seconds = minutes * 60 + settleMs / 1000
  const client = new Client(server.port, homePath, homeHeaders)
  const troubles: string[] = []
  const totals: number[] = []
  let requests = 0
  let disturbedUntil = 0
  const note = (exchange: Exchange) => {
    requests++
    const trouble = findTrouble(exchange)
    if (trouble !== undefined) troubles.push(trouble)
    // One of sixteen, so that this harness does not grow itself.
    if (requests % 16 === 0 && performance.now() > disturbedUntil) totals.push(exchange.totalMs)
  }
  const load = startConstantRate({ perSecond, seconds }, (taker) => client.send(taker), note)
  const takeSample = async (startedAt: number): Promise<Sample> => {
    // Before the garbage collection that the probe makes, which stops everything for a while.
    const residentMb = readResidentBytes(server.pid) / 1024 ** 2
    disturbedUntil = Number.POSITIVE_INFINITY
    const { heapBytes, handles } = await readHoldings(server)
    disturbedUntil = performance.now() + disturbanceMs
    const atMs = performance.now() - startedAt
    const connections = countConnections(ports)
    const sample = { atMs, residentMb, heapMb: heapBytes / 1024 ** 2, handles, connections }
    tell(`soak: ${describeSample(sample)}`)
    return sample
  }
  try {
    await pause(settleMs)
    const samples = await sampleDuring(load, takeSample)
    return [
      ...quantities.map((quantity) => describe(quantity, samples)),
      findNone('requests without a whole page', troubles, requests),
      findOut(
        `latency at ${perSecond} requests/s between the samples, p50 and p99`,
        `${percentile(totals, 50).toFixed(1)} and ${percentile(totals, 99).toFixed(1)} ms`,
      ),
    ]
  } finally {
    await load.stop()
    client.close()
  }
}

async function sampleDuring(load: ConstantLoad, take: (startedAt: number) => Promise<Sample>): Promise<Sample[]> {
  let isOver = false
  const ended = load.ended.then(() => {
    isOver = true
  })
  const startedAt = performance.now()
  const samples: Sample[] = []
  while (!isOver) {
    samples.push(await take(startedAt))
    await Promise.race([ended, pause(sampleEveryMs)])
  }
  if (samples.length < 3) throw new Error('the soak was too short for three samples')
  return samples
}

function describeSample({ atMs, residentMb, heapMb, handles, connections }: Sample): string {
  const memory = `${residentMb.toFixed(0)} MB, heap ${heapMb.toFixed(2)} MB`
  return `${Math.round(atMs / 1000)} s, ${memory}, ${handles} handles, ${connections} connections to backends`
}

function describe({ name, title, unit, bound }: (typeof quantities)[number], samples: readonly Sample[]): Finding {
  const points = samples.map((sample) => [sample.atMs / 60_000, sample[name]] as const)
  const { slope, slopeError } = fitLine(points)
  const trend = judgeGrowth(points, bound)
  const minutes = points.at(-1)![0] - points[0]![0]
  const from = points[0]![1].toFixed(1)
  const to = points.at(-1)![1].toFixed(1)
  return {
    what: title,
    promised: `flat: grows by ≤ ${bound} ${unit}`.trimEnd(),
    seen: `${trend}: ${from} → ${to} ${unit} in ${minutes.toFixed(1)} min, slope ${slope.toFixed(3)} ± ${(2 * slopeError).toFixed(3)} a minute`,
    met: trend === 'undecided' ? undefined : trend === 'flat',
  }
}
