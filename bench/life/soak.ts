import { setTimeout as pause } from 'node:timers/promises'
import { startBackends } from '../harness/backends.ts'
import { chooseLoadTool } from '../harness/load.ts'
import { describeBackends } from '../scenarios/home/data.ts'
import { Client } from './client.ts'
import { type Exchange, startConstantRate } from './constant-rate.ts'
import { findTrouble } from './page-check.ts'
import { type Holdings, probeArgs, readHoldings } from './probe.ts'
import { homeHeaders, homePath, type Server, startGateway } from './processes.ts'
import { watchCore } from './quiet.ts'
import { type Finding, findNone, findOut, type LifeOptions, type LifeScenario } from './scenario.ts'
import { judgeRest, judgeSamples, Sampler, tellCoreWait } from './soak-samples.ts'
import { percentile } from './statistics.ts'

const capacitySeconds = 4
const capacityConnections = 32
/** The load that comes before the first sample, so that what the compiler and caches take is there already. */
const settleShare = 0.25
const leastSettleMs = 15_000
/** Until no connection is left that only waits for its next request. */
const restMs = 8_000
/** Kinds of trouble told at most. */
const mostKinds = 3

/** Half of what the server can do, for minutes: whether anything grows, and whether every page is whole. */
export const soak: LifeScenario = {
  name: 'soak',
  summary: 'Constant load at half capacity: whether memory, sockets, handles or timers grow. Ends with 1 if so.',
  mustHold: true,
  async run(options) {
    const backends = await startBackends(describeBackends())
    try {
      const server = await startGateway({ urls: backends.urls, nodeArgs: probeArgs })
      try {
        const perSecond = options.soakRate ?? Math.round((await measureCapacity(server)) / 2)
        const ports = Object.values(backends.urls).map((url) => Number(new URL(url).port))
        return await soakAt(perSecond, server, new Sampler(server, ports), options)
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
  server: Server,
  sampler: Sampler,
  { minutes, tell }: LifeOptions,
): Promise<Finding[]> {
  const settleMs = Math.max(leastSettleMs, minutes * 60_000 * settleShare)
  const seconds = minutes * 60 + settleMs / 1000
  tell(`soak: ${perSecond} requests/s for ${Math.round(settleMs / 1000)} s to settle and ${minutes} min`)
  const troubles: string[] = []
  const totals: number[] = []
  let requests = 0
  const note = (exchange: Exchange) => {
    requests++
    const trouble = findTrouble(exchange)
    if (trouble !== undefined) troubles.push(trouble)
    // One of sixteen, so that this harness does not grow itself.
    if (requests % 16 === 0 && !sampler.disturbs()) totals.push(exchange.totalMs)
  }
  const runLoad = async (rate: number, forSeconds: number, during: (ended: Promise<void>) => Promise<void>) => {
    const client = new Client(server.port, homePath, homeHeaders)
    const load = startConstantRate({ perSecond: rate, seconds: forSeconds }, (taker) => client.send(taker), note)
    try {
      await during(load.ended)
    } finally {
      await load.stop()
      client.close()
    }
  }
  const lookAtRest = async (): Promise<Holdings> => {
    await pause(restMs)
    return await readHoldings(server, 'complete')
  }

  const before = await lookAtRest()
  // That look has thrown compiled code away: a server is not at half of its capacity before it has it again.
  await runLoad(perSecond / 4, settleMs / 2000, (ended) => ended)
  const tellCore = watchCore(server.pid)
  await runLoad(perSecond, seconds - settleMs / 2000, async (ended) => {
    await pause(settleMs / 2)
    await sampler.sampleUntil(ended, (line) => tell(`soak: ${line}`))
  })
  tell(`soak: ${tellCore()}`)
  tellKinds(troubles, tell)
  const after = await lookAtRest()
  return [
    ...judgeSamples(sampler.samples),
    ...judgeRest(before, after),
    findNone('requests without a whole page', troubles, requests),
    tellCoreWait(sampler.samples),
    findOut(
      `latency at ${perSecond} requests/s between the samples, p50 and p99`,
      `${percentile(totals, 50).toFixed(1)} and ${percentile(totals, 99).toFixed(1)} ms`,
    ),
  ]
}

function tellKinds(troubles: readonly string[], tell: LifeOptions['tell']): void {
  const kinds = new Map<string, number>()
  for (const trouble of troubles) kinds.set(trouble, (kinds.get(trouble) ?? 0) + 1)
  const most = [...kinds].sort(([, one], [, other]) => other - one).slice(0, mostKinds)
  for (const [trouble, count] of most) tell(`soak: ${count} times: ${trouble}`)
}
