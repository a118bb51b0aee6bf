import type { Read } from '../binding/reference.ts'
import type { Template } from '../expressions/template.ts'
import { keepsInside } from '../steps/fork.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'
import type { BoundRoute } from './bound-route.ts'
import { type Reader, readsOfRoute } from './reads.ts'

/** A member of a page, and after which steps all that it reads is as it stays. */
export interface PageMember {
  readonly name: string
  readonly template: Template
  readonly reads: readonly Read[]
  readonly after: readonly BoundStep[]
}

/** Which member of a route's page can go out when. */
export interface PageProgress {
  /** After which steps status and headers can be told. */
  readonly head: readonly BoundStep[]
  /** In the order of the body. */
  readonly members: readonly PageMember[]
  /** What each step settles when it has succeeded: itself and what lies in it, where something waits for that. */
  readonly settledBy: ReadonlyMap<BoundStep, readonly BoundStep[]>
}

/**
 * Derives it from what the response reads; undefined where its body is no object with members. A read waits for every
 * step that may write it, also where only one of them will run: what never runs is settled by what lies around it.
 */
export function findProgress(route: BoundRoute): PageProgress | undefined {
  const template = route.response?.body?.template
  if (template?.kind !== 'object') return undefined
  const producers = new Producers(route.body)
  const ofReader = (kinds: readonly Reader['kind'][]) =>
    readsOfRoute(route).flatMap(({ read, reader }) => (kinds.includes(reader.kind) ? [read] : []))
  const head = producers.of(ofReader(['status', 'header']))
  const ofBody = ofReader(['body'])
  const members = template.members.map(([name, value]): PageMember => {
    const reads = ofBody.filter(({ member }) => member === name)
    return { name, template: value, reads, after: producers.of(reads) }
  })
  return { head, members, settledBy: producers.settledBy(new Set([...head, ...members.flatMap(({ after }) => after)])) }
}

/** Where a member stands in the page: a JSON Pointer (RFC 6901). */
export function pathOfMember(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Which steps give what a response can read. */
class Producers {
  readonly #ofColor = new Map<string, Set<BoundStep>>()
  readonly #ofCall = new Map<string, Set<BoundStep>>()
  readonly #last: readonly BoundStep[]
  readonly #around = new Map<BoundStep, BoundStep | undefined>()

  constructor(body: BoundBlock) {
    this.#last = body.steps
    this.#walk(body, undefined, undefined)
  }

  /** In the order of the file. */
  of(reads: readonly Read[]): BoundStep[] {
    const found = new Set(reads.flatMap((read) => [...this.#behind(read)]))
    return [...this.#around.keys()].filter((step) => found.has(step))
  }

  settledBy(wanted: ReadonlySet<BoundStep>): Map<BoundStep, BoundStep[]> {
    const settled = new Map<BoundStep, BoundStep[]>()
    for (const step of wanted)
      for (let around: BoundStep | undefined = step; around; around = this.#around.get(around))
        settled.set(around, [...(settled.get(around) ?? []), step])
    return settled
  }

  #behind({ reference }: Read): Iterable<BoundStep> {
    switch (reference.kind) {
      case 'color':
        return this.#ofColor.get(reference.color) ?? []
      case 'colors':
        return reference.colors.flatMap((color) => [...(this.#ofColor.get(color) ?? [])])
      case 'step':
        return reference.id === undefined ? this.#last : (this.#ofCall.get(reference.id) ?? [])
      case 'everything':
        return this.#last
      default:
        return []
    }
  }

  /** `owner`: the outermost step that runs what is inside again, or shows what it wrote only when it has ended itself. */
  #walk(block: BoundBlock, around: BoundStep | undefined, owner: BoundStep | undefined): void {
    for (const step of block.steps) {
      this.#around.set(step, around)
      const producer = owner ?? step
      for (const { color } of step.writes ?? []) note(this.#ofColor, color, producer)
      if (step.call) note(this.#ofCall, step.name, producer)
      if (keepsInside(step)) continue
      for (const inside of step.blocks ?? []) {
        // With names of its own it writes to another view of the context.
        const isApart = inside.order === 'first' || step.composition === 'turns' || (inside.locals?.length ?? 0) > 0
        this.#walk(inside, step, owner ?? (isApart ? step : undefined))
      }
    }
  }
}

function note(producers: Map<string, Set<BoundStep>>, name: string, producer: BoundStep): void {
  producers.set(name, (producers.get(name) ?? new Set()).add(producer))
}
