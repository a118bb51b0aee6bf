import { Unreadable } from './format.ts'

/** What `Object.create(null)` gives, but in the form that V8 is quick with: it inherits nothing. */
class Values {
  [name: string]: string | string[]
}
Object.setPrototypeOf(Values.prototype, null)
Reflect.deleteProperty(Values.prototype, 'constructor')

const mostParameters = 10_000

/**
 * Reads `a=1&b=2&a=3`, as a query or a form has it: `+` is a space, a name that comes more than once has all its values.
 * @param undo undoes percent escapes, and whatever else stands for characters; throws for what is none
 * @throws Unreadable for a percent escape that decodes to nothing, and for more parameters than anyone needs
 */
export function parseUrlEncoded(text: string, undo = decodeURIComponent): Record<string, string | string[]> {
  const values = new Values()
  let from = 0
  let equals = -1
  let left = mostParameters
  while (from < text.length) {
    let to = text.indexOf('&', from)
    if (to < 0) to = text.length
    if (to > from) {
      if (left-- === 0) throw new Unreadable(`has more than ${mostParameters} parameters`)
      // The next one is looked for only once: it may be far off, or nowhere.
      if (equals < from) equals = text.indexOf('=', from)
      if (equals < 0) equals = text.length
      const nameEnd = Math.min(equals, to)
      const name = decode(text.slice(from, nameEnd), undo)
      add(values, name, nameEnd === to ? '' : decode(text.slice(nameEnd + 1, to), undo))
    }
    from = to + 1
  }
  return values
}

function add(values: Values, name: string, value: string): void {
  const before = values[name]
  if (before === undefined) values[name] = value
  else if (typeof before === 'string') values[name] = [before, value]
  else before.push(value)
}

function decode(text: string, undo: (text: string) => string): string {
  const spaced = text.includes('+') ? text.split('+').join(' ') : text
  if (undo === decodeURIComponent && !spaced.includes('%')) return spaced
  try {
    return undo(spaced)
  } catch {
    throw new Unreadable('has a percent escape that is malformed or of no character')
  }
}
