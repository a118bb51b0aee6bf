import type { SourceText } from '../yaml/source.ts'
import type { RouteUnit } from './route-unit.ts'
import type { World } from './world.ts'

/**
 * What the last build made, so that the next one need not make it again. It never shows in what a build gives: a part
 * is kept only where all that it was made of is the same.
 */
export class BuildMemory {
  #world: World | undefined
  #units: ReadonlyMap<string, RouteUnit> = new Map()

  get world(): World | undefined {
    return this.#world
  }

  unitOf({ path }: SourceText): RouteUnit | undefined {
    return this.#units.get(path)
  }

  /** Keeps what a build was made of, and nothing else. */
  keep(world: World, units: readonly RouteUnit[]): void {
    this.#world = world
    this.#units = new Map(units.map((unit) => [unit.facts.file.path, unit]))
  }
}
