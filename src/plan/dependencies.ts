import { keepsInside, writtenColors } from '../steps/fork.ts'
import type { BoundStep } from '../steps/step.ts'
import { readsOfStep } from './reads.ts'

/** The names of the calls in a step. */
export function deepCalls(step: BoundStep): string[] {
  return [...(step.call ? [step.name] : []), ...(step.blocks ?? []).flatMap((block) => block.steps.flatMap(deepCalls))]
}

/** Every color that steps write, with the step that does (what a forEach's body writes stays inside). */
export function deepWriters(steps: readonly BoundStep[]): [color: string, writer: BoundStep][] {
  return steps.flatMap((step) => [
    ...(step.writes ?? []).map(({ color }): [string, BoundStep] => [color, step]),
    ...(keepsInside(step) ? [] : (step.blocks ?? []).flatMap((block) => deepWriters(block.steps))),
  ])
}

/**
 * For each step of a `flow`, the indexes of the steps it waits for: those that write a color it reads, or whose
 * record it reads. A color that a forEach provides or a step writes for itself is no reason to wait.
 */
export function flowDependencies(steps: readonly BoundStep[]): ReadonlySet<number>[] {
  const written = steps.map((step) => new Set(writtenColors([step])))
  const calls = steps.map((step) => new Set(deepCalls(step)))
  return steps.map((step, reader) => {
    const waitsFor = new Set<number>()
    const own = written[reader]!
    const provided = new Set((step.blocks ?? []).flatMap((block) => (block.provides ? [block.provides.color] : [])))
    const reads = [...readsOfStep(step)].flatMap(({ read, isApart }) => (read.own || isApart ? [] : read))
    const listReads = new Set(
      (step.reads ?? []).flatMap((read) => (read.reference.kind === 'color' ? [read.reference.color] : [])),
    )
    steps.forEach((_, producer) => {
      if (producer === reader) return
      const reads_ = reads.some(({ reference }) => {
        switch (reference.kind) {
          case 'color':
            if (own.has(reference.color) || (provided.has(reference.color) && !listReads.has(reference.color)))
              return false
            return written[producer]!.has(reference.color)
          case 'colors':
            return reference.colors.some((color) => !own.has(color) && written[producer]!.has(color))
          case 'step':
            return reference.id === undefined
              ? calls[producer]!.size > 0
              : !calls[reader]!.has(reference.id) && calls[producer]!.has(reference.id)
          case 'everything':
            return true
          default:
            return false
        }
      })
      if (reads_) waitsFor.add(producer)
    })
    return waitsFor
  })
}

/** The steps in an order in which each comes after what it waits for; or those that wait for each other in a circle. */
export function orderFlow(waitsFor: readonly ReadonlySet<number>[]): { order: number[]; cycle: number[] | undefined } {
  const order: number[] = []
  const state = new Map<number, 'visiting' | 'done'>()
  let cycle: number[] | undefined
  const visit = (index: number, path: readonly number[]) => {
    if (state.get(index) === 'done' || cycle) return
    if (state.get(index) === 'visiting') {
      cycle = [...path.slice(path.indexOf(index)), index]
      return
    }
    state.set(index, 'visiting')
    for (const producer of waitsFor[index]!) visit(producer, [...path, index])
    state.set(index, 'done')
    order.push(index)
  }
  for (let index = 0; index < waitsFor.length; index += 1) visit(index, [])
  return { order, cycle }
}
