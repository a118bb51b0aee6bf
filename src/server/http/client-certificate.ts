import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { readAlternativeNames } from '../../identity/alternative-names.ts'
import type { ClientCertificate } from '../../identity/credential.ts'

/** What of a TLS socket is looked at. */
interface SecureSocket {
  /** Whether its listener asked for a certificate, and an authority that it trusts has signed the one that came. */
  readonly authorized?: boolean
  getPeerX509Certificate?(): X509Certificate | undefined
}

const known = new WeakMap<object, ClientCertificate | undefined>()

/**
 * The certificate that a request's client has shown, where the `clientCa` of the listener has signed it, it is in its
 * time, and no `crl` takes it back; undefined for a client without one, or with any other.
 */
export function clientCertificate({ socket }: Pick<IncomingMessage, 'socket'>): ClientCertificate | undefined {
  const secure = socket as SecureSocket
  if (secure.authorized !== true) return undefined
  if (!known.has(secure)) {
    const shown = secure.getPeerX509Certificate?.()
    known.set(secure, shown && describeCertificate(shown))
  }
  return known.get(secure)
}

export function describeCertificate({ subject, subjectAltName, validTo }: X509Certificate): ClientCertificate {
  return {
    // A part a line, the widest first, where RFC 4514 has the narrowest.
    subject: (subject ?? '')
      .split('\n')
      .map((part) => part.replaceAll(' + ', '+'))
      .reverse()
      .join(','),
    names: readAlternativeNames(subjectAltName),
    expiresMs: Date.parse(validTo),
  }
}
