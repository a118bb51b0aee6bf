/** What is made once for equal keys, counted by its users, and ended when the last one lets go of it. */
export class Shared<Key, Value> {
  readonly #nameOf: (key: Key) => string
  readonly #create: (key: Key) => Value
  readonly #end: (value: Value) => void
  readonly #entries = new Map<string, { value: Value; users: number }>()

  constructor(nameOf: (key: Key) => string, create: (key: Key) => Value, end: (value: Value) => void) {
    this.#nameOf = nameOf
    this.#create = create
    this.#end = end
  }

  get(name: string): Value | undefined {
    return this.#entries.get(name)?.value
  }

  /** Uses the value until `release` is called. */
  acquire(key: Key): { value: Value; release: () => void } {
    const name = this.#nameOf(key)
    const entry = this.#entries.get(name) ?? { value: this.#create(key), users: 0 }
    this.#entries.set(name, entry)
    entry.users++
    return {
      value: entry.value,
      release: () => {
        if (--entry.users > 0 || this.#entries.get(name) !== entry) return
        this.#entries.delete(name)
        this.#end(entry.value)
      },
    }
  }

  /** Ends every value, whoever uses it. */
  clear(): void {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    for (const { value } of entries) this.#end(value)
  }
}
