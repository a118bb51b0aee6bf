import { worstCaseOf } from '../../calls/worst-case.ts'
import { printDuration } from '../../expressions/units.ts'
import { flowDependencies, orderFlow } from '../../plan/dependencies.ts'
import type { Repetition } from '../../steps/composition.ts'
import type { BoundBlock, BoundStep } from '../../steps/step.ts'
import type { StepCall } from '../../steps/step-call.ts'

/** How long a route may take at worst: the calls on its critical path, each with all of its attempts, waits and fallbacks. */
export interface Latency {
  readonly ms: number
  readonly path: readonly Leg[]
  /** Loops over lists of unknown length. `ms` counts one wave of each; every further one adds to it. */
  readonly waves: readonly Wave[]
}

export interface Leg {
  readonly step: string
  readonly ms: number
  /** `2 × 150ms + 10ms` */
  readonly sum: string
}

export interface Wave {
  readonly over: string
  /** Elements that one wave takes. */
  readonly elements: number
  readonly ms: number
}

const none: Latency = { ms: 0, path: [], waves: [] }

/** The worst case of a block when nothing cuts it. Steps that only compute take no time here. */
export function latencyOf({ order, steps }: BoundBlock): Latency {
  switch (order) {
    case 'sequence': {
      const end = steps.findIndex((step) => step.ends && !step.condition)
      return inSequence((end < 0 ? steps : steps.slice(0, end + 1)).map(latencyOfStep))
    }
    case 'parallel':
    // The last of them may be the one that succeeds.
    case 'first':
      return slowestOf(steps.map(latencyOfStep))
    case 'flow': {
      const waits = flowDependencies(steps)
      const ends: Latency[] = []
      for (const index of orderFlow(waits).order) {
        const before = slowestOf([...waits[index]!].map((producer) => ends[producer] ?? none))
        ends[index] = inSequence([before, latencyOfStep(steps[index]!)])
      }
      return slowestOf(ends)
    }
  }
}

function latencyOfStep(step: BoundStep): Latency {
  const whole = latencyUncut(step)
  const { within } = step
  if (!within || within.ms >= whole.ms) return whole
  return { ms: within.ms, path: [{ step: step.name, ms: within.ms, sum: printDuration(within.ms) }], waves: [] }
}

function latencyUncut(step: BoundStep): Latency {
  if (step.call) return latencyOfCall(step.name, step.call)
  if (step.takes) {
    const { ms } = step.takes
    return { ms, path: [{ step: step.name, ms, sum: printDuration(ms) }], waves: [] }
  }
  const blocks = (step.blocks ?? []).map(latencyOf)
  switch (step.composition) {
    case 'alternatives':
      return slowestOf(blocks)
    case 'attempt':
      return inSequence([blocks[0]!, slowestOf(blocks.slice(1))])
    case 'turns':
      return inTurns(step.name, blocks[0]!, step.turns!)
    case 'each':
      return inWaves(blocks[0]!, step.repetition)
    default:
      return inSequence(blocks)
  }
}

function latencyOfCall(name: string, { site, fallbacks }: Pick<StepCall, 'site' | 'fallbacks'>): Latency {
  const own: Leg = { step: name, ...worstCaseOf(site) }
  const others = fallbacks.flatMap(({ call, summary }): Leg[] =>
    call ? [{ step: `${name}, fallback ${summary}`, ...worstCaseOf(call.site) }] : [],
  )
  const path = [own, ...others]
  return { ms: path.reduce((sum, leg) => sum + leg.ms, 0), path, waves: [] }
}

function inWaves(one: Latency, repetition: Repetition | undefined): Latency {
  if (!repetition) return one
  const { over, batch = 1, concurrency, maxItems } = repetition
  const elements = batch * concurrency
  if (maxItems === undefined) return { ...one, waves: [...one.waves, { over, elements, ms: one.ms }] }
  const waves = Math.ceil(maxItems / elements)
  const path = one.path.map((leg) => ({
    ...leg,
    ms: leg.ms * waves,
    sum: waves === 1 ? leg.sum : `${waves} × (${leg.sum})`,
  }))
  return { ms: one.ms * waves, path, waves: one.waves }
}

function inTurns(name: string, one: Latency, { most, everyMs }: NonNullable<BoundStep['turns']>): Latency {
  const path = one.path.map(({ step, ms, sum }) => ({ step, ms: ms * most, sum: `${most} × (${sum})` }))
  const pauses = { step: name, ms: (most - 1) * everyMs, sum: `${most - 1} × ${printDuration(everyMs)}` }
  const legs = pauses.ms > 0 ? [...path, pauses] : path
  return { ms: legs.reduce((sum, leg) => sum + leg.ms, 0), path: legs, waves: one.waves }
}

function inSequence(parts: readonly Latency[]): Latency {
  return {
    ms: parts.reduce((sum, part) => sum + part.ms, 0),
    path: parts.flatMap((part) => part.path),
    waves: parts.flatMap((part) => part.waves),
  }
}

/** Loops beside the slowest are kept: with a list that is long enough one of them is the slowest. */
function slowestOf(parts: readonly Latency[]): Latency {
  const slowest = parts.reduce((worst, part) => (part.ms > worst.ms ? part : worst), none)
  return { ...slowest, waves: [...new Set(parts.flatMap((part) => part.waves))] }
}
