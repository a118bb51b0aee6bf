import { normalPriority } from '../admission/policy.ts'
import type { Clock } from '../clock.ts'
import type { Document } from '../expressions/document.ts'
import { defaultMaxWork, WorkBudget } from '../expressions/work.ts'
import type { OpaqueBytes } from '../formats/opaque-bytes.ts'
import type { Identity } from '../identity/identity.ts'
import type { RequestParts } from '../plan/request-parts.ts'
import type { StagedRoute } from './staged-route.ts'

/** To be recorded, and to be told where members of the answer come from. */
export interface DebugWish {
  readonly record: boolean
  readonly lineage: boolean
}

/** One request on its way through the stages of its route: what it holds, until when, and how much may be done for it. */
export class RouteRequest {
  readonly parts: RequestParts & {
    body: unknown
    bodyHoldsTexts?: boolean
    raw?: OpaqueBytes | undefined
    identity?: Identity | undefined
  }
  /** Whether a browser may have sent along by itself what says who asks. */
  isAmbient = false
  /** What else its client wants to know, and may; undefined where nothing. */
  debug: DebugWish | undefined = undefined
  /** Its context, once its inputs are read. */
  document: Document | undefined = undefined
  readonly #route: StagedRoute
  readonly #clock: Clock
  #deadline: number
  #work: WorkBudget | undefined
  #priority: number | undefined
  #untilMs: number | undefined

  /** @param deadline on `clock.now()`'s scale */
  constructor(route: StagedRoute, parts: RequestParts, clock: Clock, deadline: number) {
    this.parts = parts
    this.#route = route
    this.#clock = clock
    this.#deadline = deadline
  }

  get deadline(): number {
    return this.#deadline
  }

  /** Milliseconds since the epoch after which whoever asked may see no more; undefined: it does not end. */
  get expiresMs(): number | undefined {
    const untilMs = this.#untilMs ?? this.parts.identity?.expiresMs
    return untilMs === Number.POSITIVE_INFINITY ? undefined : untilMs
  }

  now(): number {
    return this.#clock.now()
  }

  epoch(): number {
    return this.#clock.epoch()
  }

  /** Gives back time that was the client's to take. */
  extend(ms: number): void {
    this.#deadline += ms
  }

  /** From now on it is known who asks: its class may go by that. */
  identify(identity: Identity, { isAmbient, untilMs }: { isAmbient: boolean; untilMs?: number }): void {
    this.parts.identity = identity
    this.isAmbient = isAmbient
    this.#untilMs = untilMs
    this.#priority = undefined
  }

  /** What may be computed for it, from the first stage to the last byte. */
  get work(): WorkBudget {
    this.#work ??= new WorkBudget(this.#route.kind === 'aggregate' ? this.#route.maxWork : defaultMaxWork, this)
    return this.#work
  }

  /**
   * Its class, as an index in `priorities`: told once.
   * @throws GatewayError where what its template reads cannot be read, or takes too much work
   */
  get priority(): number {
    const { admission } = this.#route
    this.#priority ??= admission?.priorityOf?.(this.parts, this.work) ?? admission?.priority ?? normalPriority
    return this.#priority
  }
}
