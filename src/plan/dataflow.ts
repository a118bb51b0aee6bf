import type { Read } from '../binding/reference.ts'
import { writtenColors } from '../steps/fork.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'
import type { BoundRoute } from './bound-route.ts'
import type { DataflowListener } from './dataflow-listener.ts'
import { deepCalls, deepWriters, flowDependencies, orderFlow } from './dependencies.ts'
import {
  assume,
  assumeNot,
  copyKnowledge,
  type Knowledge,
  knowInputs,
  mergePassedBy,
  mergeWays,
  noteAttemptedWrite,
  noteTurnBefore,
  noteWrite,
  type Presence,
} from './knowledge.ts'

/**
 * Walks a route's steps in the order in which they may run and keeps what is known of its colors: the one analysis
 * behind every check of data flow. It knows orders and compositions, no kind of step.
 */
export function walkDataflow({ body, inputs, response }: BoundRoute, listener: DataflowListener): void {
  const presences = inputs.map(({ color, certain }): [string, Presence] => [color, certain ? 'always' : 'sometimes'])
  const known = knowInputs(new Map(presences))
  const walk = new Walk(listener)
  if (walk.block(body, known)) return
  for (const read of response?.reads ?? []) listener.read?.(read, known, undefined)
}

class Walk {
  readonly #listener: DataflowListener
  constructor(listener: DataflowListener) {
    this.#listener = listener
  }

  /** Walks a block and leaves in `known` what is known behind it. Gives whether nothing can come after it. */
  block(block: BoundBlock, known: Knowledge, owner?: BoundStep): boolean {
    for (const local of block.locals ?? []) known.locals.add(local)
    if (block.provides && owner) noteWrite(known, block.provides, owner)
    const ends = this.#steps(block, known)
    this.#reads(block.finalReads, known, owner)
    return ends
  }

  #steps({ order, steps }: BoundBlock, known: Knowledge): boolean {
    if (order === 'sequence') {
      let ended = false
      for (const step of steps) {
        if (ended) {
          this.#listener.unreachable?.(step)
          return true
        }
        ended = this.#step(step, known)
      }
      return ended
    }
    if (order === 'first') return this.#first(steps, known)
    this.#concurrentWrites(steps)
    if (order === 'parallel') return this.#parallel(steps, known)
    const waitsFor = flowDependencies(steps)
    const { order: sorted, cycle } = orderFlow(waitsFor)
    // What could not be read may come first.
    known.isPartial ||= steps.some(isPartial)
    if (cycle) {
      const members = cycle.map((index) => steps[index]!)
      this.#listener.flowCycle?.(members)
      // Inside the circle everything is read too early; once said is enough.
      for (const color of writtenColors(members)) known.colors.set(color, 'always')
    }
    return sorted.map((index) => this.#step(steps[index]!, known)).some(Boolean)
  }

