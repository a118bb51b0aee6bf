import * as z from 'zod'
import { condition } from '../binding/scalars.ts'
import { authRuleShape } from '../identity/access.ts'
import { adminListenShape } from './listen.ts'

/** What somebody may do at the admin listener: each what those before it may, too. */
export const adminRoles = ['viewer', 'editor', 'admin'] as const
export type AdminRole = (typeof adminRoles)[number]

const named = z.array(z.string().min(1)).default([])
const adminRolesShape = z.strictObject({
  viewer: named.describe('Roles that see.'),
  editor: named.describe('Roles that reload, too.'),
  admin: named.describe('Roles that may all: purge as well.'),
})

const hostName = z
  .string()
  .refine((name) => /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/i.test(name), 'not the name of a host, without a port')
  .transform((name) => name.toLowerCase())

/** The listener for people and machines who look after the gateway. */
export const adminShape = z
  .strictObject({
    listen: adminListenShape.prefault(9900),
    hosts: z
      .array(hostName)
      .default([])
      .describe('Names that it is asked by. To addresses and `localhost` it answers anyway, to other names never.'),
    auth: authRuleShape
      .refine((rule) => rule !== 'none', 'whoever reaches it is asked who he is, or it is left away')
      .optional()
      .describe(
        'Who may ask it for more than health and metrics. Without it nobody may, but from this machine where it is bound to that.',
      ),
    roles: adminRolesShape.optional().describe('Whose roles may what, beside `auth`.'),
    audit: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A file to which is written who changes what here, a JSON document a line, as the log has it; what cannot be written down is not done.',
      )
      .meta({ examples: ['./data/audit.ndjson'] }),
    debug: condition
      .optional()
      .describe(
        'CEL on the claims and the request of a route: of whom it is true `Tessera-Record: 1` and `Tessera-Lineage: 1` are heeded, of others never.',
      )
      .meta({ examples: ["'debug' in auth.roles"] }),
    metrics: z.literal('viewer').optional().describe('`viewer`: metrics are for those alone, too.'),
  })
  .superRefine(({ auth, roles, metrics }, context) => {
    const tell = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
    if (auth !== undefined && roles === undefined) tell('auth', '`roles` beside it says who may what')
    if (auth === undefined && roles !== undefined) tell('roles', 'nobody is asked who he is: `auth` is missing')
    if (auth === undefined && metrics !== undefined) tell('metrics', 'nobody is asked who he is: `auth` is missing')
  })
  .prefault({})
  .describe('The listener for people and machines who look after the gateway: health, metrics, configuration.')
