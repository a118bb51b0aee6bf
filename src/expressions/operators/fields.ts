import { didYouMean, suggest } from '../../diagnostics/suggest.ts'
import { isObject } from '../container.ts'
import type { OperatorParser } from '../template/nodes.ts'

type Fields = Readonly<Record<string, unknown>>

/** The keys inside an operator's own object: `{ $sort: { of, by } }`. Undefined where it is none, or lacks some. */
export function parseFields(
  operator: string,
  value: unknown,
  { needed, optional = [] }: { readonly needed: readonly string[]; readonly optional?: readonly string[] },
  parser: OperatorParser,
): Fields | undefined {
  const all = [...needed, ...optional]
  const quote = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')
  if (!isObject(value)) {
    parser.fault('invalid-value', `\`${operator}\` is an object of ${all.join(', ')}`, [operator])
    return undefined
  }
  const unknown = Object.keys(value).filter((key) => !all.includes(key))
  for (const key of unknown)
    parser.fault('unknown-operator', `\`${operator}\` has no key \`${key}\``, [operator, key], didYouMean(key, all))
  const missing = needed.filter((key) => !Object.hasOwn(value, key))
  // One that is misspelt is told already.
  const untold = missing.filter((name) => !unknown.some((key) => suggest(key, all) === name))
  if (untold.length > 0) parser.fault('missing-key', `\`${operator}\` lacks ${quote(untold)}`, [operator])
  return missing.length > 0 ? undefined : value
}

/** One of some words; undefined where it is another, which is reported. */
export function parseWord<Word extends string>(
  name: string,
  value: unknown,
  words: readonly Word[],
  parser: OperatorParser,
  ...path: string[]
): Word | undefined {
  if (words.includes(value as Word)) return value as Word
  const listed = words.map((word) => `\`${word}\``).join(' or ')
  parser.fault('invalid-value', `\`${name}\` is ${listed}`, path, didYouMean(String(value), words))
  return undefined
}
