import * as z from 'zod'
import { liveText, secretMembers, timeSpan } from '../../../binding/scalars.ts'
import { isSafeOrigin } from '../../fetch-json.ts'
import { believedShape } from '../jwt/shape.ts'

/** What cookies are sealed with has as many random bits as the key that is made of it, or more. */
export const leastKeyBytes = 32

const secret = liveText()
const cookieKey = secret.refine(
  (key) => typeof key !== 'string' || Buffer.byteLength(key) >= leastKeyBytes,
  'a key has 32 bytes at least: a shorter one can be guessed',
)

/** `oidc:` */
export const oidcShape = z
  .strictObject({
    issuer: z.string().min(1).describe('Where people say who they are: its discovery says the rest.'),
    clientId: z.string().min(1).describe('What the gateway is called there.'),
    ...secretMembers({
      clientSecret: secret.optional().describe('What it shows there, of `${file:…}`. A public client has none.'),
      cookieKeys: z
        .array(cookieKey)
        .min(1)
        .describe(
          'What sessions are sealed with: 32 bytes at least each, of `${file:…}`. The first seals, all of them open: a new one is put in front.',
        ),
    }),
    idle: timeSpan.default(3_600_000).describe('How long a session lasts that nobody uses.'),
    max: timeSpan.default(43_200_000).describe('How long it lasts at most; then its user signs in again.'),
    scopes: z
      .array(z.string().min(1))
      .default([])
      .describe('What is asked for beside `openid`: `profile`, `email`, what the issuer calls roles.'),
    claims: z
      .array(z.string().min(1))
      .optional()
      .describe('What is kept of what the issuer says of somebody, beside `sub`. All of it unless given; 2.5 KB fit.'),
    afterSignOut: z
      .string()
      .regex(/^\/(?![/\\])[!-~]*$/, 'it is a path of the gateway')
      .default('/')
      .describe('The path that somebody sees who has signed out.'),
    ...believedShape,
  })
  .superRefine(({ issuer, idle, max }, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
    if (!isSafeOrigin(issuer)) refuse('issuer', 'it is no URL of https')
    if (idle > max) refuse('idle', 'a session lasts no longer than `max`')
  })
  .meta({ description: 'People sign in at an issuer of OpenID Connect, and browsers keep a sealed session.' })

export type OidcSettings = z.output<typeof oidcShape>
