import * as z from 'zod'
import { balancers } from '../../backends/balancers/index.ts'
import { colorKey } from '../../language/scalars.ts'

/** How calls are spread, and on which color. */
export interface Balance {
  readonly kind: string
  readonly on: string | undefined
}

const names = z.enum([...balancers.keys()] as [string, ...string[]])

/** `balance:` */
export const balanceShape = z
  .union([
    names,
    z.strictObject({
      kind: names.describe('One of the balancers.'),
      on: colorKey.optional().describe('The color whose value decides (`consistent-hash`).'),
    }),
  ])
  .transform(
    (balance): Balance =>
      typeof balance === 'string' ? { kind: balance, on: undefined } : { on: undefined, ...balance },
  )
  .superRefine(({ kind, on }, context) => {
    const { needsColor } = balancers.get(kind)!
    if (needsColor === (on !== undefined)) return
    const message = needsColor ? `\`${kind}\` chooses by the value of a color` : `\`${kind}\` chooses by no color`
    const help = needsColor ? `write it like { kind: ${kind}, on: user.id }` : 'leave `on` away'
    context.addIssue({ code: 'custom', message, params: { help } })
  })
  .prefault('round-robin')
  .describe('How calls are spread over endpoints.')
