import { isNumber, keyOfNumber } from '../numbers.ts'
import { computable } from './arithmetic.ts'
import { isContainer } from './container.ts'
import { entriesOf } from './expression/keyed-map.ts'
import { spend, spendOnKeys, spendOnText } from './work.ts'

/** Begins the key of what is no scalar, so that no text is one. */
const mark = '\u0000'

/** What equal values have in common, and no others, as keys of a Map or a Set; it spends what looking at them takes. */
export function keyOfValue(value: unknown): unknown {
  spendOnKeys(1)
  if (typeof value === 'string') {
    spendOnText(value.length)
    return value.startsWith(mark) ? mark + value : value
  }
  if (isNumber(value)) return keyOfNumber(computable(value))
  return isContainer(value) ? `${mark}:${print(value)}` : value
}

function print(value: unknown): string {
  spend(1)
  if (typeof value === 'string') {
    spendOnText(value.length)
    return textOf(value)
  }
  if (isNumber(value)) return String(keyOfNumber(computable(value)))
  if (!isContainer(value)) return String(value)
  if (Array.isArray(value)) {
    let text = '['
    for (const item of value) text += `${print(item)},`
    return `${text}]`
  }
  // Timestamps and durations are told by their type and amount.
  const amount = value.valueOf()
  if (typeof amount === 'number' || typeof amount === 'bigint') return `${value.constructor.name}(${amount})`
  const members = entriesOf(value).filter(([, member]) => member !== undefined)
  members.sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${textOf(name)}${print(member)}`).join()}}`
}

/** Told by its length where it ends, it needs no quotes. */
const textOf = (text: string) => `"${text.length}:${text}`
