import type { RunState } from '../../durable/state.ts'
import { findDifferences } from '../difference.ts'
import type { Expectation, ExpectationContext } from './expectation.ts'

export function expectState(state: RunState, { position }: ExpectationContext): Expectation {
  const at = position.source.locateKey([...position.path, 'state'])
  return ({ run }) => {
    if (run?.state === state) return undefined
    return { at, message: run ? `the run is ${run.state}, not ${state}` : 'there is no run', differences: [] }
  }
}

export function expectCompensated(steps: readonly string[], context: ExpectationContext): Expectation {
  const { position, steps: known, diagnostics } = context
  const at = position.source.locateKey([...position.path, 'compensated'])
  for (const [index, step] of steps.entries()) {
    const where = position.source.locate([...position.path, 'compensated', index])
    if (!known.has(step)) diagnostics.add('unknown-step', `the route has no step \`${step}\``, where)
  }
  return ({ run }) => {
    const differences = findDifferences(steps.join(', '), (run?.compensated ?? []).join(', '), 'compensated')
    return differences.length === 0 ? undefined : { at, message: 'other calls were undone', differences }
  }
}
