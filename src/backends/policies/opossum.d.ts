/** The part of opossum 10 that policies/breaker.ts uses; the package ships no types. */
declare module 'opossum' {
  export default class CircuitBreaker<Arguments extends unknown[], Result> {
    constructor(
      action: (...args: Arguments) => Promise<Result>,
      options: {
        timeout: false
        errorThresholdPercentage: number
        volumeThreshold: number
        rollingCountTimeout: number
        resetTimeout: number
        rollingPercentilesEnabled: boolean
        enableSnapshots: boolean
        errorFilter: (error: unknown, ...args: Arguments) => boolean
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
    on(event: 'open' | 'close' | 'halfOpen', listener: () => void): this
  }
}
