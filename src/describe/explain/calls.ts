import { mostRequestsOf } from '../../calls/worst-case.ts'
import type { Repetition } from '../../steps/composition.ts'
import type { BoundBlock, BoundStep } from '../../steps/step.ts'

/** How often a request calls an operation. */
export interface CallCount {
  /** `reco.recommend` */
  readonly operation: string
  /** While nothing fails: on the way with the fewest such calls, and on the one with the most. */
  readonly min: number
  readonly max: number
  /** With every retry, fallback and catch. */
  readonly most: number
  /** What these figures are counted for, where a forEach repeats them: `5 of $.product.ids`. */
  readonly per: string | undefined
}

interface Counted {
  readonly counts: readonly CallCount[]
  /** What comes after it may not come: an answer was given. */
  readonly mayAnswer: boolean
  /** Every way through it fails. */
  readonly fails: boolean
}

const nothing: Counted = { counts: [], mayAnswer: false, fails: false }

/** The calls of a route, by operation. */
export function countCalls(body: BoundBlock): readonly CallCount[] {
  return countBlock(body).counts
}

function countBlock({ order, steps }: BoundBlock): Counted {
  const parts: CallCount[][] = []
  let mayAnswer = false
  const failing: boolean[] = []
  for (const step of steps) {
    const counted = countStep(step)
    parts.push(counted.counts.map((count) => (mayAnswer ? { ...count, min: 0 } : count)))
    // Steps side by side all begin, so an answer of one does not take the calls of another away for certain.
    mayAnswer ||= counted.mayAnswer
    failing.push(counted.fails)
    if (order === 'sequence' && step.ends && !step.condition) break
  }
  const fails = order === 'first' ? failing.every(Boolean) : failing.some(Boolean)
  return { counts: addUp(parts.flat()), mayAnswer, fails }
}

function countStep(step: BoundStep): Counted {
  const counted = countComposed(step)
  if (!step.condition) return counted
  const { counts, mayAnswer, fails } = counted
  if (fails) return { counts: counts.map((count) => ({ ...count, min: 0, max: 0 })), mayAnswer, fails: false }
  return { counts: counts.map((count) => ({ ...count, min: 0 })), mayAnswer, fails: false }
}

function countComposed(step: BoundStep): Counted {
  if (step.ends) return { ...nothing, mayAnswer: step.response !== undefined, fails: step.response === undefined }
  if (step.call) {
    const { operation, site, fallbacks } = step.call
    const own = { operation: nameOf(operation), min: 1, max: 1, most: mostRequestsOf(site), per: undefined }
    const others = fallbacks.flatMap(({ call }): CallCount[] =>
      call
        ? [{ operation: nameOf(call.operation), min: 0, max: 0, most: mostRequestsOf(call.site), per: undefined }]
        : [],
    )
    return { ...nothing, counts: addUp([own, ...others]) }
  }
  const blocks = (step.blocks ?? []).map(countBlock)
  switch (step.composition) {
    case 'alternatives':
      return countAlternatives(step.exhaustive ? blocks : [...blocks, nothing])
    case 'attempt':
      return countAttempt(blocks[0]!, blocks.slice(1))
    case 'turns': {
      const [turn] = blocks
      const { most: turns } = step.turns!
      const counts = turn!.counts.map((count) => ({ ...count, max: count.max * turns, most: count.most * turns }))
      return { ...turn!, counts }
    }
    case 'each':
      return { ...nothing, counts: blocks[0]!.counts.map((count) => repeat(count, step.repetition)) }
    default: {
      const counts = addUp(blocks.flatMap((block) => block.counts))
      return { counts, mayAnswer: blocks.some((block) => block.mayAnswer), fails: blocks.some((block) => block.fails) }
    }
  }
}

const nameOf = ({ service, name }: { readonly service: { readonly name: string }; readonly name: string }) =>
  `${service.name}.${name}`

/** An arm that fails is no way on which all goes well. */
function countAlternatives(arms: readonly Counted[]): Counted {
  const well = arms.some((arm) => !arm.fails) ? arms.filter((arm) => !arm.fails) : arms
  const find = (arm: Counted, { operation, per }: CallCount) =>
    arm.counts.find((count) => count.operation === operation && count.per === per)
  const counts = uniqueCounts(arms.flatMap((arm) => arm.counts)).map((count) => ({
    ...count,
    min: Math.min(...well.map((arm) => find(arm, count)?.min ?? 0)),
    max: Math.max(...well.map((arm) => find(arm, count)?.max ?? 0)),
    most: Math.max(...arms.map((arm) => find(arm, count)?.most ?? 0)),
  }))
  return { counts, mayAnswer: arms.some((arm) => arm.mayAnswer), fails: arms.every((arm) => arm.fails) }
}

function countAttempt(attempt: Counted, handlers: readonly Counted[]): Counted {
  const handled = countAlternatives([...handlers, nothing]).counts.map((count) => ({ ...count, min: 0, max: 0 }))
  return { counts: addUp([...attempt.counts, ...handled]), mayAnswer: attempt.mayAnswer, fails: attempt.fails }
}

function repeat(count: CallCount, repetition: Repetition | undefined): CallCount {
  if (!repetition) return count
  const { over, batch = 1, maxItems } = repetition
  if (maxItems !== undefined && count.per === undefined) {
    const times = Math.ceil(maxItems / batch)
    return { ...count, min: 0, max: count.max * times, most: count.most * times }
  }
  const own = batch === 1 ? `element of ${over}` : `${batch} of ${over}`
  return { ...count, per: count.per === undefined ? own : `${count.per}, for every ${own}` }
}

function uniqueCounts(counts: readonly CallCount[]): CallCount[] {
  return [...new Map(counts.map((count) => [JSON.stringify([count.operation, count.per]), count])).values()]
}

function addUp(counts: readonly CallCount[]): CallCount[] {
  return uniqueCounts(counts).map(({ operation, per }) => {
    const same = counts.filter((count) => count.operation === operation && count.per === per)
    const sum = (key: 'min' | 'max' | 'most') => same.reduce((total, count) => total + count[key], 0)
    return { operation, per, min: sum('min'), max: sum('max'), most: sum('most') }
  })
}
