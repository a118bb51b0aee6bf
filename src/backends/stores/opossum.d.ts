/** The part of opossum 10 that policies/breaker.ts uses; the package ships no types. */
declare module 'opossum' {
  import type { EventEmitter } from 'node:events'

  export default class CircuitBreaker<Arguments extends unknown[], Result> {
    constructor(
      action: (...args: Arguments) => Promise<Result>,
      options: {
        timeout: false
        errorThresholdPercentage: number
        volumeThreshold: number
        rollingCountTimeout: number
        rollingCountBuckets: number
        /** Its `rotate` events move the window on, in place of a timer. */
        rotateBucketController: EventEmitter
        resetTimeout: number
        rollingPercentilesEnabled: boolean
        enableSnapshots: boolean
        errorFilter: (error: unknown, ...args: Arguments) => boolean
        /** What it begins in; closed unless told otherwise. */
        state: { readonly closed: boolean; readonly halfOpen?: boolean }
      },
    )
    readonly opened: boolean
    readonly halfOpen: boolean
    /** True in `halfOpen` until the one probe was let through. */
    readonly pendingClose: boolean
    readonly isShutdown: boolean
    fire(...args: Arguments): Promise<Result>
    open(): void
    shutdown(): void
    on(event: 'open' | 'close', listener: () => void): this
  }
}
