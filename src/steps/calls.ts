import type { BoundStep } from './step.ts'
import type { StepCall } from './step-call.ts'

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
