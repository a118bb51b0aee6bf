import { setTimeout as pause } from 'node:timers/promises'
import { Client } from './client.ts'
import { type Exchange, startConstantRate } from './constant-rate.ts'
import { markedServices } from './marks.ts'
import { findDegradation, findFailure } from './page-check.ts'
import { probeArgs, readHoldings } from './probe.ts'
import { homeHeaders, homePath, type Server, startGateway, startMarkingBackends } from './processes.ts'
import { watchCore } from './quiet.ts'
import { type Finding, findAtMost, findNone, findOut, type LifeOptions, type LifeScenario } from './scenario.ts'
import { percentile } from './statistics.ts'
import { createVersionedProject, readVersions, type VersionedProject } from './versions.ts'

const warmUpSeconds = 5
/** Reloads before the heap is looked at first: the early ones still fill the compiler's caches. */
const settleReloads = 20
const pauseMs = 40
const disturbanceMs = 1_000
const promisedGrowthMb = 2

/** Reloads by the admin API, each of a changed project, under constant load. */
export const reloads: LifeScenario = {
  name: 'reloads',
  summary: 'Reloads of a changed project under constant load: nothing fails, nothing is mixed, nothing is kept.',
  async run(options) {
    const backends = await startMarkingBackends()
    const project = createVersionedProject()
    try {
      project.write(0)
      const server = await startGateway({ urls: backends.urls, config: project.config, nodeArgs: probeArgs })
      try {
        return await reloadUnderLoad(server, project, options)
      } finally {
        await server.stop()
      }
    } finally {
      project.remove()
      await backends.stop()
    }
  },
}

interface Seen {
  readonly quietMs: number[]
  readonly reloadingMs: number[]
  readonly failures: string[]
  /** A call that waits while the gateway builds may be late for its timeout: its part of the page is a fallback then. */
  readonly degraded: string[]
  readonly mixed: string[]
  requests: number
}

async function reloadUnderLoad(server: Server, project: VersionedProject, options: LifeOptions): Promise<Finding[]> {
  const { rate, tell } = options
  const count = Math.round(options.reloads)
  const client = new Client(server.port, homePath, homeHeaders)
  const seen: Seen = { quietMs: [], reloadingMs: [], failures: [], degraded: [], mixed: [], requests: 0 }
  let into: number[] = []
  // Much longer than it takes: it is stopped at the end.
  const plan = { perSecond: rate, seconds: warmUpSeconds * 2 + count * 2 + 60 }
  const load = startConstantRate(
    plan,
    (taker) => client.send(taker),
    (exchange) => note(exchange, seen, into),
  )
  try {
    await pause(warmUpSeconds * 1000)
    into = seen.quietMs
    await pause(warmUpSeconds * 1000)
    for (let version = 1; version <= settleReloads; version++) await reload(server, project, version)
    const before = await readHoldings(server)
    let halfway = before
    const describeCore = watchCore(server.pid)
    into = seen.reloadingMs
    const buildMs: number[] = []
    for (let done = 1; done <= count; done++) {
      buildMs.push(await reload(server, project, settleReloads + done))
      if (done % 100 === 0) tell(`reloads: ${done}; ${describeCore()}`)
      if (done !== Math.ceil(count / 2)) continue
      // The garbage collection stops everything, and is none of the reloads'.
      into = []
      halfway = await readHoldings(server)
      await pause(disturbanceMs)
      into = seen.reloadingMs
    }
    into = []
    await pause(disturbanceMs)
    const after = await readHoldings(server)
    await load.stop()
    const [firstMb, secondMb] = [halfway.heapBytes - before.heapBytes, after.heapBytes - halfway.heapBytes].map(toMb)
    return [
      findNone('requests that failed', seen.failures, seen.requests),
      findNone('answers of mixed configuration', seen.mixed, seen.requests),
      findOut('pages with a fallback in them', `${seen.degraded.length} of ${seen.requests}`),
      findAtMost('growth of the heap in the second half of them', secondMb!, promisedGrowthMb, 'MB'),
      findOut(
        'heap before, and its growth in the first half',
        `${toMb(before.heapBytes).toFixed(1)} MB, ${firstMb!.toFixed(2)} MB`,
      ),
      findOut(
        'handles and sockets, before and after',
        `${before.handles} and ${before.sockets}, ${after.handles} and ${after.sockets}`,
      ),
      findOut(
        'one reload as the gateway counts it, p50 and most',
        `${percentile(buildMs, 50).toFixed(0)} and ${Math.max(...buildMs).toFixed(0)} ms`,
      ),
      findOut(`latency at ${rate} requests/s without reloads, p50 and p99`, describeTimes(seen.quietMs)),
      findOut('latency while reloading, p50 and p99', describeTimes(seen.reloadingMs)),
    ]
  } finally {
    await load.stop()
    client.close()
  }
}

const toMb = (bytes: number) => bytes / 1024 ** 2

function describeTimes(times: readonly number[]): string {
  return `${percentile(times, 50).toFixed(1)} and ${percentile(times, 99).toFixed(1)} ms`
}

function note(exchange: Exchange, seen: Seen, into: number[]): void {
  seen.requests++
  into.push(exchange.totalMs)
  const failure = findFailure(exchange)
  const degradation = findDegradation(exchange)
  if (failure !== undefined) seen.failures.push(failure)
  if (degradation !== undefined) seen.degraded.push(degradation)
  if (failure !== undefined) return
  const versions = readVersions(JSON.parse(exchange.answer!.body.toString()))
  const isWhole = versions.length === markedServices.length + 1 || degradation !== undefined
  if (!isWhole || new Set(versions).size > 1) seen.mixed.push(versions.join(' '))
}

/** Milliseconds that the gateway took, by its own account. @throws Error when the version was not taken */
async function reload({ adminUrl }: Server, project: VersionedProject, version: number): Promise<number> {
  project.write(version)
  const response = await fetch(`${adminUrl}/-/reload`, { method: 'POST' })
  const result = (await response.json()) as { ok: boolean; ms: number; diagnostics: unknown }
  if (!result.ok) throw new Error(`version ${version} was refused: ${JSON.stringify(result.diagnostics)}`)
  await pause(pauseMs)
  return result.ms
}
