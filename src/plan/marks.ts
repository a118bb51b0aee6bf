import type { Location } from '../diagnostics/diagnostic.ts'
import { type Area, covers, within } from '../expressions/area.ts'
import type { Mark } from '../expressions/template.ts'

/** The color that is followed, and where its value comes from. */
export interface Origin {
  readonly color: string
  /** `$.card.token`, `header.x-key`; undefined where steps write it. */
  readonly from: string | undefined
  readonly at: Location
}

export type TracedMark = Mark<Origin>

/** What lies deeper is taken as all that holds it: a value that is put into itself again and again has no end. */
const deepest = 8
/** Beyond so many, whatever holds something is taken as a whole. */
const many = 200

/** Everything in a route's context that is known to hold a value which is followed; it only grows. */
export class Marks {
  #all: readonly TracedMark[] = []

  get size(): number {
    return this.#all.length
  }

  get all(): readonly TracedMark[] {
    return this.#all
  }

  /** Notes what lies at `inside` of `owner`, unless it is known already. */
  add(owner: Area, inside: Area, origin: Origin): void {
    const area = [...owner, ...(this.size < many ? inside.slice(0, deepest) : [])]
    if (!this.#all.some((mark) => mark.origin.color === origin.color && covers(mark.area, area)))
      this.#all = [...this.#all, { area, origin }]
  }

  /** A value is taken from one place to another, by itself or as an element of a list. */
  copy(from: Area, isList: boolean, to: Area): void {
    for (const mark of this.#all) {
      const area = within(mark.area, from)
      if (area) this.add(to, isList ? [null, ...area] : area, mark.origin)
    }
  }
}
