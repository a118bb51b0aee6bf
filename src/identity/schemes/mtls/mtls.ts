import * as z from 'zod'
import type { ClientCertificate, CredentialSource } from '../../credential.ts'
import { denied, identify } from '../../identity.ts'
import { defineScheme } from '../../scheme.ts'
import { readForwarded } from './forwarded.ts'

const ofProxies = 'x-forwarded-client-cert'

const mtlsShape = z
  .strictObject({
    names: z
      .array(
        z
          .string()
          .regex(/^(?:dns:[^*\s]+|[a-z][a-z0-9+.-]*:\/\/\S+)$/i, 'write it like spiffe://… or dns:…, and whole')
          .transform((name) => (/^dns:/i.test(name) ? name.toLowerCase() : name)),
      )
      .default([])
      .describe('Who is let in, by a subject alternative name, to the letter: `spiffe://…`, `dns:…`.'),
    subject: z
      .array(z.string().min(1))
      .default([])
      .describe('Who is let in, by the whole distinguished name, as RFC 4514 writes it: `CN=orders,O=Shop,C=DE`.'),
    header: z
      .literal(ofProxies)
      .optional()
      .describe('Where a trusted proxy in front, which ends TLS, says who its client is: Envoy’s header.'),
  })
  .refine(({ names, subject }) => names.length + subject.length > 0, 'say whom it lets in: `names` or `subject`')
  .meta({ description: 'Certificates that clients show to the listener, or to a proxy in front.' })

/** Services, by the certificates that they show. */
export const mtls = defineScheme({
  name: 'mtls',
  example: "mesh: { mtls: { names: ['spiffe://prod/ns/shop/sa/orders'] } }",
  shape: mtlsShape,
  challenge: 'ClientCertificate',
  isAmbient: true,
  places: ({ header }) => (header === undefined ? [] : [{ in: 'header', name: header }]),
  find({ header }) {
    const give = (certificate: ClientCertificate | undefined) => ({
      text: certificate ? JSON.stringify(certificate) : '',
      isAmbient: true,
    })
    if (header === undefined)
      return ({ certificate }: CredentialSource) => (certificate ? give(certificate) : undefined)
    return ({ headers }: CredentialSource) => {
      const text = headers[header]
      return text === undefined ? undefined : give(readForwarded(text))
    }
  },
  caption: ({ names, subject, header }) =>
    `certificates of ${[...names, ...subject].join(', ')}${header === undefined ? '' : `, as ${header} has them`}`,
  describe: () => ({ type: 'mutualTLS' }),
  open({ names, subject }, { scheme, clock }) {
    return {
      verify(text) {
        if (text === '') return denied('it is no one certificate')
        const shown: ClientCertificate = JSON.parse(text)
        const sub = names.find((name) => shown.names.includes(name)) ?? subject.find((name) => shown.subject === name)
        if (sub === undefined) return denied('the certificate is of somebody else')
        const expiresMs = shown.expiresMs ?? undefined
        if (expiresMs !== undefined && !(clock.epoch() < expiresMs)) return denied('the certificate has ended')
        return identify({ scheme, claims: { sub, subject: shown.subject, names: shown.names }, expiresMs })
      },
    }
  },
})
