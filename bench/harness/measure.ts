import { setTimeout } from 'node:timers/promises'
import type { Backends } from './backends.ts'
import type { LoadTool } from './load.ts'
import {
  otherCore,
  readCoreBusyUs,
  readOwnCpuUs,
  readProcessCpuUs,
  readResidentBytes,
  serverCore,
} from './processor.ts'
import type { RunningServer } from './server.ts'

export interface Measurement {
  /** CPU time of the server, all its processes and threads, user and system. */
  readonly cpuUsPerRequest: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Requests that were not answered, or not with success; one at least if none was answered at all. */
  readonly failures: number
  readonly residentBytes: number
  /** Share of the server's core that the server used. */
  readonly serverShare: number
  /** Share of the server's core that others used. */
  readonly othersShare: number
  /** Share of the other core that neither the backends nor the load used: the two may be one core to the hardware. */
  readonly besideShare: number
}

export interface LoadPlan {
  readonly connections: number
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** Lets a fresh server rest and warms it up; its answer is compared before. */
export async function warmUp(
  server: RunningServer,
  load: LoadTool,
  { connections, warmUpSeconds }: LoadPlan,
): Promise<void> {
  await server.checkAnswer()
  await waitUntilIdle(server.pid)
  await load.send(server.target, connections, warmUpSeconds)
}

/** Connections that were closed while others were measured are opened again in this time, which is not measured. */
const resumeSeconds = 1

/** Measures a server that is warm; its answer is compared before and after. */
export async function measure(
  server: RunningServer,
  backends: Backends,
  load: LoadTool,
  { connections, seconds }: LoadPlan,
): Promise<Measurement> {
  await server.checkAnswer()
  await load.send(server.target, connections, resumeSeconds)
  const began = readUsage(server, backends)
  const result = await load.send(server.target, connections, seconds)
  const ended = readUsage(server, backends)
  await server.checkAnswer()
  const elapsedUs = ended.atUs - began.atUs
  const serverUs = ended.serverUs - began.serverUs
  return {
    cpuUsPerRequest: serverUs / result.requests,
    requestsPerSecond: result.requests / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    failures: result.requests === 0 ? Math.max(1, result.failures) : result.failures,
    residentBytes: readResidentBytes(server.pid),
    serverShare: serverUs / elapsedUs,
    othersShare: Math.max(0, ended.coreUs - began.coreUs - serverUs) / elapsedUs,
    besideShare: Math.max(0, ended.besideUs - began.besideUs) / elapsedUs,
  }
}

const idleCheckMs = 200
const idleShare = 0.1
const mostIdleChecks = 100

/** What a server still has to do after its first answer (watching 10,000 files, say) is no part of a request's cost. */
export async function waitUntilIdle(pid: number): Promise<void> {
  let usedUs = readProcessCpuUs(pid)
  for (let check = 0; check < mostIdleChecks; check++) {
    await setTimeout(idleCheckMs)
    const nowUs = readProcessCpuUs(pid)
    if (nowUs - usedUs < idleCheckMs * 1000 * idleShare) return
    usedUs = nowUs
  }
}

function readUsage(server: RunningServer, backends: Backends) {
  return {
    atUs: performance.now() * 1000,
    serverUs: readProcessCpuUs(server.pid),
    coreUs: readCoreBusyUs(serverCore),
    besideUs: readCoreBusyUs(otherCore) - readProcessCpuUs(backends.pid) - readOwnCpuUs(),
  }
}

const mostOthersShare = 0.05
const mostBesideShare = 0.2
const leastServerShare = 0.85

/** Why a measurement is not to be believed: others used the cores, or the load could not keep the server busy. */
export function findNoise({ othersShare, besideShare, serverShare }: Measurement): string | undefined {
  if (othersShare > mostOthersShare) return `other processes took ${percent(othersShare)} of core ${serverCore}`
  if (besideShare > mostBesideShare) return `other processes took ${percent(besideShare)} of core ${otherCore}`
  if (serverShare < leastServerShare)
    return `the server had work for ${percent(serverShare)} of core ${serverCore} only`
  return undefined
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
