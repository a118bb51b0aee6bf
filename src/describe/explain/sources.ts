import type { Read } from '../../binding/reference.ts'
import type { BoundRoute } from '../../plan/bound-route.ts'
import type { BoundStep } from '../../steps/step.ts'
import { nameRead, type Wire } from '../wires.ts'
import { printPlace } from './places.ts'

/** A value that is read, and everybody who may have given it. */
export interface Fed {
  readonly what: string
  readonly from: readonly Source[]
}

export interface Source {
  /** The id of a step, or `request`. */
  readonly step: string
  /** Of the request: `query.city`. */
  readonly part: string | undefined
  readonly at: string
}

/** Finds who feeds what, from the wires of a route. */
export class SourceFinder {
  readonly #route: BoundRoute
  readonly #wires: readonly Wire[]
  readonly #ids: ReadonlyMap<BoundStep, string>

  constructor(route: BoundRoute, wires: readonly Wire[], ids: ReadonlyMap<BoundStep, string>) {
    this.#route = route
    this.#wires = wires
    this.#ids = ids
  }

  /** What these reads of a step (undefined: the response) are fed by. */
  feeding(reads: readonly Read[], reader: BoundStep | undefined): Fed[] {
    const names = [...new Set(reads.flatMap(nameRead))]
    return names.map((what) => ({ what, from: this.of(what, reader) }))
  }

  of(what: string, reader: BoundStep | undefined): Source[] {
    const producers = new Set(
      this.#wires.filter((wire) => wire.to === reader && wire.what === what).map((wire) => wire.from),
    )
    return [...producers].map((producer): Source => {
      if (producer !== 'request')
        return { step: this.#ids.get(producer)!, part: undefined, at: printPlace(producer.at) }
      const input = this.#route.inputs.find(({ color }) => color === what)
      const part = input?.from ?? what.replace(/^request\./, '')
      return { step: 'request', part, at: printPlace(input?.at ?? this.#route.matchAt) }
    })
  }
}
