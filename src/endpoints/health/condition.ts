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
  /** Failures in a row. */
  failures = 0
  /** Rests taken, less one for each time of a first rest without another. */
  rests = 0
  /** When the last rest ended. */
  backAt = 0
  /** Since when it has had calls: with slow start its share grows from here. */
  since: number

  readonly #watchers = new Set<() => void>()

  constructor(since: number) {
    this.since = since
  }

  /** Tells every list that the endpoint stands in when who may be asked has changed. Gives a function that stops. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange)
    return () => this.#watchers.delete(onChange)
  }

  changed(): void {
    for (const tell of this.#watchers) tell()
  }

  endRest(): void {
    this.restsUntil = undefined
    this.isOnTrial = false
  }

  /** Forgets what nobody looks after any more. */
  beWell(): void {
    this.endRest()
    this.isWell = true
    this.failures = 0
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
