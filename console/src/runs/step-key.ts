import type { RecordedStep } from '../../../src/history/recording.ts'

/** What the URL names a step by: its name, and of the turns of a loop which one: `prices`, `prices*2`. */
export function stepKey(steps: readonly RecordedStep[], index: number): string {
  const { name } = steps[index]!
  const turn = steps.slice(0, index).filter((other) => other.name === name).length
  return turn === 0 ? name : `${name}*${turn + 1}`
}

export function findStep(steps: readonly RecordedStep[], key: string | null): number | undefined {
  const index = key === null ? -1 : steps.findIndex((_, at) => stepKey(steps, at) === key)
  return index < 0 ? undefined : index
}
