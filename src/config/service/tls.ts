import * as z from 'zod'

const file = z.string().min(1)

const hostName = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i
const authority = /^([a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i

/** `tls:` of a service. */
export const tlsShape = z
  .strictObject({
    ca: file
      .optional()
      .describe('File of the authorities (PEM) that its certificate is checked against, in place of the machine’s.'),
    cert: file.optional().describe('File of the certificate (PEM, its chain behind it) that it is shown.'),
    key: file.optional().describe('File of that certificate’s key (PEM).'),
    serverName: z
      .string()
      .regex(hostName, 'a server name is a host name')
      .optional()
      .describe(
        'The name that is asked for (SNI) and that its certificate has to have. That of `host` or its URL unless given.',
      ),
    verify: z.boolean().default(true).describe('`false` believes every certificate: whoever is in between reads all.'),
  })
  .superRefine(({ ca, cert, key, verify }, context) => {
    const tell = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if ((cert === undefined) !== (key === undefined))
      tell(cert === undefined ? 'key' : 'cert', '`cert` and `key` go together: one proves the other')
    if (ca !== undefined && !verify) tell('ca', 'nothing is checked against it where `verify` is false')
  })
  .meta({ description: 'How its endpoints of https are believed, and what they are shown. Files lie from this one.' })

/** `host:` of a service. */
export const hostShape = z
  .string()
  .regex(authority, 'write a host as in a URL: a name or an address, maybe with a port')
  .describe('The `Host` that it is told, and the name that its certificate has to have, in place of its URL’s.')

/** Its keys that name files, from the one of the service. */
export const tlsFileKeys = ['ca', 'cert', 'key'] as const
