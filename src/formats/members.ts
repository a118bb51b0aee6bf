import { Unwritable } from './format.ts'
import { textOfScalar } from './scalars.ts'

export type Members = Record<string, unknown>

/** Adds a value to an object: what a name stands for that comes more than once is a list. */
export function addMember(members: Members, name: string, value: unknown): void {
  const before = Object.hasOwn(members, name) ? members[name] : undefined
  if (before === undefined) setMember(members, name, value)
  else if (Array.isArray(before)) before.push(value)
  else setMember(members, name, [before, value])
}

/** Not assigned: a name may be `__proto__`. */
export function setMember(members: Members, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true })
  else members[name] = value
}

/**
 * The members of an object, one entry for each element of a list; what is absent or null is left out.
 * @throws Unwritable for what is no object
 */
export function* entriesOf(value: unknown, what = 'the body'): Generator<[name: string, value: unknown]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unwritable(`${what} is no object`)
  for (const [name, member] of Object.entries(value))
    for (const one of Array.isArray(member) ? member : [member])
      if (one !== undefined && one !== null) yield [name, one]
}

/** @throws Unwritable */
export function requireText(value: unknown, name: string): string {
  const text = textOfScalar(value)
  if (text === undefined) throw new Unwritable(`\`${name}\` is not a single value`)
  return text
}
