import type { Language } from '../../binding/color.ts'
import { checkListedCodes } from '../../binding/error-codes.ts'
import { type Position, within } from '../../binding/shape.ts'
import type { PolicyKind } from '../../calls/policy.ts'
import { policyKinds } from './index.ts'

/** Warns of codes that policies list and no call fails with; `named` are those that its service names. */
export function checkPolicyCodes(
  values: Readonly<Record<string, unknown>>,
  named: Iterable<string>,
  position: Position,
  language: Language,
): void {
  const kinds: readonly PolicyKind[] = policyKinds
  for (const kind of kinds) {
    const config = values[kind.name]
    if (config === undefined || config === false || !kind.errorCodes) continue
    checkListedCodes(kind.errorCodes(config), named, within(position, kind.name, 'on'), language)
  }
}
