import * as z from 'zod'
import { meaning } from '../binding/scalars.ts'

/** Which schemes a request has to satisfy. */
export interface AuthRule {
  /** One of them, the first whose credential is there; or every one. */
  readonly mode: 'any' | 'all'
  readonly schemes: readonly string[]
  /** Whether who brings no credential passes too. */
  readonly optional: boolean
}

const scheme = meaning(z.string().min(1), 'scheme')
const schemes = z.array(scheme).min(1)
const any = (names: readonly string[], optional = false): AuthRule => ({ mode: 'any', schemes: names, optional })

/** `auth:` of a route and of `defaults`. */
export const authRuleShape = z
  .union([
    scheme.describe('The name of a scheme; `none`: everybody.'),
    schemes.describe('Any of these: the first whose credential is there decides alone.'),
    z.strictObject({
      any: schemes.describe('As a list.'),
      optional: z.boolean().default(false).describe('Who brings no credential passes too; a bad one is 401 still.'),
    }),
    z.strictObject({ all: schemes.describe('Every one of these; who asks is told by the last.') }),
  ])
  .transform((rule): AuthRule | 'none' => {
    if (rule === 'none') return rule
    if (typeof rule === 'string') return any([rule])
    if (Array.isArray(rule)) return any(rule)
    return 'all' in rule ? { mode: 'all', schemes: rule.all, optional: false } : any(rule.any, rule.optional)
  })
  .meta({ description: 'Who may ask: a scheme of `auth` in the gateway’s file, several, or `none`.' })
