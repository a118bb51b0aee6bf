import type { Cancellable, Scope } from '../cancellation.ts'
import type { Clock, Timer } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { AdaptiveConcurrency } from './concurrency/adaptive.ts'
import type { BulkheadMetrics, ShedReason } from './metrics.ts'
import type { BulkheadPolicy } from './policy.ts'
import { queues } from './queues/index.ts'
import type { Queue, Waiting } from './queues/queue.ts'

/** Who wants in. */
export interface Visitor extends Waiting {
  /** On `Clock.now()`'s scale: whoever has not been let in by then is shed. */
  readonly deadline: number
  readonly scope: Scope
}

/** Weight of the newest in the mean of how long a visit takes. */
const newest = 0.1

/**
 * Lets so many in at once, and so many wait. Whoever waits leaves the moment its scope is cancelled, and is shed at its
 * deadline; whoever could not be done by its deadline is shed at once: on arrival when those ahead take too long, at
 * its turn when less than half of what a visit usually takes is left.
 */
export class Bulkhead {
  readonly #places: number
  readonly #adaptive: AdaptiveConcurrency | undefined
  readonly #fixed: number
  readonly #clock: Clock
  readonly #metrics: BulkheadMetrics
  readonly #queue: Queue<Guest>
  #inside = 0
  /** Mean time of a visit, in milliseconds; 0 until one has ended. */
  #usualMs = 0

  constructor({ concurrent, queue, order }: BulkheadPolicy, clock: Clock, metrics: BulkheadMetrics) {
    const isFixed = typeof concurrent === 'number'
    this.#places = queue
    this.#fixed = isFixed ? concurrent : 0
    this.#adaptive = isFixed ? undefined : new AdaptiveConcurrency(concurrent, clock.now())
    this.#clock = clock
    this.#metrics = metrics
    this.#queue = queues.get(order)!.create()
    metrics.limit(this.limit)
  }

  get limit(): number {
    return this.#adaptive?.limit ?? this.#fixed
  }

  get inside(): number {
    return this.#inside
  }

  get waiting(): number {
    return this.#queue.size
  }

  /** Enters if there is a place and nobody waits for it. Whoever is in has to `leave`. */
  tryEnter(): boolean {
    if (this.#inside >= this.limit || this.#queue.size > 0) return false
    this.#enter()
    return true
  }

  /** Resolves, to how long it took, when the visitor is in. Rejects with `overloaded`, or its scope's reason. */
  wait(visitor: Visitor): Promise<number> {
    const { scope, deadline } = visitor
    if (scope.reason) return Promise.reject(scope.reason)
    const now = this.#clock.now()
    return new Promise((resolve, reject) => {
      const guest = new Guest(visitor, now, this.#clock, {
        enter: () => {
          this.#enter()
          const ms = this.#clock.now() - now
          this.#metrics.waited(ms / 1000)
          resolve(ms)
        },
        leave: (error) => {
          this.#queue.remove(guest)
          this.#metrics.waiting(this.#queue.size)
          reject(error)
        },
        expire: () => this.#shed(guest, 'late'),
      })
      if (now + this.#foreseeWaitMs(guest) > deadline) this.#shed(guest, 'late')
      else this.#admit(guest)
    })
  }

  /** A visit has ended. `ms`: what whom it was to took for it, in milliseconds; undefined where that tells nothing. */
  leave(ms: number | undefined): void {
    const now = this.#clock.now()
    if (ms !== undefined) {
      this.#usualMs = this.#usualMs === 0 ? ms : this.#usualMs + (ms - this.#usualMs) * newest
      if (this.#adaptive) {
        this.#adaptive.note(ms, this.#inside, now)
        this.#metrics.limit(this.limit)
      }
    }
    this.#inside--
    this.#metrics.inside(this.#inside)
    if (this.#queue.size > 0) this.#letIn(now)
  }

  #enter(): void {
    this.#inside++
    this.#metrics.inside(this.#inside)
  }

  #admit(guest: Guest): void {
    if (this.#queue.size >= this.#places) {
      const expendable = this.#places === 0 ? guest : this.#queue.expendable(guest)
      this.#shed(expendable, 'full')
      if (expendable === guest) return
    }
    this.#queue.push(guest)
    this.#metrics.waiting(this.#queue.size)
    guest.waitForTurn()
  }

  #letIn(now: number): void {
    while (this.#inside < this.limit) {
      const guest = this.#queue.shift()
      if (!guest) break
      if (guest.visitor.deadline - now < this.#usualMs / 2) this.#shed(guest, 'late')
      else guest.enter()
    }
    this.#metrics.waiting(this.#queue.size)
  }

  /** Until it would be done, by how long visits have taken of late. */
  #foreseeWaitMs(guest: Guest): number {
    return (this.#usualMs * this.#queue.ahead(guest)) / Math.max(1, this.limit) + this.#usualMs / 2
  }

  #shed(guest: Guest, reason: ShedReason): void {
    this.#metrics.shed(reason)
    const waitMs = (this.#usualMs * this.#queue.size) / Math.max(1, this.limit)
    const detail = reason === 'full' ? 'too many wait already' : 'there is no time left to wait'
    guest.cancel(new GatewayError('overloaded', { detail, retryAfter: Math.max(1, Math.ceil(waitMs / 1000)) }))
  }
}

interface Turns {
  readonly enter: () => void
  readonly leave: (error: GatewayError) => void
  readonly expire: () => void
}

/** A visitor with its place in the queue. */
class Guest implements Waiting, Cancellable {
  readonly visitor: Visitor
  readonly priority: number
  readonly client: string
  readonly #since: number
  readonly #clock: Clock
  readonly #turns: Turns
  #timer: Timer | undefined

  constructor(visitor: Visitor, since: number, clock: Clock, turns: Turns) {
    this.visitor = visitor
    this.priority = visitor.priority
    this.client = visitor.client
    this.#since = since
    this.#clock = clock
    this.#turns = turns
  }

  waitForTurn(): void {
    const { deadline, scope } = this.visitor
    this.#timer = this.#clock.schedule(deadline - this.#since, this.#turns.expire, scope)
    scope.join(this)
  }

  enter(): void {
    this.#end()
    this.#turns.enter()
  }

  /** It waits no longer. */
  cancel(error: GatewayError): void {
    this.#end()
    this.#turns.leave(error)
  }

  #end(): void {
    this.#timer?.cancel()
    this.visitor.scope.leave(this)
  }
}
