import { getHeapStatistics } from 'node:v8'
import type { Call, CallResponse } from '../../calls/call.ts'
import type { Clock, Timer } from '../../clock.ts'
import type { OverloadPolicy } from '../../config/admission.ts'
import { HeapGuard } from './heap-guard.ts'
import { Turns } from './turns.ts'
import { Waiting } from './waiting.ts'

const probeEveryMs = 25
/** The loop is busy from this part of the allowed delay on, and until so many probes in a row were not as late. */
const busyPart = 0.5
const calmProbes = 40
/** Weight of the newest probe in the mean delay. */
const newest = 0.3

export interface OverloadOptions {
  readonly clock: Clock
  /** As the gateway's file has it now; undefined: never. */
  readonly policy: () => OverloadPolicy | undefined
  /** Told how many classes are shed. */
  readonly onCut?: ((classes: number) => void) | undefined
  /** Told when it begins to shed, and when it has ended. */
  readonly onChange?:
    | ((isShedding: boolean, about: { readonly delayMs: number; readonly heap: number }) => void)
    | undefined
  /** 0 ≤ x < 1. */
  readonly random?: (() => number) | undefined
  /** 0..1 of what V8 may use. */
  readonly heapUse?: (() => number) | undefined
}

/**
 * Keeps the process answering when it has more to do than it can. While the event loop is late, work goes in short turns:
 * what was begun first, then requests, the highest class first. Of a class in which more wait than will be served in
 * time, those that come are shed.
 */
export class Overload {
  readonly #options: OverloadOptions
  readonly #heap: HeapGuard
  readonly #waiting = new Waiting()
  readonly #turns: Turns
  readonly #paced = new WeakMap<readonly Call[], readonly Call[]>()
  #allowedMs = 0
  #delayMs = 0
  #calmRow = calmProbes
  #isBusy = false
  #isShedding = false
  #cut = 0
  #timer: Timer | undefined

  constructor(options: OverloadOptions) {
    const { clock, heapUse = readHeapUse, random = Math.random } = options
    this.#options = options
    this.#heap = new HeapGuard(heapUse, random)
    this.#turns = new Turns(clock, this.#waiting)
    this.#schedule()
  }

  /** Whether a request has to ask for anything here. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Whether requests are being shed: working in short turns alone is no overload. */
  get isShedding(): boolean {
    return this.#isShedding
  }

  /** Whether a request of this class is to be shed. */
  sheds(priority: number): boolean {
    if (priority === 0) return false
    const lane = this.#waiting.lanes[priority]!
    const nowMs = this.#options.clock.now()
    if (lane.sheds(nowMs, this.#allowedMs)) return true
    if (!this.#heap.sheds(priority)) return false
    lane.noteShed(nowMs)
    return true
  }

  /** Begins a request, now or when it is its turn; if that does not come in time, it is refused. */
  begin(priority: number, begin: () => void, refuse: () => void): void {
    if (this.#turns.hasTime()) {
      this.#waiting.lanes[priority]!.noteBegun()
      begin()
    } else this.#waiting.pushRequest(priority, { begin, refuse, sinceMs: this.#options.clock.now() })
  }

  /** The same calls; what comes after one of them waits for its turn. */
  pace(calls: readonly Call[]): readonly Call[] {
    let paced = this.#paced.get(calls)
    if (!paced) {
      paced = calls.map(
        (call): Call =>
          (context) =>
            call(context).then(this.#goOn),
      )
      this.#paced.set(calls, paced)
    }
    return paced
  }

  close(): void {
    this.#timer?.cancel()
  }

  readonly #goOn = (response: CallResponse): CallResponse | Promise<CallResponse> => {
    if (this.#turns.hasTime()) return response
    return new Promise((resolve) => this.#waiting.pushBegun(() => resolve(response)))
  }

  #schedule(): void {
    const { clock } = this.#options
    const setAt = clock.now()
    this.#timer = clock.schedule(probeEveryMs, () => {
      const nowMs = clock.now()
      this.#probe(this.#options.policy(), nowMs, nowMs - setAt)
      this.#schedule()
    })
  }

  #probe(policy: OverloadPolicy | undefined, nowMs: number, elapsedMs: number): void {
    if (!policy) {
      this.#isBusy = false
      this.#tell(false)
      return
    }
    const lateMs = Math.max(0, elapsedMs - probeEveryMs)
    const { lanes } = this.#waiting
    this.#allowedMs = policy.loopDelayMs
    this.#delayMs += (lateMs - this.#delayMs) * newest
    this.#heap.look(policy.heap, elapsedMs)
    this.#waiting.expire(nowMs, policy.loopDelayMs)
    for (const lane of lanes) {
      if (this.#isBusy) lane.endWindow(nowMs, elapsedMs, policy.loopDelayMs)
      else lane.forget()
    }
    const isShedding = this.#heap.isShedding || lanes.some(({ isOverloaded }) => isOverloaded)
    const isCalm = this.#waiting.length === 0 && !isShedding && lateMs <= busyPart * policy.loopDelayMs
    this.#calmRow = isCalm ? this.#calmRow + 1 : 0
    this.#isBusy = this.#calmRow < calmProbes
    this.#tell(isShedding)
  }

  #tell(isShedding: boolean): void {
    const { onCut, onChange } = this.#options
    const cut = isShedding ? this.#waiting.lanes.reduce((sum, { shedShare }) => sum + shedShare, 0) : 0
    if (cut !== this.#cut) onCut?.(cut)
    this.#cut = cut
    if (isShedding === this.#isShedding) return
    this.#isShedding = isShedding
    onChange?.(isShedding, { delayMs: Math.round(this.#delayMs), heap: this.#heap.use })
  }
}

function readHeapUse(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
  return used / limit
}
