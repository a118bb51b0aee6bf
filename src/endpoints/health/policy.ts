/** `health:` of a service: every endpoint is asked, whether or not calls go to it. */
export interface HealthPolicy {
  /** Path behind the endpoint's prefix. */
  readonly path: string
  readonly everyMs: number
  readonly timeoutMs: number
  /** Good checks in a row that bring an endpoint back. */
  readonly healthy: number
  /** Bad checks in a row that take it out. */
  readonly unhealthy: number
}

/** `outlier:` of a service: what its calls themselves tell of an endpoint. */
export interface OutlierPolicy {
  /** Failures in a row that take an endpoint out. */
  readonly failures: number
  /** Of the first rest; the n-th in close succession is n times as long. */
  readonly ejectMs: number
  /** Share of the endpoints that may rest at once, 0..1. */
  readonly maxEjected: number
}

/**
 * `failover:` of a service: what is done about an endpoint that fails, and about the call that met it.
 * - `stop`: it is left until a health check or discovery says that it is well; the call fails
 * - `retry`: it rests, then one call tries it; the call fails
 * - `fast-retry`: it rests likewise; the call is tried at once on another endpoint where that is safe
 */
export type Failover = 'stop' | 'retry' | 'fast-retry'

/** How a service looks after its endpoints. Undefined members are not declared, and cost nothing. */
export interface CarePolicy {
  readonly health: HealthPolicy | undefined
  readonly outlier: OutlierPolicy | undefined
  readonly failover: Failover | undefined
  /** How long an endpoint that is new or came back takes until it has its whole share. */
  readonly slowStartMs: number | undefined
  /** Of the gateway: endpoints of the same zone are preferred. */
  readonly zone: string | undefined
}

/** What holds where a service says nothing: nobody looks after its endpoints. */
export const noCare: CarePolicy = {
  health: undefined,
  outlier: undefined,
  failover: undefined,
  slowStartMs: undefined,
  zone: undefined,
}

export const defaultOutlier: OutlierPolicy = { failures: 5, ejectMs: 10_000, maxEjected: 0.5 }
