import type { ProgressivePage } from '../../plan/progressive.ts'

/** Which members of a page can be printed, each once, in the order in which what they read is there. */
export class ReadyMembers {
  readonly #page: ProgressivePage
  /** How many steps the head and each member still wait for. */
  readonly #missing: number[]
  readonly #settled = new Set<object>()
  #queue: number[] = []
  /** All that ever were in the queue. */
  readonly #seen = new Set<number>()

  constructor(page: ProgressivePage) {
    this.#page = page
    this.#missing = [...page.missing]
  }

  /** Adds what waits for no step. Gives whether the head is so. */
  begin(): boolean {
    for (const [index, count] of this.#missing.entries()) if (count === 0 && index > 0) this.#add(index - 1)
    return this.#missing[0] === 0
  }

  /** Adds what these steps were waited for by. Gives whether the head now waits no longer. */
  settle(steps: readonly object[]): boolean {
    let isHeadReady = false
    for (const step of steps) {
      if (this.#settled.has(step)) continue
      this.#settled.add(step)
      for (const index of this.#page.waiting.get(step)!) {
        if (--this.#missing[index]! !== 0) continue
        if (index === 0) isHeadReady = true
        else this.#add(index - 1)
      }
    }
    return isHeadReady
  }

  addAll(): void {
    for (const member of this.#page.members.keys()) this.#add(member)
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  take(): number {
    return this.#queue.shift()!
  }

  /** What could not be printed now may be added once more. */
  forget(member: number): void {
    this.#seen.delete(member)
  }

  forgetAll(): void {
    this.#seen.clear()
  }

  clear(): void {
    this.#queue = []
  }

  #add(member: number): void {
    if (this.#seen.has(member)) return
    this.#seen.add(member)
    this.#queue.push(member)
  }
}
