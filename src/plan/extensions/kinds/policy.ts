import * as z from 'zod'
import { definePolicy as defineKind, type PolicyKind } from '../../../calls/policy.ts'
import type { PolicyOwner } from '../../../calls/policy-binding.ts'
import { metersOf } from '../../../calls/policy-events.ts'
import { serviceShape } from '../../../config/service.ts'
import { definitionOf } from '../../../definition.ts'
import { inlineOperationShape } from '../../../operations/operation.ts'
import { policyKinds } from '../../../operations/policies/index.ts'
import { stepKinds } from '../../../steps/index.ts'
import { createMetrics } from '../../../telemetry/metrics.ts'
import { guardPolicy } from '../guard-policy.ts'
import { type Defined, defineExtensionKind } from './kind.ts'
import { functionValue, zodType } from './parts.ts'

type BuiltIn = (typeof policyKinds)[number]['name']
const builtInNames = policyKinds.map(({ name }) => name) as [BuiltIn, ...BuiltIn[]]

/** Where a policy of an extension stands. */
export interface PolicyPlace {
  /**
   * The policy of the gateway's own that it stands around, directly but for those that were defined after it for the
   * same place. `limit` unless given: so it is inside of `retry`, around each attempt.
   */
  readonly outside?: BuiltIn
}

/** Defines a kind of policy around calls, its config's type taken from its shape, or from what it binds, its state's from what it shares. */
export function definePolicy<
  const Name extends string,
  Shape extends z.ZodType,
  const Owners extends PolicyOwner,
  Config = z.output<Shape>,
  State = undefined,
>(
  definition: PolicyKind<Name, Shape, Owners, Config, State> & PolicyPlace,
): Defined<PolicyKind<Name, Shape, Owners, Config, State> & PolicyPlace> {
  return { ...defineKind(definition), ...definition, [definitionOf]: 'policy' }
}

const labelName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'small letters, digits and _')

const form = z
  .looseObject({
    name: z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a policy is named by letters and digits'),
    on: z.array(z.enum(['service', 'operation', 'step'])).min(1),
    shape: zodType,
    off: z.boolean().optional(),
    outside: z.enum(builtInNames).optional(),
    bind: functionValue.optional(),
    misfit: functionValue.optional(),
    errorCodes: functionValue.optional(),
    shared: z.looseObject({ key: functionValue, open: functionValue, close: functionValue.optional() }).optional(),
    wrap: functionValue,
    ahead: functionValue.optional(),
    answerUse: functionValue.optional(),
    impliedBy: z.strictObject({ name: z.string(), config: z.unknown() }).optional(),
    events: z
      .strictObject({
        help: z.string(),
        label: labelName.refine((label) => label !== 'service' && label !== 'operation', 'it has that one').optional(),
        values: z.array(z.string()).optional(),
      })
      .optional(),
    gauge: z.strictObject({ name: labelName, help: z.string() }).optional(),
    caption: functionValue,
    drawing: functionValue.optional(),
    copiesTo: functionValue.optional(),
    worst: functionValue.optional(),
    requests: functionValue.optional(),
    example: z.string(),
  })
  .superRefine(({ name, events, gauge }, context) => {
    const meters = metersOf([{ name, ...(events && { events: { help: events.help } }), ...(gauge && { gauge }) }])
    const taken = meters.length === 0 ? [] : createMetrics(metersOf(policyKinds)).names
    for (const { name: metric } of meters) {
      if (taken.includes(metric))
        context.addIssue({ code: 'custom', path: ['name'], message: `\`${metric}\` is a metric of the gateway itself` })
    }
  }) as unknown as z.ZodType<PolicyKind & PolicyPlace>

export const policyExtension = defineExtensionKind<PolicyKind & PolicyPlace>({
  kind: 'policy',
  word: 'policy',
  form,
  nameOf: ({ name }) => name,
  taken: new Set([
    ...[
      serviceShape,
      inlineOperationShape,
      ...[...stepKinds.values()].map(({ shape }) => shape as z.ZodObject),
    ].flatMap(({ shape }) => Object.keys(shape)),
    'id',
    'when',
  ]),
  clash: ({ name }, { steps }) => (steps.has(name) ? name : undefined),
  add({ outside = 'limit', ...kind }, origin, { policies }) {
    const place = policies.findIndex(({ name }) => name === outside)
    policies.splice(place, 0, guardPolicy(kind, origin))
  },
})
