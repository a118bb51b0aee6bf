import * as z from 'zod'
import { headersShape } from '../../binding/headers.ts'
import { colorKey, meaning, template } from '../../binding/scalars.ts'
import type { PolicyKinds } from '../../calls/policy.ts'
import { createOperationShapes, inlineOperationShape } from '../../operations/operation.ts'
import { addPolicyKeys, policyKeysOn } from '../../operations/policies/keys.ts'
import { fallbackShape } from '../../operations/policies/shapes.ts'
import { useShape } from '../../operations/use.ts'
import { compensateShape } from './compensate.ts'

const target = (inline: typeof inlineOperationShape) =>
  z.union([meaning(z.string(), 'operation'), inline]).describe('`service.operation`, or an operation written in place.')

export const invokeShape = z.strictObject({
  invoke: target(inlineOperationShape),
  with: z.record(colorKey, template).optional().describe('Color: template, in place of the wiring.'),
  use: useShape.optional(),
  headers: headersShape
    .optional()
    .describe('Headers to send with this call: templates. They win over those of its operation.'),
  out: z
    .record(z.string(), template)
    .optional()
    .describe('Color: template over what the call gives, in place of the operation’s own outputs.'),
  ...policyKeysOn('step'),
  optional: z.boolean().default(false).describe('On failure its outputs stay absent and the route goes on.'),
  fallback: fallbackShape.optional(),
  compensate: compensateShape.optional(),
})

/** The same by the policies that there are. */
export function createInvokeShape(kinds: PolicyKinds): typeof invokeShape {
  const { inStep } = createOperationShapes(kinds)
  return addPolicyKeys(invokeShape, 'step', kinds).safeExtend({ invoke: target(inStep) })
}

export type InvokeConfig = z.output<typeof invokeShape>
