import * as z from 'zod'
import { liveText, secretMembers, timeSpan } from '../../../binding/scalars.ts'
import { placesShape } from '../../credential.ts'
import { isSafeOrigin } from '../../fetch-json.ts'

/** `introspect:` */
export const introspectShape = z
  .strictObject({
    url: z
      .string()
      .refine(isSafeOrigin, 'who knows tokens is asked over https, or on this machine')
      .describe('Who knows them: an introspection endpoint.'),
    clientId: z.string().min(1).describe('Who asks it.'),
    ...secretMembers({ clientSecret: liveText().describe('How it knows who asks, of `${file:…}`.') }),
    cache: timeSpan
      .default(30_000)
      .describe('How long a good token is known: so long one that is revoked still lets in.'),
    issuer: z.string().min(1).optional().describe('Who gave it out: `iss`, to the letter, which then has to be there.'),
    audience: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe('For whom: one of these stands in `aud`, which then has to be there.'),
    clockSkew: timeSpan.default(30_000).describe('How far its clock and ours may differ.'),
    roles: z.string().min(1).optional().describe('Where the roles stand: `realm_access.roles`. `roles` unless given.'),
    from: placesShape('header.authorization'),
  })
  .meta({ description: 'Tokens that only whoever gave them out can tell anything of (RFC 7662).' })

export type IntrospectSettings = z.output<typeof introspectShape>
