import type { Path } from '../yaml/source.ts'

/** Keys that were corrected: where they stand now, and where the file has them. */
export class Renames {
  readonly #written = new Map<string, Path>()

  add(path: Path, written: Path): void {
    this.#written.set(JSON.stringify(path), written)
  }

  /** Whether a path ends in a corrected key. */
  has(path: Path): boolean {
    return this.#written.has(JSON.stringify(path))
  }

  /** A path of what was corrected as the file has it. */
  asWritten(path: Path): Path {
    for (let length = this.#written.size === 0 ? 0 : path.length; length > 0; length -= 1) {
      const written = this.#written.get(JSON.stringify(path.slice(0, length)))
      if (written) return [...written, ...path.slice(length)]
    }
    return path
  }
}
