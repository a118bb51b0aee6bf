import type { Read, Write } from '../language/reference.ts'
import { writtenColors } from '../steps/fork.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'
import { deepCalls, flowDependencies, orderFlow } from './dependencies.ts'

/** How sure it is that a color is there: on every way, not when an optional step failed, or only on some ways. */
export type Presence = 'always' | 'unless-left-out' | 'sometimes'

/** What is known at one point of a route. */
export interface Knowledge {
  readonly colors: Map<string, Presence>
  /** Calls that ended, on some way at least. */
  readonly calls: Set<string>
  readonly locals: Set<string>
  /** Colors and calls of steps that run at the same time. */
  readonly contestedColors: Map<string, string>
  readonly contestedCalls: Map<string, string>
}

/** Told of everything that the walk meets. Each check listens for what it is about. */
export interface DataflowListener {
  read?(read: Read, known: Knowledge): void
  concurrentWrites?(color: string, first: BoundStep, second: BoundStep): void
  flowCycle?(steps: readonly BoundStep[]): void
  unreachable?(step: BoundStep): void
}

/**
 * Walks a route's steps in the order in which they may run and keeps what is known of its colors: the one analysis
 * behind every check of data flow. It knows orders and compositions, no kind of step.
 */
export function walkDataflow(
  body: BoundBlock,
  inputs: ReadonlyMap<string, Presence>,
  finalReads: readonly Read[],
  listener: DataflowListener,
): void {
  const known: Knowledge = {
    colors: new Map(inputs),
    calls: new Set(),
    locals: new Set(),
    contestedColors: new Map(),
    contestedCalls: new Map(),
  }
  const walk = new Walk(listener)
  if (walk.block(body, known)) return
  for (const read of finalReads) listener.read?.(read, known)
}

class Walk {
  readonly #listener: DataflowListener
  constructor(listener: DataflowListener) {
    this.#listener = listener
  }

  /** Walks a block and leaves in `known` what is known behind it. Gives whether nothing can come after it. */
  block(block: BoundBlock, known: Knowledge): boolean {
    for (const local of block.locals ?? []) known.locals.add(local)
    if (block.provides) write(known, block.provides, 'always')
    const ends = this.#steps(block, known)
    this.#reads(block.finalReads, known)
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
    this.#concurrentWrites(steps)
    if (order === 'parallel') return this.#parallel(steps, known)
    const waitsFor = flowDependencies(steps)
    const { order: sorted, cycle } = orderFlow(waitsFor)
    if (cycle) {
      const members = cycle.map((index) => steps[index]!)
      this.#listener.flowCycle?.(members)
      // Inside the circle everything is read too early; once said is enough.
      for (const color of writtenColors(members)) known.colors.set(color, 'always')
    }
    return sorted.map((index) => this.#step(steps[index]!, known)).some(Boolean)
  }

  #parallel(steps: readonly BoundStep[], known: Knowledge): boolean {
    const before = copy(known)
    const ends = steps.map((step) => {
      const own = copy(before)
      for (const sibling of steps) {
        if (sibling === step) continue
        for (const color of writtenColors([sibling])) own.contestedColors.set(color, sibling.name)
        for (const call of deepCalls(sibling)) own.contestedCalls.set(call, sibling.name)
      }
      const ended = this.#step(step, own)
      for (const [color, presence] of own.colors)
        if (before.colors.get(color) !== presence) known.colors.set(color, presence)
      for (const call of own.calls) known.calls.add(call)
      return ended
    })
    return ends.some(Boolean)
  }

