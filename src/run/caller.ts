import type { Identity } from '../identity/identity.ts'
import { printJson } from '../json-text.ts'

/** Who asks, as a text that nobody else has; undefined where nobody proved who he is. */
export function callerOf(identity: Identity | undefined): string | undefined {
  if (!identity) return undefined
  const { owner, subject, claims } = identity
  // Of who has no name, all that was signed says who he is.
  return printJson([owner, subject ?? claims])
}
