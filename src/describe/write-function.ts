import type { CelFunction } from '../expressions/expression.ts'

const words: Readonly<Record<string, string>> = { double: 'number', map: 'object', bool: 'boolean', string: 'text' }

/** How a function of CEL is called: `text.substring(number, number)`. */
export function writeFunction({ name, form, takes, isVariadic }: CelFunction): string {
  const given = takes.map((kinds) => kinds.map((kind) => words[kind] ?? kind).join('|') || 'value')
  if (isVariadic) given.push('…')
  return form === 'method' ? `${given[0]}.${name}(${given.slice(1).join(', ')})` : `${name}(${given.join(', ')})`
}

/** What it gives; undefined where that is as what it is given. */
export function writeResult({ gives }: CelFunction): string | undefined {
  return typeof gives === 'function' ? undefined : (words[gives.kind] ?? gives.kind)
}
