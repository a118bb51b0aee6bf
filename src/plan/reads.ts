import type { Read } from '../binding/reference.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'
import type { BoundRoute } from './bound-route.ts'

/** Who reads a place of the context. */
export type Reader =
  /** The class of its calls. */
  | { readonly kind: 'priority' }
  /** Whether a step runs, and the step itself, with its fallbacks and what an exit answers. */
  | { readonly kind: 'condition' | 'step'; readonly step: BoundStep }
  /** Whether an arm of a branch runs; what a loop gathers when a turn has ended. */
  | { readonly kind: 'arm' | 'end'; readonly step: BoundStep; readonly block: BoundBlock }
  /** The route's answer. */
  | { readonly kind: 'status' | 'header' | 'body' }

export interface RouteRead {
  readonly read: Read
  readonly reader: Reader
  /** In a part: what it reads of colors and calls is its own. */
  readonly isApart?: boolean
}

/**
 * Everything that a route reads of its context, each read once, in the order of the file: the one walk from which all
 * that asks "is it read, and by whom" derives.
 */
export function readsOfRoute({ priorityReads, body, response }: BoundRoute): RouteRead[] {
  const found: RouteRead[] = []
  add(found, { kind: 'priority' }, priorityReads)
  for (const step of body.steps) addStep(found, step)
  add(found, { kind: 'status' }, response?.status.reads)
  for (const { value } of response?.headers ?? []) add(found, { kind: 'header' }, value.reads)
  add(found, { kind: 'body' }, response?.body?.reads)
  return found
}

/** What a step reads, the steps inside it included. */
export function readsOfStep(step: BoundStep): RouteRead[] {
  const found: RouteRead[] = []
  addStep(found, step)
  return found
}

/** What is read in a block that a step holds. */
export function readsOfBlock(block: BoundBlock): RouteRead[] {
  const found: RouteRead[] = []
  addBlock(found, block, block.steps[0]!)
  return found
}

/** Every check of every route comes by here: one list, and nothing made beside it. */
function addStep(found: RouteRead[], step: BoundStep, isApart?: true): void {
  add(found, { kind: 'condition', step }, step.condition?.reads, isApart)
  add(found, { kind: 'step', step }, step.reads, isApart)
  const isPart = isApart ?? (step.composition === 'part' || undefined)
  for (const block of step.blocks ?? []) addBlock(found, block, step, isPart)
}

function addBlock(found: RouteRead[], block: BoundBlock, step: BoundStep, isApart?: true): void {
  add(found, { kind: 'arm', step, block }, block.condition?.reads, isApart)
  for (const inner of block.steps) addStep(found, inner, isApart)
  add(found, { kind: 'end', step, block }, block.finalReads, isApart)
}

function add(found: RouteRead[], reader: Reader, reads: readonly Read[] = [], isApart?: true): void {
  for (const read of reads) found.push(isApart ? { read, reader, isApart } : { read, reader })
}

/** As `readsOfRoute`, whoever reads it. */
export function everyRead(route: BoundRoute): Read[] {
  return readsOfRoute(route).map(({ read }) => read)
}

/** Which records of calls something reads (`steps.<id>`), and which of their members. */
export class RecordsRead {
  /** By call; undefined stands for all members. */
  readonly #members = new Map<string, Set<string | undefined>>()
  #isAll = false

  constructor(reads: Iterable<Read>) {
    for (const { reference } of reads) {
      if (reference.kind === 'everything' || (reference.kind === 'step' && reference.id === undefined)) {
        this.#isAll = true
      } else if (reference.kind === 'step') {
        const [member] = reference.rest
        const members = this.#members.get(reference.id!) ?? new Set()
        this.#members.set(reference.id!, members.add(member === undefined ? undefined : String(member)))
      }
    }
  }

  /** Whether anything reads this member of a call's record by its name. */
  names(call: string, member: string): boolean {
    return this.#members.get(call)?.has(member) === true
  }

  /** Whether anything reads the record of a call, or this member of it. */
  includes(call: string, member?: string): boolean {
    if (this.#isAll) return true
    const members = this.#members.get(call)
    return members !== undefined && (member === undefined || members.has(undefined) || members.has(member))
  }
}