  #parallel(steps: readonly BoundStep[], known: Knowledge): boolean {
    const before = copyKnowledge(known)
    const ends = steps.map((step) => {
      const own = copyKnowledge(before)
      for (const sibling of steps) {
        if (sibling === step) continue
        for (const [color, writer] of deepWriters([sibling])) own.contestedColors.set(color, writer)
        for (const call of deepCalls(sibling)) own.contestedCalls.add(call)
      }
      const ended = this.#step(step, own)
      for (const [color, presence] of own.colors)
        if (before.colors.get(color) !== presence) known.colors.set(color, presence)
      for (const [color, producers] of own.producers)
        if (before.producers.get(color) !== producers) known.producers.set(color, producers)
      for (const [color, fact] of own.conditional)
        if (before.conditional.get(color) !== fact) known.conditional.set(color, fact)
      for (const call of own.calls) known.calls.add(call)
      known.isPartial ||= own.isPartial
      return ended
    })
    return ends.some(Boolean)
  }

  /** Arms do not see each other's colors, and one that was passed by or left out has not won. */
  #first(steps: readonly BoundStep[], known: Knowledge): boolean {
    const ends = steps.flatMap((step) => {
      const own = copyKnowledge(known)
      own.isPartial ||= step.incomplete ?? false
      this.#reads(step.condition?.reads, own, step)
      if (step.condition) assume(own, step.condition)
      const isOptional = step.call?.optional && step.call.fallbacks.length === 0
      return this.#ran(step, own, isOptional ? undefined : step.mayLeaveOut) ? [] : own
    })
    if (ends.length === 0) return true
    mergeWays(known, ends)
    return false
  }

  #concurrentWrites(steps: readonly BoundStep[]): void {
    const writers = new Map<string, BoundStep>()
    for (const step of steps) {
      const own = new Map(deepWriters([step]))
      for (const [color, writer] of own) {
        const other = writers.get(color)
        if (other) this.#listener.concurrentWrites?.(color, other, writer)
        else writers.set(color, writer)
      }
    }
  }

  #step(step: BoundStep, known: Knowledge): boolean {
    const { condition } = step
    known.isPartial ||= step.incomplete ?? false
    this.#reads(condition?.reads, known, step)
    const before = condition ? copyKnowledge(known) : known
    if (condition) assume(known, condition)
    const ends = this.#ran(step, known, step.mayLeaveOut)
    if (!condition) return ends
    // The step may have been passed by: what it wrote is there only on one of two ways.
    const passed = before
    assumeNot(passed, condition)
    if (ends) mergeWays(known, [passed])
    else mergePassedBy(known, condition, copyKnowledge(known), passed)
    return false
  }

  /** What is known when a step has run. Gives whether nothing can come after it. */
  #ran(step: BoundStep, known: Knowledge, mayLeaveOut: BoundStep['mayLeaveOut']): boolean {
    this.#reads(step.reads, known, step)
    const ends = this.#blocks(step, known)
    for (const written of step.writes ?? []) noteWrite(known, written, step, mayLeaveOut?.has(written.color))
    if (step.call) known.calls.add(step.name)
    return ends || (step.ends ?? false)
  }

  #blocks(step: BoundStep, known: Knowledge): boolean {
    const blocks = step.blocks ?? []
    switch (step.composition) {
      case 'alternatives':
        return this.#alternatives(step, blocks, known)
      case 'attempt':
        return this.#attempt(step, blocks, known)
      case 'each': {
        const inside = copyKnowledge(known)
        this.block(blocks[0]!, inside, step)
        for (const call of inside.calls) if (!known.calls.has(call)) inside.calls.delete(call)
        return false
      }
      case 'part':
        return this.#part(step, blocks[0]!, known)
      case 'turns':
        return this.#turns(step, blocks[0]!, known)
      default:
        return blocks.map((block) => this.block(block, known, step)).some(Boolean)
    }
  }

  /** It sees what it is handed, and nothing of what it does is seen outside. */
  #part(step: BoundStep, block: BoundBlock, known: Knowledge): false {
    if (this.#listener.entersParts) {
      const received = (block.receives ?? []).map(({ color, certain }): [string, Presence] => [
        color,
        certain ? 'always' : 'sometimes',
      ])
      this.block(block, knowInputs(new Map(received), step), step)
    }
    known.isPartial ||= block.steps.some(isPartial)
    return false
  }

  #turns(step: BoundStep, block: BoundBlock, known: Knowledge): boolean {
    for (const [color, writer] of deepWriters(block.steps)) noteTurnBefore(known, color, writer)
    for (const inner of block.steps) for (const call of deepCalls(inner)) known.calls.add(call)
    const outer = new Set(known.locals)
    const ends = this.block(block, known, step)
    for (const local of known.locals) if (!outer.has(local)) known.locals.delete(local)
    if (block.proves) assume(known, block.proves)
    return ends
  }

  #alternatives(step: BoundStep, arms: readonly BoundBlock[], known: Knowledge): boolean {
    const otherwise = copyKnowledge(known)
    const ends: Knowledge[] = []
    for (const arm of arms) {
      otherwise.isPartial ||= arm.condition?.isFaulty ?? false
      this.#reads(arm.condition?.reads, otherwise, step)
      const inside = copyKnowledge(otherwise)
      if (arm.condition) assume(inside, arm.condition)
      if (!this.block(arm, inside, step)) ends.push(inside)
      if (arm.condition) assumeNot(otherwise, arm.condition)
    }
    if (!step.exhaustive) ends.push(otherwise)
    if (ends.length === 0) return true
    mergeWays(known, ends)
    return false
  }

  #attempt(step: BoundStep, [attempt, ...handlers]: readonly BoundBlock[], known: Knowledge): boolean {
    const succeeded = copyKnowledge(known)
    const ends: Knowledge[] = []
    if (!this.block(attempt!, succeeded, step)) ends.push(succeeded)
    const failed = copyKnowledge(known)
    failed.isPartial ||= succeeded.isPartial
    for (const [color, writer] of deepWriters(attempt!.steps)) noteAttemptedWrite(failed, color, writer)
    for (const step of attempt!.steps) for (const call of deepCalls(step)) failed.calls.add(call)
    for (const handler of handlers) {
      const inside = copyKnowledge(failed)
      if (!this.block(handler, inside, step)) {
        inside.locals.delete('error')
        ends.push(inside)
      }
    }
    if (ends.length === 0) return true
    mergeWays(known, ends)
    return false
  }

  #reads(reads: readonly Read[] | undefined, known: Knowledge, reader: BoundStep | undefined): void {
    for (const read of reads ?? []) if (!read.own) this.#listener.read?.(read, known, reader)
  }
}

function isPartial(step: BoundStep): boolean {
  const blocks = step.blocks ?? []
  return step.incomplete || blocks.some((block) => block.condition?.isFaulty || block.steps.some(isPartial))
}
