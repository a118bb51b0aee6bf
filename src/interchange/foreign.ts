/** Reading a document of somebody else: nothing in it is sure to have the type it should. */

export type ForeignObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is ForeignObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object, or an empty one in place of anything else. */
export function objectOf(value: unknown): ForeignObject {
  return isObject(value) ? value : {}
}

/** A list, or an empty one in place of anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The texts of a list; what else is in it is passed by. */
export function textsOf(value: unknown): string[] {
  return listOf(value).filter((item) => typeof item === 'string')
}

const unsafeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Names of members that no file of ours may hold, or that no path can be written for. */
export function isUnsafeKey(name: string): boolean {
  return unsafeKeys.has(name) || !name.isWellFormed() || [...name].some(hasNoEscape)
}

/** The control characters that JSONPath has no short escape for. */
function hasNoEscape(character: string): boolean {
  return character < ' ' && !'\b\f\n\r\t'.includes(character)
}

/** One line of a text of any length. */
export function shorten(text: string, longest = 160): string {
  const line = text.trim().split(/\s*\n/)[0]!.replaceAll(/\s+/g, ' ')
  return line.length <= longest ? line : `${line.slice(0, longest - 1).trimEnd()}…`
}
