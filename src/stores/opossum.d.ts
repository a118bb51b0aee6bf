/** The part of opossum 10 that redis/link.ts uses; the package ships no types. */
declare module 'opossum' {
  export default class CircuitBreaker<Arguments extends unknown[], Result> {
    constructor(
      action: (...args: Arguments) => Promise<Result>,
      options: {
        /** The call is given up on, not stopped. */
        timeout: number
        errorThresholdPercentage: number
        volumeThreshold: number
        rollingCountTimeout: number
        rollingCountBuckets: number
        resetTimeout: number
        rollingPercentilesEnabled: boolean
        enableSnapshots: boolean
      },
    )
    readonly opened: boolean
    fire(...args: Arguments): Promise<Result>
    shutdown(): void
  }
}
