import type { Fallback } from '../calls/call.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'

/** Something in a route that a test can reach. */
export interface Part {
  readonly at: Location
  /** What is missing when nothing reached it, as a sentence. */
  readonly what: string
  /** The part it lies in. */
  readonly inside: Part | undefined
  count: number
}

/** The parts of one step. */
export interface StepParts {
  readonly step: Part
  /** Its `when` was false. */
  readonly skipped: Part | undefined
  readonly arms: readonly Part[]
  /** No arm was taken, where there is no default. */
  readonly passedBy: Part | undefined
  /** Both ends of turns. */
  readonly ends: { readonly done: Part; readonly tooMany: Part } | undefined
}

/** All that tests can reach in a route: steps, both ways of each `when`, arms, winners, ends of turns, catches, fallbacks. */
export class CoverageMap {
  /** In the order of the file. */
  readonly parts: Part[] = []
  readonly steps = new Map<BoundStep, StepParts>()
  /** Arms and catches. */
  readonly blocks = new Map<BoundBlock, Part>()
  readonly fallbacks = new Map<Fallback, Part>()
  /** Steps of a `first`. */
  readonly wins = new Map<BoundStep, Part>()

  constructor(body: BoundBlock) {
    this.#addBlock(body, undefined)
  }

  #addBlock(block: BoundBlock, inside: Part | undefined): void {
    for (const step of block.steps) {
      const own = this.#addStep(step, inside)
      if (block.order === 'first') this.wins.set(step, this.#add(step.at, `${titleOf(step)} never won`, own))
    }
  }

  #addStep(step: BoundStep, inside: Part | undefined): Part {
    const { name, at, condition, call, blocks = [], turns } = step
    const title = titleOf(step)
    const own = this.#add(at, `${title} never ran`, inside)
    const skipped = condition && this.#add(condition.at, `${title} was never skipped: its \`when\` always held`, own)
    for (const { compiled, at: where, summary } of call?.fallbacks ?? []) {
      this.fallbacks.set(compiled, this.#add(where, `the fallback of ${name} never answered (${summary})`, own))
    }
    const isBranch = step.composition === 'alternatives'
    const arms: Part[] = []
    for (const [index, block] of blocks.entries()) {
      const part = isBranch ? this.#addArm(block, own) : this.#addCatch(step, index, own)
      if (part) this.blocks.set(block, part)
      if (part && isBranch) arms.push(part)
      this.#addBlock(block, part ?? own)
    }
    const canPassBy = isBranch && step.exhaustive === false
    const passedBy = canPassBy ? this.#add(at, 'one arm always held: no test has none of them hold', own) : undefined
    const ends = turns && {
      done: this.#add(at, `${title} was never done: its \`until\` never held`, own),
      tooMany: this.#add(at, `${title} was always done within its ${turns.most} turns`, own),
    }
    this.steps.set(step, { step: own, skipped, arms, passedBy, ends })
    return own
  }

  #addArm(block: BoundBlock, inside: Part): Part {
    const { condition } = block
    if (!condition) return this.#add(block.at, 'the default was never taken', inside)
    return this.#add(condition.at, `the arm \`${condition.source}\` was never taken`, inside)
  }

  /** The first block of a `try` is what it tries, the others are its catches, each with the codes it waits for. */
  #addCatch(step: BoundStep, index: number, inside: Part): Part | undefined {
    if (step.composition !== 'attempt' || index === 0) return undefined
    const before = step.blocks!.slice(1, index).reduce((sum, block) => sum + (block.handles?.length ?? 0), 0)
    const codes = step.blocks![index]!.handles ?? []
    const at = step.catches?.[before]?.at ?? step.blocks![index]!.at
    const isFallback = step.catches === undefined
    return this.#add(
      at,
      isFallback ? `a fallback of ${step.name} never ran` : `the catch of ${codes.join(', ')} never ran`,
      inside,
    )
  }

  #add(at: Location, what: string, inside: Part | undefined): Part {
    const part = { at, what, inside, count: 0 }
    this.parts.push(part)
    return part
  }
}

function titleOf({ kind, call }: BoundStep): string {
  return call ? `\`${call.operation.service.name}.${call.operation.name}\`` : `this ${kind}`
}
