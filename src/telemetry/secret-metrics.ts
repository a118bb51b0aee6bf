import type { ScalarFamily } from './families.ts'

/** Which files of secrets can be read. */
export class SecretMetrics {
  readonly #files: ScalarFamily
  #read: () => Iterable<readonly [path: string, isUp: boolean]> = () => []

  constructor(files: ScalarFamily) {
    this.#files = files
  }

  /** `read` is asked at each scrape. */
  follow(read: () => Iterable<readonly [path: string, isUp: boolean]>): void {
    this.#read = read
  }

  look(): void {
    const states = new Map(this.#read())
    this.#files.retain('file', new Set(states.keys()))
    for (const [path, isUp] of states) this.#files.bind(path).value = isUp ? 1 : 0
  }
}
