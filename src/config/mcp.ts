import * as z from 'zod'
import { authRuleShape } from '../identity/access.ts'
import { isSafeOrigin } from '../identity/fetch-json.ts'

const defaultPath = '/mcp'

const keys = z.strictObject({
  path: z
    .string()
    .regex(/^(?:\/[\w.~-]+)+$/, 'it is a path of letters, digits and . _ ~ -')
    .default(defaultPath)
    .describe('Where it is asked for.'),
  auth: authRuleShape.optional().describe('Who may ask; `defaults.auth` unless given. Each tool asks for itself, too.'),
  resource: z
    .string()
    .refine(isSafeOrigin, 'it is no URL of https, or of this machine')
    .optional()
    .describe('Its URL, which clients ask tokens for (RFC 9728): `publicUrl` and `path` unless given.'),
  origins: z
    .array(z.string().regex(/^https?:\/\/[^/?#\s]+$/, 'an origin is like https://app.example.com'))
    .default([])
    .describe('Whose pages may ask; others are refused, whatever name they found this address by.'),
})

/** `mcp:` */
export const mcpShape = z
  .union([z.boolean(), keys])
  .transform((value): z.output<typeof keys> | undefined =>
    value === false ? undefined : value === true ? { path: defaultPath, origins: [] } : value,
  )
  .optional()
  .meta({
    description: 'Offers routes with `tool` to models as tools (Model Context Protocol, Streamable HTTP).',
    examples: [true, { path: '/mcp', auth: 'user' }],
  })

/** Where the metadata of a protected resource stands (RFC 9728 section 3.1). */
export const metadataPathOf = (path: string) => `/.well-known/oauth-protected-resource${path}`
