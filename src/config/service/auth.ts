import * as z from 'zod'
import { liveText, secretMembers } from '../../binding/scalars.ts'
import { withRole } from '../../binding/variables.ts'
import type { CredentialSettings } from '../../endpoints/credentials/settings.ts'
import { textNow } from '../../environment.ts'
import { isHeaderValue } from '../../header-fields.ts'
import { isLoopback } from '../../ip-address.ts'
import { maskUrl } from '../../redaction.ts'

const secret = (what: string) => liveText().describe(`${what}; from a file or the environment, not written here.`)

const name = z.string().min(1)

const basicShape = z
  .strictObject({
    user: name
      .refine((text) => !text.includes(':'), 'a user’s name has no colon (RFC 7617)')
      .describe('Who the gateway is there.'),
    ...secretMembers({ password: secret('The password') }),
  })
  .meta({ description: 'A name and a password with every call (RFC 7617).' })

const oauth2Shape = z
  .strictObject({
    tokenUrl: z
      .string()
      .superRefine((text, context) => {
        const fault = faultOfTokenUrl(text)
        if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
      })
      .describe('Where tokens are given out: https, or on this machine.'),
    clientId: name.describe('Who the gateway is there.'),
    ...secretMembers({
      clientSecret: secret('What proves it: the secret, or for `private-key` a key (PEM: RSA, P-256, Ed25519)'),
    }),
    scopes: withRole(z.union([name, z.array(name)]), 'list')
      .transform((scopes) => [scopes].flat())
      .default([])
      .describe('What tokens are asked for.'),
    audience: name.optional().describe('Whom tokens are for, where the server asks for that.'),
    clientAuth: z
      .enum(['basic', 'post', 'private-key'])
      .default('basic')
      .describe(
        'How the gateway proves itself there: `basic`: in the header; `post`: in the body; `private-key`: by a signed assertion (RFC 7523).',
      ),
  })
  .meta({ description: 'Tokens of its own by the client credentials grant (RFC 6749 section 4.4).' })

/** `auth:` of a service. */
export const serviceAuthShape = z
  .strictObject({
    basic: basicShape.optional(),
    ...secretMembers({
      bearer: secret('A token')
        .refine((token) => isHeaderValue(typeof token === 'string' || !token.isLive ? textNow(token) : ''), {
          message: 'a token is one line of letters that a header can carry',
        })
        .optional(),
    }),
    oauth2: oauth2Shape.optional(),
  })
  .superRefine((written, context) => {
    if (Object.keys(written).length !== 1)
      context.addIssue({ code: 'custom', message: 'a service is shown one of basic, bearer, oauth2' })
  })
  .transform(({ basic, bearer, oauth2 }): CredentialSettings => {
    if (basic) return { kind: 'basic', ...basic }
    return oauth2 ? { kind: 'oauth2', ...oauth2 } : { kind: 'bearer', token: bearer! }
  })
  .meta({ description: 'What the gateway shows the service, of its own, in `authorization`.' })

function faultOfTokenUrl(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return `\`${maskUrl(text)}\` is not a URL of http or https`
  if (url.username || url.password || url.hash) return 'a token URL has no credentials and no fragment'
  const isSafe = url.protocol === 'https:' || isLoopback(url.hostname.replace(/^\[|\]$/g, ''))
  return isSafe ? undefined : 'secrets go there: over https, unless it is on this machine'
}
