import type { BoundTemplate } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import type { Read, Reference } from '../binding/reference.ts'
import { isCredential } from '../redaction.ts'
import type { BoundOperation } from './bound-operation.ts'

/** The headers of an operation whose values come from a secret color, or from a credential of the client. */
export function findSecretHeaders(
  { inputs, headers }: Pick<BoundOperation, 'inputs' | 'headers'>,
  overrides: ReadonlyMap<string, BoundTemplate>,
  colors: Language['colors'],
): string[] {
  const isSecretColor = (color: string) => colors.get(color)?.sensitivity === 'secret'
  const isSecret = ({ reference }: Read) => readsSecret(reference, isSecretColor)
  const found = new Set<string>()
  for (const { color, locator } of inputs) {
    if (locator.in === 'header' && (isSecretColor(color) || overrides.get(color)?.reads.some(isSecret)))
      found.add(locator.name)
  }
  for (const { name, value } of headers) if (value.reads.some(isSecret)) found.add(name)
  return [...found]
}

function readsSecret(reference: Reference, isSecretColor: (color: string) => boolean): boolean {
  switch (reference.kind) {
    case 'color':
      return isSecretColor(reference.color)
    case 'colors':
      return reference.colors.some(isSecretColor)
    case 'request':
      return reference.rest[0] === 'cookies' || isCredential(String(reference.rest[1] ?? ''))
    case 'everything':
      return true
    case 'outside':
      return reference.outside.from === 'file'
    default:
      return false
  }
}
