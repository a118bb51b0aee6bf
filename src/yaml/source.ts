import type { Location } from '../diagnostics/diagnostic.ts'
import { Places } from './places.ts'
import { Spot } from './spot.ts'
import type { Path, SourceText } from './text.ts'
import type { SyntaxTree } from './tree.ts'

export type { Path, SourceText } from './text.ts'

/** A parsed YAML file: its plain value, and where in the text every piece of it stands. */
export class Source {
  readonly path: string
  readonly text: string
  readonly value: unknown
  /** Whether some text of it may be an `EnvText`. */
  readonly namesVariables: boolean
  readonly #written: ReadonlyMap<string, string>
  readonly #places: Places

  /** `written`: by `pathKey`, the numbers, and true and false, that print otherwise than they are written. */
  constructor(
    file: SourceText,
    value: unknown,
    tree?: SyntaxTree,
    namesVariables = false,
    written: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#written = written
    this.path = file.path
    this.text = file.text
    this.value = value
    this.namesVariables = namesVariables
    this.#places = new Places(file, tree)
  }

  /** Lets go of the syntax tree, which is many times as large as the text. A place that is asked for later costs a parse. */
  forget(): void {
    this.#places.forget()
  }

  /** The plain value at a path; undefined where there is none. */
  valueAt(path: Path): unknown {
    let value: unknown = this.value
    for (const segment of path) value = (value as Record<string | number, unknown> | null | undefined)?.[segment]
    return value
  }

  /** The text of a number, or of true or false, as it is written: `007`, `1.10`, `True`. */
  writtenAt(path: Path): string {
    return this.#written.get(pathKey(path)) ?? String(this.valueAt(path))
  }

  /** The place of a value. A path that leads nowhere gives its nearest ancestor's. */
  locate(path: Path): Location {
    return new Spot(this.#places, path, 'value')
  }

  /** The place of the key that holds a value (of the value, in a list). */
  locateKey(path: Path): Location {
    return new Spot(this.#places, path, 'key')
  }

  /** The place of `length` characters at `offset` inside a string; the whole string where they cannot be mapped. */
  locateInside(path: Path, offset: number, length: number): Location {
    return new Spot(this.#places, path, [offset, length])
  }

  /** The place of a stretch of the text, by offsets. */
  locateRange(start: number, end: number): Location {
    return this.#places.findRange(start, end)
  }
}

/** Equal for equal paths; an index is what it is as a key. */
export function pathKey(path: Path): string {
  return path.join('\0')
}
