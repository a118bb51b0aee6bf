import { type Origin, UnfitValue } from '../binding/unfit-value.ts'
import { spend } from '../expressions/work.ts'
import { textsOfList } from '../formats/scalars.ts'
import { isHeaderValue } from '../header-fields.ts'
import { textOf } from './path-template.ts'

/**
 * A value as that of a header; undefined for one that is absent, or a list of nothing. A list is as many headers in one
 * (RFC 9110 section 5.3).
 * @throws UnfitValue
 */
export function headerText(value: unknown, origin: Origin): string | undefined {
  if (value === undefined || value === null) return undefined
  const text = Array.isArray(value) ? joinList(value, origin) : textOf(value, origin)
  if (text !== undefined && !isHeaderValue(text))
    throw new UnfitValue(`${origin.name} cannot stand in a header`, [origin])
  return text
}

function joinList(list: readonly unknown[], origin: Origin): string | undefined {
  spend(list.length)
  const texts = textsOfList(list)
  if (!texts) throw new UnfitValue(`${origin.name} is not a list of single values`, [origin])
  return texts.length === 0 ? undefined : texts.join(', ')
}
