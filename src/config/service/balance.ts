import * as z from 'zod'
import { colorKey } from '../../binding/scalars.ts'
import type { BalancerKind } from '../../endpoints/balancers/balancer.ts'
import { balancers } from '../../endpoints/balancers/index.ts'

/** How calls are spread, and on which color. */
export interface Balance {
  readonly kind: BalancerKind
  readonly on: string | undefined
}

/** `balance:` by one of these kinds. */
export function createBalanceShape(kinds: ReadonlyMap<string, BalancerKind>) {
  const names = z.enum([...kinds.keys()] as [string, ...string[]])
  return z
    .union([
      names,
      z.strictObject({
        kind: names.describe('One of the balancers.'),
        on: colorKey.optional().describe('The color whose value decides (`consistent-hash`).'),
      }),
    ])
    .transform((balance): Balance => {
      const { kind, on } = typeof balance === 'string' ? { kind: balance } : balance
      return { kind: kinds.get(kind)!, on }
    })
    .superRefine(({ kind: { name, needsColor }, on }, context) => {
      if (needsColor === (on !== undefined)) return
      const message = needsColor ? `\`${name}\` chooses by the value of a color` : `\`${name}\` chooses by no color`
      const help = needsColor ? `write it like { kind: ${name}, on: user.id }` : 'leave `on` away'
      context.addIssue({ code: 'custom', message, params: { help } })
    })
    .prefault('round-robin')
    .describe('How calls are spread over endpoints.')
}

export const balanceShape = createBalanceShape(balancers)

/** Where there are kinds of which nothing is known: any name may be one's, and nothing can be made of it. */
export const openBalanceShape = z
  .union([z.string(), z.looseObject({ kind: z.string() })])
  .transform((): Balance => ({ kind: balancers.get('round-robin')!, on: undefined }))
  .prefault('round-robin')
