import { priorities } from '../../admission/policy.ts'

const lookEveryMs = 1000
/** Classes more with each second of a full heap, and fewer with each second in which it is not. */
const changePerSecond = 1
/** Of a class that is shed, one in ten goes on: where shedding does not help, something has to be served. */
const mostShare = 0.9
const lowestPriority = priorities.length - 1

/** Sheds while the heap is full: a growing share of the lowest class, then of the next, of the first never. */
export class HeapGuard {
  readonly #readUse: () => number
  readonly #random: () => number
  #use = 0
  #sinceMs = lookEveryMs
  #classes = 0

  constructor(readUse: () => number, random: () => number) {
    this.#readUse = readUse
    this.#random = random
  }

  /** 0..1 of what V8 may use, when it was last looked at. */
  get use(): number {
    return this.#use
  }

  get isShedding(): boolean {
    return this.#classes > 0
  }

  sheds(priority: number): boolean {
    const share = this.#classes - (lowestPriority - priority)
    return share > 0 && priority > 0 && this.#random() < Math.min(share, mostShare)
  }

  /** Once for every so many milliseconds. */
  look(mostUse: number, elapsedMs: number): void {
    this.#sinceMs += elapsedMs
    if (this.#sinceMs >= lookEveryMs) {
      this.#sinceMs = 0
      this.#use = this.#readUse()
    }
    const change = (changePerSecond * elapsedMs) / 1000
    this.#classes =
      this.#use > mostUse ? Math.min(lowestPriority, this.#classes + change) : Math.max(0, this.#classes - change)
  }
}
