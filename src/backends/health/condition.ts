/** As the admin listener and the metrics tell it. */
export type EndpointState = 'healthy' | 'unhealthy' | 'ejected' | 'on-trial' | 'draining'

export const endpointStates: readonly EndpointState[] = ['healthy', 'unhealthy', 'ejected', 'on-trial', 'draining']

/** What is known of one endpoint's health. */
export class Condition {
  /** False while the active checks fail; true until they have said otherwise. */
  isWell = true
  /** When its rest ends, on `Clock.now()`'s scale; undefined while it does not rest. */
  restsUntil: number | undefined
  /** Its rest is over, and one call at a time finds out. */
  isOnTrial = false
  /** It is known no more, and ends when its last call does. */
  isDraining = false
  /** Since when it has had calls: with slow start its share grows from here. */
  since: number

  constructor(since: number) {
    this.since = since
  }

  /** Whether calls may go to it as to any other. */
  get isAvailable(): boolean {
    return this.isWell && this.restsUntil === undefined && !this.isOnTrial
  }

  get state(): EndpointState {
    if (this.isDraining) return 'draining'
    if (!this.isWell) return 'unhealthy'
    if (this.restsUntil !== undefined) return 'ejected'
    return this.isOnTrial ? 'on-trial' : 'healthy'
  }
}
