import { spend, spendOnText } from '../../expressions/work.ts'

/** What an extension made is counted as if the gateway had: one for each element or member, and each KB of text. */
export function spendOnResult(value: unknown): void {
  if (typeof value === 'string') spendOnText(value.length)
  else if (typeof value === 'object' && value !== null) spend(widthOf(value))
}

function widthOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length
}
