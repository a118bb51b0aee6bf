import type { Language } from '../../binding/color.ts'
import { writtenColors } from '../../steps/fork.ts'
import type { BoundStep } from '../../steps/step.ts'
import { everyBlock, everyStepOf } from '../bound-route.ts'
import type { RouteCheck } from './check.ts'
import { describeStep } from './describe-step.ts'

/** An arm of a `first` gives something, by which it wins, and can be called off when another has. */
export const armsOfFirstMayLose: RouteCheck = (route, { diagnostics }) => {
  for (const block of everyBlock(route.body)) {
    if (block.order === 'first') for (const arm of block.steps) checkArm(arm, diagnostics)
  }
}

function checkArm(arm: BoundStep, diagnostics: Language['diagnostics']): void {
  const steps = [...everyStepOf(arm)]
  if (writtenColors([arm]).length === 0 && !steps.some(({ incomplete }) => incomplete)) {
    const message = `${describeStep(arm)} writes no color, so it never wins`
    diagnostics.add('invalid-arm', message, arm.at, 'give it an `out`, or put an `assign` behind it')
  }
  for (const step of steps) {
    if (step.response) {
      const help = 'let the arm write a color, and respond behind the `first`'
      diagnostics.add('misplaced-respond', 'an arm of `first` does not end the route', step.at, help)
    }
    // What can be undone is undone where the arm lost.
    if (!step.call || step.call.compensation) continue
    const calls = [step.call, ...step.call.fallbacks.flatMap(({ call }) => call ?? [])]
    for (const { operation } of calls) {
      if (operation.idempotent) continue
      const message = `${operation.service.name}.${operation.name} is not idempotent, and this call may be called off half-way`
      diagnostics.add('invalid-arm', message, step.at, 'call it before or behind the `first`')
    }
  }
}
