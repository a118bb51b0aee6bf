import { isNumber, type JsonNumber, ofWhole } from '../../../numbers.ts'
import { Opaque } from '../../../opaque.ts'
import { computable } from '../../arithmetic.ts'
import { isContainer } from '../../container.ts'
import { spend, spendOnText } from '../../work.ts'
import { compareTexts } from '../code-points.ts'
import { entriesOf } from '../keyed-map.ts'
import { fail } from '../scope.ts'
import { Duration, Timestamp } from '../time.ts'
import { nameOfValue } from '../types.ts'
import { maxTextLength } from './define.ts'

const clause = /%(?:\.(\d{1,3}))?(.?)/gsu
const letters = 'sdfeboxX%'
const mostDecimals = 100

/** What is wrong with a text that is known at load. */
export function refuseClauses(clauses: unknown): string | undefined {
  if (typeof clauses !== 'string') return undefined
  for (const [whole, decimals, letter] of clauses.matchAll(clause)) {
    if (letter === '' || !letters.includes(letter!)) return `format() has no \`${whole}\``
    if (Number(decimals ?? 0) > mostDecimals) return `format() writes at most ${mostDecimals} decimals`
  }
  return undefined
}

/** CEL's `format`: clauses as those of printf, filled in order. */
export function writeFormat(clauses: string, values: readonly unknown[]): string {
  const wrong = refuseClauses(clauses)
  if (wrong !== undefined) fail(wrong)
  let next = 0
  let length = 0
  return clauses.replace(clause, (_, decimals: string | undefined, letter: string) => {
    if (letter === '%') return '%'
    if (next >= values.length) fail('format() has more clauses than values')
    const written = writeClause(letter, values[next++], Number(decimals ?? 6))
    length += written.length
    spend(1)
    spendOnText(written.length)
    return length > maxTextLength ? fail('text grew too long') : written
  })
}

function writeClause(letter: string, value: unknown, decimals: number): string {
  switch (letter) {
    case 's':
      return writeText(value)
    case 'd':
      return whole(letter, value).toString()
    case 'f':
      return writeFixed(numeric(letter, value), decimals)
    case 'e':
      return Number(numeric(letter, value))
        .toExponential(decimals)
        .replace(/e([+-])(\d)$/, 'e$10$2')
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : whole(letter, value).toString(2)
    case 'o':
      return whole(letter, value).toString(8)
    default: {
      const hex = typeof value === 'string' ? Buffer.from(value).toString('hex') : whole(letter, value).toString(16)
      return letter === 'X' ? hex.toUpperCase() : hex
    }
  }
}

function numeric(letter: string, value: unknown): number | bigint {
  return isNumber(value)
    ? computable(value as JsonNumber)
    : fail(`\`%${letter}\` does not take a ${nameOfValue(value)}`)
}

function whole(letter: string, value: unknown): number | bigint {
  const amount = numeric(letter, value)
  return typeof amount === 'bigint' || Number.isInteger(amount)
    ? ofWhole(BigInt(amount))!
    : fail(`\`%${letter}\` takes whole numbers`)
}

/** To the nearest, halves to the even: JavaScript takes the larger of two that are as near. */
function writeFixed(amount: number | bigint, decimals: number): string {
  if (typeof amount === 'bigint' || Math.abs(amount) >= 1e21)
    return BigInt(amount).toString() + (decimals > 0 ? `.${'0'.repeat(decimals)}` : '')
  const nearest = amount.toFixed(decimals)
  const exact = amount.toFixed(mostDecimals)
  const cut = exact.length - mostDecimals + decimals
  if (!/^50*$/.test(exact.slice(cut))) return nearest
  const below = exact.slice(0, decimals === 0 ? cut - 1 : cut)
  return /[02468]$/.test(below) ? below : nearest
}

function writeText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Timestamp || value instanceof Duration) return value.toJSON()
  if (value instanceof Opaque) return fail('a file is no text')
  if (!isContainer(value)) return String(value)
  spend(1)
  if (Array.isArray(value)) return `[${value.map(writeText).join(', ')}]`
  const members = entriesOf(value).filter(([, member]) => member !== undefined)
  return `{${members
    .sort(([one], [other]) => compareTexts(one, other))
    .map(([name, member]) => `${name}: ${writeText(member)}`)
    .join(', ')}}`
}
