import * as z from 'zod'
import { condition } from '../binding/scalars.ts'
import { authRuleShape } from '../identity/access.ts'

const grants = (grant: z.ZodString) => z.array(grant).min(1)
/** RFC 6749 section 3.3. */
const scope = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'a scope has visible characters, no quotes and no backslash')

/** What who asks a route needs beyond being known; of a route and the presets that it uses all of it holds. */
export const grantKeys = {
  scopes: grants(scope).optional().describe('What has to be granted: all of these, in `scope` or `scp`. Else 403.'),
  roles: grants(z.string().min(1)).optional().describe('What who asks has to be: one of these. Else 403.'),
  allow: condition
    .optional()
    .describe('CEL on claims, the request without its body, and inputs: true lets in, all else is 403.'),
}

/** The same of a preset, and who may ask at all: it only ever narrows that. */
export const accessSetKeys = {
  auth: authRuleShape
    .refine(
      (rule) => rule !== 'none' && !rule.optional,
      'a preset opens nothing: a route itself says that everybody may',
    )
    .optional()
    .describe('Who may ask, where a route says nothing itself: a scheme of `auth`, or several. Not `none`.'),
  ...grantKeys,
}
