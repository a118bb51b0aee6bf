import type { Identity, Verdict } from './identity.ts'

const mostEntries = 10_000
/** Of credentials, so that long ones do not fill the memory. */
const mostCharacters = 8 * 1024 * 1024

/**
 * Verdicts by their credentials, or by what stands for those, so that a client that comes again costs a look-up. Bounded; what
 * was used longest ago goes first. Good ones and bad ones are kept in different ones, so that nobody fills it with guesses.
 */
export class VerdictCache<Kept extends Verdict = Identity> {
  readonly #entries = new Map<string, { readonly verdict: Kept; readonly untilMs: number }>()
  #characters = 0

  get size(): number {
    return this.#entries.size
  }

  get(credential: string, nowMs: number): Kept | undefined {
    const entry = this.#entries.get(credential)
    if (!entry) return undefined
    if (nowMs >= entry.untilMs) {
      this.#delete(credential)
      return undefined
    }
    // The least recently used one stands first: only a crowded cache has to know.
    if (this.#entries.size > mostEntries / 2) {
      this.#entries.delete(credential)
      this.#entries.set(credential, entry)
    }
    return entry.verdict
  }

  set(credential: string, verdict: Kept, untilMs: number): void {
    this.#delete(credential)
    this.#entries.set(credential, { verdict, untilMs })
    this.#characters += credential.length
    while (this.#entries.size > mostEntries || this.#characters > mostCharacters) {
      const [oldest] = this.#entries.keys()
      this.#delete(oldest!)
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#characters = 0
  }

  #delete(credential: string): void {
    if (this.#entries.delete(credential)) this.#characters -= credential.length
  }
}
