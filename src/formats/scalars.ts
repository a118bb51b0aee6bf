import { isNumber } from '../numbers.ts'

/** A text, number or boolean as text; undefined for anything else. */
export function textOfScalar(value: unknown): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed()
  return typeof value === 'boolean' || isNumber(value) ? String(value) : undefined
}

/**
 * The texts of a list, also of lists in it; what is absent or null is left out. Undefined where something in it is no
 * single value.
 */
export function textsOfList(list: readonly unknown[]): string[] | undefined {
  const texts: string[] = []
  for (const element of list) {
    if (element === undefined || element === null) continue
    const text = Array.isArray(element) ? textsOfList(element) : textOfScalar(element)
    if (text === undefined) return undefined
    if (typeof text === 'string') texts.push(text)
    else for (const one of text) texts.push(one)
  }
  return texts
}
