type Listener = (uri: string) => void

/** Who is told that a request changed something at a URI (request-key.ts), service by service. */
export class Changes {
  readonly #listeners = new Map<string, Set<Listener>>()

  /** Listens until the function that is given back is called. */
  subscribe(service: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(service) ?? new Set()
    this.#listeners.set(service, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(service) === listeners) this.#listeners.delete(service)
    }
  }

  /** Whether anybody listens. */
  areHeard(service: string): boolean {
    return this.#listeners.has(service)
  }

  tell(service: string, uri: string): void {
    for (const listener of this.#listeners.get(service) ?? []) listener(uri)
  }
}
