const mostTaken = 1024

/** What waits, the oldest first. */
export class Fifo<Item> {
  #items: Item[] = []
  #taken = 0

  get length(): number {
    return this.#items.length - this.#taken
  }

  get first(): Item | undefined {
    return this.#items[this.#taken]
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  shift(): Item | undefined {
    const item = this.first
    if (item !== undefined) this.#taken++
    if (this.#taken === this.#items.length || this.#taken === mostTaken) {
      this.#items = this.#items.slice(this.#taken)
      this.#taken = 0
    }
    return item
  }
}
