import * as z from 'zod'
import type { PolicyKind } from '../../calls/policy.ts'
import type { PolicyOwner } from '../../calls/policy-binding.ts'
import { policyKinds } from './index.ts'

type Kind = (typeof policyKinds)[number]

/** The keys of the policies that may be declared there. */
export type PolicyKeys<Owner extends PolicyOwner> = {
  [Each in Kind as Owner extends Each['on'][number] ? Each['name'] : never]: z.ZodOptional<
    z.ZodType<z.output<Each['shape']> | false>
  >
}

export function policyKeysOn<Owner extends PolicyOwner>(owner: Owner): PolicyKeys<Owner> {
  const kinds: readonly PolicyKind[] = policyKinds
  const keys = kinds
    .filter(({ on }) => on.includes(owner))
    .map((kind) => [kind.name, keyShape(kind).optional()] as const)
  return Object.fromEntries(keys) as PolicyKeys<Owner>
}

function keyShape({ shape, off }: PolicyKind): z.ZodType {
  if (!off) return shape
  const { description } = z.globalRegistry.get(shape) ?? {}
  return z.union([z.literal(false), shape]).meta({ description: `${description} \`false\`: not here.` })
}
