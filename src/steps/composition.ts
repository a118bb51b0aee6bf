import type { BoundTemplate } from '../binding/bind.ts'

/** How the steps of a block run. */
export type Order = 'sequence' | 'parallel' | 'flow' | 'first'

/**
 * How the blocks of a step relate, which is all that the checks need to know of its kind:
 * `alternatives` one of them runs; `attempt` the first runs, and one of the others if it fails; `each` the block runs
 * any number of times and what it writes stays inside; `turns` the block runs once and then again, each time with what
 * the time before wrote; `part` it runs once, in a context of its own, of which the step writes what it gives; `single` it
 * runs once.
 */
export type Composition = 'single' | 'alternatives' | 'attempt' | 'each' | 'turns' | 'part'

/** How often the block of an `each` runs: once for every element, or slice of `batch` elements, of a list. */
export interface Repetition {
  /** The list, as the file has it. */
  readonly over: string
  readonly list: BoundTemplate
  readonly batch: number | undefined
  readonly concurrency: number
  /** The most elements that the list's type allows; undefined when it sets no bound. */
  readonly maxItems: number | undefined
}
