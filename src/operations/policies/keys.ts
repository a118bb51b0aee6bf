import * as z from 'zod'
import type { PolicyKind, PolicyKinds } from '../../calls/policy.ts'
import type { PolicyOwner } from '../../calls/policy-binding.ts'
import { policyKinds } from './index.ts'

type Kind = (typeof policyKinds)[number]

/** The keys of the policies that may be declared there. */
export type PolicyKeys<Owner extends PolicyOwner> = {
  [Each in Kind as Owner extends Each['on'][number] ? Each['name'] : never]: z.ZodOptional<
    z.ZodType<z.output<Each['shape']> | false>
  >
}

/** Of what is built in. */
export function policyKeysOn<Owner extends PolicyOwner>(owner: Owner): PolicyKeys<Owner> {
  return keysOf(policyKinds, owner) as PolicyKeys<Owner>
}

/** A mapping with the keys of these kinds too, of which those that are built in are there already. */
export function addPolicyKeys<Shape extends z.ZodObject>(shape: Shape, owner: PolicyOwner, kinds: PolicyKinds): Shape {
  const added = kinds.filter(({ name }) => !Object.hasOwn(shape.shape, name))
  const wider = shape.safeExtend(keysOf(added, owner))
  return (kinds.isWhole === false ? wider.loose() : wider).meta(shape.meta() ?? {}) as unknown as Shape
}

function keysOf(kinds: readonly PolicyKind[], owner: PolicyOwner): Record<string, z.ZodOptional> {
  const keys = kinds.filter(({ on }) => on.includes(owner)).map((kind) => [kind.name, keyShape(kind).optional()])
  return Object.fromEntries(keys)
}

function keyShape({ shape, off }: PolicyKind): z.ZodType {
  if (!off) return shape
  const { description } = z.globalRegistry.get(shape) ?? {}
  return z.union([z.literal(false), shape]).meta({ description: `${description} \`false\`: not here.` })
}
