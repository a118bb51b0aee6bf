import * as z from 'zod'
import { headersShape } from '../binding/headers.ts'
import type { PolicyKinds } from '../calls/policy.ts'
import { policyKinds } from '../operations/policies/index.ts'
import { addPolicyKeys } from '../operations/policies/keys.ts'

const headers = z
  .strictObject({
    headers: headersShape.optional().describe('Sent with every call; those said nearer win by their names.'),
  })
  .meta({ description: 'Policies around calls, and headers.' })

/** What may be said once of calls, by the policies that there are. */
export function createCallSetShape(kinds: PolicyKinds) {
  return addPolicyKeys(headers, 'operation', kinds)
}

export const callSetShape = createCallSetShape(policyKinds)

export type CallSet = z.output<typeof callSetShape> & Readonly<Record<string, unknown>>
