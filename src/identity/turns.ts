/** Lets a few work at once and some wait, in their order; whoever is more is turned away. */
export class Turns {
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(atOnce: number, mostWaiting: number) {
    this.#free = atOnce
    this.#mostWaiting = mostWaiting
  }

  /** Undefined where too many wait already. */
  take<Result>(work: () => Promise<Result>): Promise<Result> | undefined {
    if (this.#free > 0) {
      this.#free -= 1
      return this.#run(work)
    }
    if (this.#waiting.length >= this.#mostWaiting) return undefined
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#run(work))
  }

  async #run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } finally {
      // A turn goes from hand to hand: nobody comes between.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
