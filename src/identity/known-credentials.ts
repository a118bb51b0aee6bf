import { createHmac, randomBytes } from 'node:crypto'

/** Digests of credentials, by a key of its own: what is kept under them tells nobody what was sent. */
export function createDigest(): (credential: string) => Buffer {
  const key = randomBytes(32)
  return (credential) => createHmac('sha256', key).update(credential).digest()
}

/** Gives who asks for the same while it is under way the same answer. */
export class InFlight<Result> {
  readonly #flying = new Map<string, Promise<Result>>()

  join(name: string, begin: () => Promise<Result>): Promise<Result> {
    const before = this.#flying.get(name)
    if (before) return before
    const flight = begin().finally(() => this.#flying.delete(name))
    this.#flying.set(name, flight)
    return flight
  }
}
