import { type Origin, UnfitValue } from '../binding/unfit-value.ts'
import { isObject } from '../expressions/container.ts'
import { type Document, eventsOf } from '../expressions/document.ts'
import { spend } from '../expressions/work.ts'
import type { Locator, Separator } from './locator.ts'
import { textOf } from './path-template.ts'

type Reader = (document: Document) => unknown
type Write = (value: unknown) => string

/**
 * Writes one parameter, empty for what is absent: a list repeats it, or is joined. A required one is there for an empty
 * list too: without it a backend would leave nothing out.
 */
export function compileQueryParameter(
  read: Reader,
  { name, separator }: Pick<Locator & { in: 'query' }, 'name' | 'separator'>,
  optional: boolean,
  origin: Origin,
): (document: Document) => string {
  const write = separator === undefined ? writeRepeated(name, origin) : writeJoined(name, separator, origin)
  const ofNothing = optional ? '' : keyOf(name)
  return (document) => {
    const value = read(document)
    return write(value) || (isThere(value) ? ofNothing : '')
  }
}

/**
 * Writes each member of an object as a parameter. One that the file names itself is left out, with an event: what a
 * file says is not for data to change.
 */
export function compileQueryObject(
  read: Reader,
  taken: ReadonlySet<string>,
  origin: Origin,
): (document: Document) => string {
  return (document) => {
    const object = read(document)
    if (!isThere(object)) return ''
    if (!isObject(object)) throw new UnfitValue(`${origin.name} is no object of parameters`, [origin])
    const members = Object.entries(object)
    spend(members.length)
    const parameters: string[] = []
    for (const [name, value] of members) {
      if (taken.has(name)) document[eventsOf]?.event('tessera.query.left_out', { 'tessera.query.name': name })
      else parameters.push(writeRepeated(name, origin)(value))
    }
    return parameters.filter((parameter) => parameter !== '').join('&')
  }
}

function writeRepeated(name: string, origin: Origin): Write {
  const key = keyOf(name)
  const write = (value: unknown) => key + encodeURIComponent(textOf(value, origin))
  return (value) => {
    if (!isThere(value)) return ''
    if (!Array.isArray(value)) return write(value)
    spend(value.length)
    return value.filter(isThere).map(write).join('&')
  }
}

function writeJoined(name: string, separator: Separator, origin: Origin): Write {
  const key = keyOf(name)
  const between = separator === ',' || separator === ';' ? separator : encodeURIComponent(separator)
  const encode = (value: unknown): string => {
    const text = textOf(value, origin)
    // The service would read two elements.
    if (text.includes(separator))
      throw new UnfitValue(`${origin.name} has \`${separator}\` in an element, which joins them`, [origin])
    return encodeURIComponent(text)
  }
  return (value) => {
    if (!isThere(value)) return ''
    if (!Array.isArray(value)) return key + encodeURIComponent(textOf(value, origin))
    spend(value.length)
    const elements = value.filter(isThere).map(encode)
    return elements.length === 0 ? '' : key + elements.join(between)
  }
}

function keyOf(name: string): string {
  return `${encodeURIComponent(name.toWellFormed())}=`
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}
