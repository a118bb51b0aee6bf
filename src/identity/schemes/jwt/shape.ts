import * as z from 'zod'
import { liveText, secretMembers, timeSpan } from '../../../binding/scalars.ts'
import { placesShape } from '../../credential.ts'
import { isSafeOrigin } from '../../fetch-json.ts'
import { isFileName } from '../../scheme.ts'

/** Whose keys verify, and whose key signs: with a secret both could. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
const defaultAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const

/** RFC 7518 section 3.2: a key of HS256 has 256 bits at least. */
export const leastSecretBytes = 32

/** How tokens of an issuer are believed, whoever brings them. */
export const believedShape = {
  algorithms: z
    .array(z.enum(algorithms))
    .min(1)
    .default([...defaultAlgorithms])
    .describe('Those that are believed.'),
  clockSkew: timeSpan.default(30_000).describe('How far its clock and ours may differ.'),
  roles: z.string().min(1).optional().describe('Where the roles stand: `realm_access.roles`. `roles` unless given.'),
  refresh: timeSpan.default(600_000).describe('How often keys are fetched again.'),
}

/** `jwt:` */
export const jwtShape = z
  .strictObject({
    issuer: z.string().min(1).describe('Who signs: `iss`, to the letter.'),
    audience: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe('For whom: one of these stands in `aud`. `any`: that is not looked at.'),
    jwks: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Its keys: a URL, or a file, from the one that says so. Found by discovery at the issuer unless given.',
      ),
    ...secretMembers({
      secret: liveText(z.string())
        .optional()
        .describe('What HS256 is signed with, in place of keys: 32 bytes at least, of `${file:…}`.'),
    }),
    type: z.string().min(1).optional().describe('What `typ` has to be: `at+jwt` for access tokens (RFC 9068).'),
    required: z.array(z.string().min(1)).default([]).describe('Claims that have to be there, beside `exp`.'),
    ...believedShape,
    from: placesShape('header.authorization'),
  })
  .superRefine(({ issuer, jwks, secret, algorithms: believed }, context) => {
    const refuse = (key: string, message: string, help?: string) =>
      context.addIssue({ code: 'custom', path: [key], message, params: { help } })
    if (secret !== undefined) {
      if (jwks !== undefined) refuse('jwks', 'what is signed with a `secret` has no keys')
      if (believed.join() !== defaultAlgorithms.join())
        refuse('algorithms', 'a `secret` is for HS256, and for that alone')
      if (typeof secret === 'string' && Buffer.byteLength(secret) < leastSecretBytes)
        refuse('secret', 'a secret has 32 bytes at least: a shorter one can be guessed')
    } else if (jwks === undefined && !isSafeOrigin(issuer)) {
      refuse('issuer', 'its keys cannot be found: it is no URL of https', 'say where they are: `jwks`')
    } else if (jwks !== undefined && !isFileName(jwks) && !isSafeOrigin(jwks)) {
      refuse('jwks', 'keys come over https, or from this machine')
    }
  })
  .meta({ description: 'Tokens that somebody else signs (RFC 7519).' })

export type JwtSettings = z.output<typeof jwtShape>
