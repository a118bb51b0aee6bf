import type { BoundTemplate } from '../binding/bind.ts'
import type { Read, Write } from '../binding/reference.ts'
import { type Position, within } from '../binding/shape.ts'
import { compileColorWriter } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { bindAssignments } from './assign.ts'
import { compileErasingFork } from './fork.ts'
import type { Binder } from './step.ts'

/** Puts what something gives into the context: `give` writes it to the document that it is handed. */
export type Take = (document: Document, give: (given: Document) => void) => void

/** What it gives keeps its names. */
export const takeAsGiven: Take = (document, give) => give(document)

/** How what a call gives is put into the context, once that is known. */
export interface Taking {
  /** Whether the step takes it under names of its own. */
  readonly isTaken: boolean
  take: Take
}

/** A color of the route, and what of all that is given it is made of. */
export interface Taken extends Write {
  readonly value: BoundTemplate
}

/** `out:` bound: what stands in place of the colors that something gives. */
export interface BoundOut {
  readonly taken: readonly Taken[]
  /** What its templates read; of what is given, nothing else has to have produced it. */
  readonly reads: readonly Read[]
  readonly take: Take
}

/**
 * Binds an `out:` over what gives these colors. Its templates see them as they are given this time, or not at all:
 * what the route has under their names is another's.
 */
export function bindOut(
  entries: Record<string, unknown>,
  position: Position,
  given: ReadonlySet<string>,
  binder: Binder,
): BoundOut {
  const taken = bindAssignments(entries, within(position, 'out'), binder)
  const isGiven = ({ reference }: Read) => reference.kind === 'color' && given.has(reference.color)
  const reads = taken
    .flatMap(({ value }) => value.reads)
    .map((read) => (isGiven(read) ? { ...read, own: true, needed: false } : read))
  return { taken, reads, take: compileTake(taken, given) }
}

function compileTake(taken: readonly Taken[], given: ReadonlySet<string>): Take {
  const fork = compileErasingFork([...given], [...given])
  const made = taken.map(({ color, value }) => ({ write: compileColorWriter(color), evaluate: value.evaluate }))
  return (document, give) => {
    const view = fork(document)
    give(view)
    const values = made.map(({ evaluate }) => evaluate(view))
    made.forEach(({ write }, index) => {
      if (values[index] !== undefined) write(document, values[index])
    })
  }
}
