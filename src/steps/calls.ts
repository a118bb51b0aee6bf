import { TooMuchWork } from '../binding/too-much-work.ts'
import type { RequestRun } from './context.ts'
import type { BoundStep } from './step.ts'
import type { StepCall } from './step-call.ts'

/** Counts calls that are about to be started. A call counts once, whatever its policies then do, cached or not. */
export function countCalls(run: RequestRun, count: number): void {
  if (count > run.callsLeft) {
    run.callsLeft = 0
    throw new TooMuchWork(`it makes more than the ${run.maxCalls} calls of \`maxCalls\``)
  }
  run.callsLeft -= count
}

/** The calls that every run of these steps starts, unless one before fails: those without a condition. */
export function certainCalls(steps: readonly BoundStep[]): StepCall[] {
  return steps.flatMap((step) => {
    if (step.condition) return []
    if (step.call) return [step.call]
    const blocks = step.blocks ?? []
    switch (step.composition) {
      case 'single':
        // An arm need not start once another has won.
        return blocks.flatMap((block) => (block.order === 'first' ? [] : certainCalls(block.steps)))
      case 'attempt':
        return certainCalls(blocks[0]?.steps ?? [])
      default:
        return []
    }
  })
}
