import type { Location, SoughtLocation } from '../diagnostics/diagnostic.ts'
import type { Work } from '../work.ts'
import type { Places } from './places.ts'
import type { Path } from './text.ts'

/** Which part of a value is meant: all of it, its key, or some characters of its text. */
type Part = 'value' | 'key' | readonly [offset: number, length: number]

/**
 * A place in a file that is found when somebody asks for it. Most never are: they would stand in a diagnostic that
 * there is no reason for, and finding one takes the syntax tree of the whole file.
 */
export class Spot implements SoughtLocation {
  readonly #places: Places
  readonly #path: Path
  readonly #part: Part
  #found: Location | undefined

  constructor(places: Places, path: Path, part: Part) {
    this.#places = places
    this.#path = path
    this.#part = part
  }

  *find(): Work<Location> {
    if (!this.#found) yield* this.#places.prepare()
    return this.#place
  }

  forget(): void {
    this.#places.forget()
  }

  get file(): string {
    return this.#places.path
  }

  get line(): number {
    return this.#place.line
  }

  get column(): number {
    return this.#place.column
  }

  get endLine(): number {
    return this.#place.endLine
  }

  get endColumn(): number {
    return this.#place.endColumn
  }

  toJSON(): Location {
    return this.#place
  }

  get #place(): Location {
    this.#found ??= this.#find()
    return this.#found
  }

  #find(): Location {
    if (this.#part === 'value') return this.#places.findValue(this.#path)
    if (this.#part === 'key') return this.#places.findKey(this.#path)
    return this.#places.findInside(this.#path, ...this.#part)
  }
}
