import { getHeapStatistics } from 'node:v8'
import { priorities } from '../../backends/admission/policy.ts'
import type { Clock, Timer } from '../../clock.ts'
import type { OverloadPolicy } from '../../config/admission.ts'

const probeEveryMs = 25
const heapEveryProbes = 40
/** Weight of the newest probe in the mean delay. */
const newest = 0.3
/** So many probes in a row have to be late, by so much in all, before anything is shed: a heavy reload is no overload. */
const lateInARow = 3
const lateInAllMs = 1000
/** Classes more with each second of an overload, as many times as the delay is too long, twice at most. */
const risePerSecond = 1
const mostExcess = 2
/** And at once at most, for what a probe that came very late does not know. */
const mostRise = 0.4
/** Classes fewer with each second in which the loop does nothing; where it rests for less, as much fewer. */
const fallPerSecond = 2
/** The share of its time that the loop may be busy without resting at all counts as full. */
const full = 0.92
/** Of a class that is shed, one in ten goes on: where shedding does not help, something has to be served. */
const mostShare = 0.9
/** The first class is never shed. */
const mostClasses = priorities.length - 1
const lastRank = priorities.length - 1

export interface OverloadOptions {
  readonly clock: Clock
  /** As the gateway's file has it now; undefined: never. */
  readonly policy: () => OverloadPolicy | undefined
  /** Ranks of the lowest and the highest class that any route has. */
  readonly ranks: () => { readonly lowest: number; readonly highest: number }
  readonly onCut?: ((classes: number) => void) | undefined
  /** Told when it begins to shed, and when it has ended. */
  readonly onChange?:
    | ((isShedding: boolean, about: { readonly delayMs: number; readonly heap: number }) => void)
    | undefined
  /** 0 ≤ x < 1. */
  readonly random?: (() => number) | undefined
  /** 0..1 of what V8 may use. */
  readonly heapUse?: (() => number) | undefined
  /** 0..1 of the time since it was last asked in which the loop was busy. */
  readonly busyShare?: (() => number) | undefined
}

/**
 * Sees when the process has more to do than it can, by how late its timers come and how full its heap is, and says
 * which requests to shed: a share of the lowest class that grows while it lasts, then of the next. It shrinks once the
 * delay is half of what is allowed, by as much as the loop has time to spare, so that it does not swing.
 */
export class Overload {
  readonly #options: OverloadOptions
  readonly #random: () => number
  readonly #heapUse: () => number
  readonly #busyShare: () => number
  #cut = 0
  #delayMs = 0
  #heap = 0
  #probes = 0
  #dueAt = 0
  #loopDelayMs = Number.POSITIVE_INFINITY
  #lateRow = 0
  #lateRowMs = 0
  #timer: Timer | undefined

  constructor(options: OverloadOptions) {
    this.#options = options
    this.#random = options.random ?? Math.random
    this.#heapUse = options.heapUse ?? readHeapUse
    this.#busyShare = options.busyShare ?? createBusyShare()
    this.#schedule()
  }

  /** Whether anything is shed at all: what every request asks. */
  get isShedding(): boolean {
    return this.#cut > 0
  }

  /** Whether this one request is shed: for its class, or since this turn of the loop has taken too long already. */
  sheds(rank: number): boolean {
    if (rank > 0 && this.#options.clock.now() - this.#dueAt > this.#loopDelayMs * 2 ** (lastRank - rank - 1)) {
      return this.#random() < mostShare
    }
    const share = this.#cut - (lastRank - rank)
    return share > 0 && this.#random() < Math.min(share, mostShare)
  }

  close(): void {
    this.#timer?.cancel()
  }

  #schedule(): void {
    const { clock } = this.#options
    const dueAt = clock.now() + probeEveryMs
    this.#dueAt = dueAt
    this.#timer = clock.schedule(probeEveryMs, () => {
      this.#probe(Math.max(0, clock.now() - dueAt))
      this.#schedule()
    })
  }

  #probe(lateMs: number): void {
    const policy = this.#options.policy()
    if (!policy) {
      this.#change(0)
      return
    }
    this.#loopDelayMs = policy.loopDelayMs
    this.#delayMs += (lateMs - this.#delayMs) * newest
    if (this.#probes++ % heapEveryProbes === 0) this.#heap = this.#heapUse()
    // Once it sheds it looks at the newest delay too: what comes back has to be met at once.
    const delayMs = this.#cut > 0 ? Math.max(this.#delayMs, lateMs) : this.#delayMs
    const excess = delayMs / policy.loopDelayMs
    this.#noteLateness(lateMs, lateMs > policy.loopDelayMs)
    const busy = this.#cut > 0 ? this.#busyShare() : 1
    const isHeapFull = this.#heap > policy.heap
    const isLate = excess > 1 && (this.#cut > 0 || (this.#lateRow >= lateInARow && this.#lateRowMs >= lateInAllMs))
    if (isLate || isHeapFull) {
      const { lowest, highest } = this.#options.ranks()
      const start = this.#cut > 0 ? this.#cut : lastRank - lowest
      this.#change(Math.min(mostClasses, lastRank + 1 - highest, start + riseAfter(probeEveryMs + lateMs, excess)))
    } else if (excess < 0.5 && this.#cut > 0) {
      const next = this.#cut - fallAfter(probeEveryMs + lateMs, busy)
      // Below it nobody is who could be shed.
      this.#change(next <= lastRank - this.#options.ranks().lowest ? 0 : next)
    }
  }

  #noteLateness(lateMs: number, isLate: boolean): void {
    this.#lateRow = isLate ? this.#lateRow + 1 : 0
    this.#lateRowMs = isLate ? this.#lateRowMs + lateMs : 0
  }

  #change(cut: number): void {
    const before = this.#cut
    if (cut === before) return
    const { onCut, onChange } = this.#options
    this.#cut = cut
    onCut?.(cut)
    if (before === 0 || cut === 0) onChange?.(cut > 0, { delayMs: Math.round(this.#delayMs), heap: this.#heap })
  }
}

function riseAfter(ms: number, excess: number): number {
  return Math.min(mostRise, (risePerSecond * ms * Math.max(1, Math.min(mostExcess, excess))) / 1000)
}

function fallAfter(ms: number, busy: number): number {
  return (fallPerSecond * ms * Math.max(0, full - busy)) / 1000
}

function createBusyShare(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}

function readHeapUse(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
  return used / limit
}
