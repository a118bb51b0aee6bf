import type { Read } from '../binding/reference.ts'
import type { BoundStep } from '../steps/step.ts'
import type { Knowledge } from './knowledge.ts'

/** Told of everything that the walk meets. Each check listens for what it is about. */
export interface DataflowListener {
  /** `reader` is the step that reads; undefined for the route's response. */
  read?(read: Read, known: Knowledge, reader: BoundStep | undefined): void
  concurrentWrites?(color: string, first: BoundStep, second: BoundStep): void
  flowCycle?(steps: readonly BoundStep[]): void
  unreachable?(step: BoundStep): void
  /** Whether it is told what parts do; the checks have looked at each part by itself. */
  readonly entersParts?: boolean
}
