import * as z from 'zod'
import { template } from '../../binding/scalars.ts'
import { inlineOperationShape } from '../../operations/operation.ts'
import { policyKeysOn } from '../../operations/policies/keys.ts'
import { fallbackShape } from '../../operations/policies/shapes.ts'

export const invokeShape = z.strictObject({
  invoke: z
    .union([z.string(), inlineOperationShape])
    .describe('`service.operation`, or an operation written in place.'),
  with: z.record(z.string(), template).optional().describe('Color: template, in place of the wiring.'),
  ...policyKeysOn('step'),
  optional: z.boolean().default(false).describe('On failure its outputs stay absent and the route goes on.'),
  fallback: fallbackShape.optional(),
})

export type InvokeConfig = z.output<typeof invokeShape>
