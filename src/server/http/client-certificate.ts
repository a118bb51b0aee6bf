import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { listenerOf } from './connection.ts'

/** Who a client proved to be by its certificate, in the words of the certificate. */
export interface ClientCertificate {
  /** Its distinguished name as RFC 4514 has it but in the order of the certificate: `C=DE,O=Shop,CN=orders`. */
  readonly subject: string
  /** Its subject alternative names, each with its kind in lower case: `dns:orders.test`, `uri:spiffe://prod/orders`. */
  readonly names: readonly string[]
  /** SHA-256 over all of it: `AB:CD:…`. */
  readonly fingerprint: string
  /** In milliseconds since the epoch. */
  readonly expiresMs: number
}

const known = new WeakMap<TLSSocket, ClientCertificate | undefined>()

/**
 * The certificate that a request's client has shown, where the `clientCa` of the listener has signed it, it is in its
 * time, and no `crl` takes it back; undefined for a client without one, or with any other.
 */
export function clientCertificateOf(request: IncomingMessage): ClientCertificate | undefined {
  const socket = tlsSocketOf(request)
  if (!socket?.authorized) return undefined
  if (!known.has(socket)) known.set(socket, read(socket))
  return known.get(socket)
}

function tlsSocketOf(request: IncomingMessage): TLSSocket | undefined {
  if (!listenerOf(request).isTls) return undefined
  return 'authorized' in request.socket ? (request.socket as TLSSocket) : undefined
}

function read(socket: TLSSocket): ClientCertificate | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) return undefined
  return {
    subject: (certificate.subject ?? '').replaceAll('\n', ','),
    names: splitNames(certificate.subjectAltName ?? ''),
    fingerprint: certificate.fingerprint256,
    expiresMs: Date.parse(certificate.validTo),
  }
}

/** `DNS:a.test, URI:spiffe://x`: Node puts what could be mistaken for two in quotes, as a JSON string. */
function splitNames(text: string): readonly string[] {
  const names: string[] = []
  for (const [, kind = '', quoted, plain = ''] of text.matchAll(
    /([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))(?:, |$)/g,
  ))
    names.push(`${kind.toLowerCase()}:${quoted === undefined ? plain : JSON.parse(quoted)}`)
  return names
}
