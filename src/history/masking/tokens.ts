import { createHmac } from 'node:crypto'
import { parseJson, printByValue, printJson } from '../../json-text.ts'

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

/** Members of a recording below which stands what clients and backends said. */
const ofOthers = new Set(['inputs', 'colors', 'document', 'values', 'headers', 'attributes', 'body', 'failures'])
/** What the gateway and its files say: by some of it a recording is found, and forgotten. */
const ofGateway = new Set([
  ...['id', 'traceId', 'version', 'why', 'outcome', 'source'],
  ...['route', 'step', 'name', 'kind', 'service', 'operation', 'template'],
])

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

  /**
   * Takes them out of texts alone: who chooses what is sensitive must not choose what a recording is made of.
   *
   * @param json a JSON text, of a recording or of its summary
   */
  removeFrom(json: string): string {
    if (this.isEmpty) return json
    // Backends write some letters as they like.
    const plain = /\\[u/]/.test(json) ? printJson(parseJson(json)) : json
    // A text that holds another one goes first.
    const texts = [...this.#texts].sort(([a], [b]) => b.length - a.length)
    const forms = texts
      .flatMap(([text, shown]) => formsOf(text).map((form) => [form, shown] as const))
      .filter(([form]) => plain.includes(inJson(form)))
    if (forms.length === 0) return json
    const clean = (text: string) => forms.reduce((left, [form, shown]) => left.replaceAll(form, shown), text)
    const walk = (value: unknown, isOfOthers: boolean): unknown => {
      if (typeof value === 'string') return clean(value)
      if (Array.isArray(value)) return value.map((element) => walk(element, isOfOthers))
      if (!isPlain(value)) return value
      const left = Object.entries(value).map(([name, member]) => {
        if (isOfOthers) return [clean(name), walk(member, true)] as const
        return [name, ofGateway.has(name) ? member : walk(member, ofOthers.has(name))] as const
      })
      return Object.fromEntries(left)
    }
    return printJson(walk(parseJson(plain), false))
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** As it is, in a URL, and in JSON within a text. What is no text in UTF-8 stands in no URL. */
function formsOf(text: string): string[] {
  return [...new Set([text, encodeURIComponent(text.toWellFormed()), inJson(text)])]
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
