import { TooMuchWork } from '../binding/too-much-work.ts'

/** Calls that the steps of a request may start, and how many of them are left. */
export interface CallBudget {
  readonly maxCalls: number
  callsLeft: number
}

/** Counts calls that are about to be started. A call counts once, whatever its policies then do, cached or not. */
export function countCalls(budget: CallBudget, count: number): void {
  if (count > budget.callsLeft) {
    budget.callsLeft = 0
    throw new TooMuchWork(`it makes more than the ${budget.maxCalls} calls of \`maxCalls\``)
  }
  budget.callsLeft -= count
}
