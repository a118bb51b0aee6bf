import type { BoundTemplate } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import type { Read, Reference } from '../binding/reference.ts'
import { isCredential } from '../redaction.ts'
import type { BoundOperation } from './bound-operation.ts'

/** What of an operation's request is a credential: it comes from a secret color, a variable of the environment, or a credential of the client. */
export function findSecrets(
  { inputs, headers, body }: Pick<BoundOperation, 'inputs' | 'headers' | 'body'>,
  overrides: ReadonlyMap<string, BoundTemplate>,
  colors: Language['colors'],
): { readonly secretHeaders: readonly string[]; readonly hasSecretBody: boolean } {
  const isSecretColor = (color: string) => colors.get(color)?.sensitivity === 'secret'
  const isSecret = ({ reference }: Read) => readsSecret(reference, isSecretColor)
  const secretHeaders = new Set<string>()
  let hasSecretBody = body?.reads.some(isSecret) ?? false
  for (const { color, locator } of inputs) {
    if (!isSecretColor(color) && !overrides.get(color)?.reads.some(isSecret)) continue
    if (locator.in === 'header') secretHeaders.add(locator.name)
    if (locator.in === 'body') hasSecretBody = true
  }
  for (const { name, value, namesVariables } of headers)
    if (namesVariables || value.reads.some(isSecret)) secretHeaders.add(name)
  return { secretHeaders: [...secretHeaders], hasSecretBody }
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
