import { setTimeout as pause } from 'node:timers/promises'
import { readCoreWaitMs, readResidentBytes } from '../harness/processor.ts'
import { countConnections } from './connections.ts'
import { type Holdings, readHoldings } from './probe.ts'
import type { Server } from './processes.ts'
import { type Finding, findOut } from './scenario.ts'
import { findDrift, judgeDrift } from './statistics.ts'

const sampleEveryMs = 10_000
/** After a sample, until what waited for the garbage collection has been answered. */
const disturbanceMs = 1_000

export interface Sample {
  readonly atMs: number
  readonly residentMb: number
  readonly heapMb: number
  readonly bufferMb: number
  readonly handles: number
  /** Of clients and to backends. */
  readonly sockets: number
  readonly connections: number
  /** Since the sample before it, by what else ran on its core; NaN where nobody counts. */
  readonly coreWaitMs: number
}

/** What is looked at under load, in what, and by how much a minute it may grow and still be called flat. */
const underLoad = [
  { name: 'residentMb', title: 'resident memory', unit: ' MB', bound: 0.5 },
  { name: 'heapMb', title: 'heap after garbage collection', unit: ' MB', bound: 0.25 },
  { name: 'bufferMb', title: 'buffers after garbage collection', unit: ' MB', bound: 0.25 },
  { name: 'handles', title: 'handles', unit: '', bound: 0.5 },
] as const

/** Follow what the clients do, in bursts: they are judged at rest. */
const told = [
  { name: 'sockets', title: 'sockets' },
  { name: 'connections', title: 'connections to backends' },
] as const

/**
 * What is looked at before the load and after it, in what, and by how much more may be there after it. Node keeps parsers
 * of up to 1,000 connections for the next ones, about 1 MB.
 */
const atRest = [
  { title: 'heap', unit: ' MB', bound: 2, read: ({ heapBytes }: Holdings) => heapBytes / 1024 ** 2 },
  { title: 'timers', unit: '', bound: 2, read: ({ timers = Number.NaN }: Holdings) => timers },
  { title: 'handles', unit: '', bound: 2, read: ({ handles }: Holdings) => handles },
  { title: 'sockets', unit: '', bound: 2, read: ({ sockets }: Holdings) => sockets },
] as const

/** Looks at a server under load again and again. */
export class Sampler {
  readonly samples: Sample[] = []
  readonly #server: Server
  readonly #backendPorts: readonly number[]
  #disturbedUntil = 0
  #coreWaitMs: number

  constructor(server: Server, backendPorts: readonly number[]) {
    this.#server = server
    this.#backendPorts = backendPorts
    this.#coreWaitMs = readCoreWaitMs(server.pid) ?? Number.NaN
  }

  /** Whether a look makes the server slow right now. */
  disturbs(): boolean {
    return performance.now() < this.#disturbedUntil
  }

  async sampleUntil(ended: Promise<void>, tell: (line: string) => void): Promise<void> {
    let isOver = false
    const over = ended.then(() => {
      isOver = true
    })
    const startedAt = performance.now()
    this.#takeCoreWait()
    while (!isOver) {
      const sample = await this.#take(startedAt)
      this.samples.push(sample)
      tell(describeSample(sample))
      await Promise.race([over, pause(sampleEveryMs)])
    }
  }

  async #take(startedAt: number): Promise<Sample> {
    // Before the garbage collection that the probe makes.
    const residentMb = readResidentBytes(this.#server.pid) / 1024 ** 2
    this.#disturbedUntil = Number.POSITIVE_INFINITY
    const { heapBytes, bufferBytes, handles, sockets } = await readHoldings(this.#server, 'quick')
    const now = performance.now()
    this.#disturbedUntil = now + disturbanceMs
    return {
      atMs: now - startedAt,
      residentMb,
      heapMb: heapBytes / 1024 ** 2,
      bufferMb: bufferBytes / 1024 ** 2,
      handles,
      sockets,
      connections: countConnections(this.#backendPorts),
      coreWaitMs: this.#takeCoreWait(),
    }
  }

  #takeCoreWait(): number {
    const before = this.#coreWaitMs
    this.#coreWaitMs = readCoreWaitMs(this.#server.pid) ?? Number.NaN
    return this.#coreWaitMs - before
  }
}

function describeSample(sample: Sample): string {
  const { atMs, residentMb, heapMb, bufferMb, handles, sockets, connections, coreWaitMs } = sample
  const memory = `${residentMb.toFixed(0)} MB, heap ${heapMb.toFixed(2)} MB, buffers ${bufferMb.toFixed(2)} MB`
  return `${Math.round(atMs / 1000)} s, ${memory}, ${handles} handles, ${sockets} sockets, ${connections} to backends, waited ${Math.round(coreWaitMs)} ms for its core`
}

export function judgeSamples(samples: readonly Sample[]): Finding[] {
  if (samples.length < 9) throw new Error('the soak was too short for nine samples')
  const judged = underLoad.map(({ name, title, unit, bound }): Finding => {
    const drift = findDrift(samples.map((sample) => [sample.atMs / 60_000, sample[name]]))
    const trend = judgeDrift(drift, bound)
    const minutes = (samples.at(-1)!.atMs - samples[0]!.atMs) / 60_000
    const span = `${samples[0]![name].toFixed(1)} → ${samples.at(-1)![name].toFixed(1)}${unit}`
    return {
      what: title,
      promised: `flat: grows by ≤ ${bound}${unit} a minute`,
      seen: `${trend}: ${span} in ${minutes.toFixed(1)} min, ${signed(drift.slope)} ± ${(2 * drift.slopeError).toFixed(3)} a minute`,
      met: trend === 'undecided' ? undefined : trend === 'flat',
    }
  })
  const seen = told.map(({ name, title }) => {
    const counts = samples.map((sample) => sample[name])
    return findOut(`${title} under load`, `${Math.min(...counts)} to ${Math.max(...counts)}`)
  })
  return [...judged, ...seen]
}

/** Whether the server had its core for itself: what it is kept from doing shows in everything else. */
export function tellCoreWait(samples: readonly Sample[]): Finding {
  const waits = samples.map(({ coreWaitMs }) => coreWaitMs)
  const all = waits.reduce((sum, ms) => sum + ms, 0)
  const most = Math.max(...waits)
  return findOut(
    'how long the server was ready to run while others had its core',
    Number.isNaN(all)
      ? 'not counted here'
      : `${Math.round(all)} ms, ${Math.round(most)} ms at most between two samples`,
  )
}

export function judgeRest(before: Holdings, after: Holdings): Finding[] {
  return atRest.map(({ title, unit, bound, read }) => {
    const digits = unit === '' ? 0 : 2
    return {
      what: `${title} at rest, before and after`,
      promised: `≤ ${bound}${unit} more`,
      seen: `${read(before).toFixed(digits)} → ${read(after).toFixed(digits)}${unit}`,
      met: read(after) - read(before) <= bound,
    }
  })
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
}