  #concurrentWrites(steps: readonly BoundStep[]): void {
    const producers = new Map<string, BoundStep>()
    for (const step of steps) {
      for (const color of new Set(writtenColors([step]))) {
        const other = producers.get(color)
        if (other) this.#listener.concurrentWrites?.(color, other, step)
        else producers.set(color, step)
      }
    }
  }

  #step(step: BoundStep, known: Knowledge): boolean {
    const { condition } = step
    this.#reads(condition?.reads, known)
    const before = condition ? copy(known) : known
    if (condition) narrow(known, condition.whenTrue)
    this.#reads(step.reads, known)
    let ends = this.#blocks(step, known)
    for (const written of step.writes ?? []) {
      write(
        known,
        written,
        step.mayLeaveOut?.has(written.color) ? weakest(known.colors.get(written.color), 'unless-left-out') : 'always',
      )
    }
    if (step.call) known.calls.add(step.name)
    ends ||= step.ends ?? false
    if (!condition) return ends
    // The step may have been passed by: what it wrote is there only on one of two ways.
    const passed = before
    narrow(passed, condition.whenFalse)
    replace(known, ends ? [passed] : [known, passed])
    return false
  }

  #blocks(step: BoundStep, known: Knowledge): boolean {
    const blocks = step.blocks ?? []
    switch (step.composition) {
      case 'alternatives':
        return this.#alternatives(blocks, step.exhaustive ?? false, known)
      case 'attempt':
        return this.#attempt(blocks, known)
      case 'each': {
        const inside = copy(known)
        this.block(blocks[0]!, inside)
        for (const call of inside.calls) if (!known.calls.has(call)) inside.calls.delete(call)
        return false
      }
      default:
        return blocks.map((block) => this.block(block, known)).some(Boolean)
    }
  }

  #alternatives(arms: readonly BoundBlock[], exhaustive: boolean, known: Knowledge): boolean {
    const otherwise = copy(known)
    const ends: Knowledge[] = []
    for (const arm of arms) {
      this.#reads(arm.condition?.reads, otherwise)
      const inside = copy(otherwise)
      if (arm.condition) narrow(inside, arm.condition.whenTrue)
      if (!this.block(arm, inside)) ends.push(inside)
      if (arm.condition) narrow(otherwise, arm.condition.whenFalse)
    }
    if (!exhaustive) ends.push(otherwise)
    if (ends.length === 0) return true
    replace(known, ends)
    return false
  }

  #attempt([attempt, ...handlers]: readonly BoundBlock[], known: Knowledge): boolean {
    const succeeded = copy(known)
    const ends: Knowledge[] = []
    if (!this.block(attempt!, succeeded)) ends.push(succeeded)
    const failed = copy(known)
    for (const color of writtenColors(attempt!.steps)) failed.colors.set(color, failed.colors.get(color) ?? 'sometimes')
    for (const step of attempt!.steps) for (const call of deepCalls(step)) failed.calls.add(call)
    for (const handler of handlers) {
      const inside = copy(failed)
      if (!this.block(handler, inside)) {
        inside.locals.delete('error')
        ends.push(inside)
      }
    }
    if (ends.length === 0) return true
    replace(known, ends)
    return false
  }

  #reads(reads: readonly Read[] | undefined, known: Knowledge): void {
    for (const read of reads ?? []) this.#listener.read?.(read, known)
  }
}

function copy(known: Knowledge): Knowledge {
  return {
    colors: new Map(known.colors),
    calls: new Set(known.calls),
    locals: new Set(known.locals),
    contestedColors: new Map(known.contestedColors),
    contestedCalls: new Map(known.contestedCalls),
  }
}

function write(known: Knowledge, { color }: Write, presence: Presence): void {
  known.colors.set(color, presence)
  known.contestedColors.delete(color)
}

/** What a condition proves to be there. */
function narrow(known: Knowledge, proven: readonly string[]): void {
  for (const color of proven) if (known.colors.has(color)) known.colors.set(color, 'always')
}

/** Behind several ways a color is as sure as on the least sure of them. */
function replace(known: Knowledge, ways: readonly Knowledge[]): void {
  const colors = new Map<string, Presence>()
  for (const color of new Set(ways.flatMap((way) => [...way.colors.keys()]))) {
    const presences = ways.map((way) => way.colors.get(color))
    colors.set(
      color,
      presences.every((presence) => presence === 'always')
        ? 'always'
        : presences.every((presence) => presence === 'always' || presence === 'unless-left-out')
          ? 'unless-left-out'
          : 'sometimes',
    )
  }
  known.colors.clear()
  for (const [color, presence] of colors) known.colors.set(color, presence)
  for (const way of ways) for (const call of way.calls) known.calls.add(call)
}

function weakest(before: Presence | undefined, now: Presence): Presence {
  return before === 'always' ? 'always' : now
}
