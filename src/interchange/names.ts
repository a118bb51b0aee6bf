/** Names in the grammars of the language, made of names that follow other rules. */

/** What means something in CEL, so that `a.true` is no path there. */
export const celWords: ReadonlySet<string> = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
)

/**
 * A segment of a color's name: `X-User-Id` becomes `xUserId`, `user_id` stays. No segment is the name of something
 * that every object inherits, or a word of CEL.
 */
export function toSegment(text: string, otherwise = 'value'): string {
  const words = text.split(/[^A-Za-z0-9_]+/).filter((word) => word !== '')
  const joined = words.map((word, index) => (index === 0 ? lowerFirst(word) : upperFirst(word))).join('')
  const segment = lowerFirst(joined.replace(/^[^A-Za-z]+/, '')) || otherwise
  return segment in Object.prototype || celWords.has(segment) ? `${segment}_` : segment
}

/** A name of a service, an operation or a step: it begins with a letter and has letters, digits, - and _. */
export function toName(text: string, otherwise: string): string {
  const name = text.replaceAll(/[^\w]+/g, '-').replaceAll(/^[^A-Za-z]+|-+$/g, '')
  if (name === '') return otherwise
  return name in Object.prototype ? `${name}_` : name
}

/** `GET /users/{id}/orders` becomes `getUsersByIdOrders`. */
export function nameOperation(method: string, path: string): string {
  const words = path
    .split('?')[0]!
    .split('/')
    .flatMap((segment) => {
      const placeholder = /^\{(.+)\}$/.exec(segment)?.[1]
      if (placeholder !== undefined) return ['By', ...wordsOf(placeholder)]
      return wordsOf(segment)
    })
  return method.toLowerCase() + (words.map(upperFirst).join('') || 'Root')
}

/** Gives each name once: a second `x` is `x2`. */
export class UniqueNames {
  readonly #taken: Set<string>

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken)
  }

  take(wanted: string, separator = ''): string {
    let name = wanted
    for (let number = 2; this.#taken.has(name); number += 1) name = `${wanted}${separator}${number}`
    this.#taken.add(name)
    return name
  }
}

function wordsOf(text: string): string[] {
  return text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
}

function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** `ID` and `URL` become lower case as a whole. */
function lowerFirst(word: string): string {
  return /^[A-Z0-9]+$/.test(word) ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1)
}
