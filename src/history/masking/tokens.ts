import { createHmac } from 'node:crypto'
import { printByValue } from '../../json-text.ts'

const hexDigits = 16
const mostRemembered = 1000
/** What is shorter may stand anywhere by chance. */
const leastLength = 5
const deepest = 8

/**
 * What stands for personal values in a store: equal values have equal tokens, by a key of the store, so that what one
 * person asked for can be found by who knows the person, and nobody else.
 */
export class Tokens {
  readonly #key: Uint8Array
  readonly #remembered = new Map<string, string>()

  constructor(key: Uint8Array) {
    this.#key = key
  }

  of(value: unknown): string {
    const text = typeof value === 'string' ? value : printByValue(value)
    let token = this.#remembered.get(text)
    if (token === undefined) {
      token = `pii:${createHmac('sha256', this.#key).update(text).digest('hex').slice(0, hexDigits)}`
      if (this.#remembered.size >= mostRemembered) this.#remembered.clear()
      this.#remembered.set(text, token)
    }
    return token
  }
}

/**
 * The last net: texts of one request that are nobody's to know, taken out wherever they stand in what is to be kept. Where
 * they are is told by the plan; this is for what the plan does not know of.
 */
export class SensitiveTexts {
  readonly #texts = new Map<string, string>()

  get isEmpty(): boolean {
    return this.#texts.size === 0
  }

  /** @param shown what stands for the text */
  add(value: unknown, shown: (text: string) => string, depth = 0): void {
    if (typeof value === 'string') {
      if (value.length >= leastLength) this.#texts.set(value, shown(value))
    } else if (typeof value === 'object' && value !== null && depth < deepest) {
      for (const member of Object.values(value)) this.add(member, shown, depth + 1)
    }
  }

  /** @param json a JSON text */
  removeFrom(json: string): string {
    let text = json
    for (const [sensitive, shown] of this.#texts) {
      const escaped = JSON.stringify(sensitive).slice(1, -1)
      for (const form of new Set([escaped, encodeURIComponent(sensitive)]))
        if (text.includes(form)) text = text.replaceAll(form, shown)
    }
    return text
  }
}
